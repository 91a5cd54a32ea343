/** A campaign from its beginning to its end by npm dynamics-web-api alone, out of batches and in them. */
import { randomUUID } from 'node:crypto';
import { DynamicsWebApi } from 'dynamics-web-api';
import { crm, type Json, members, peopleOn, USUAL, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none', switches: USUAL });
const client = () =>
  new DynamicsWebApi({
    serverUrl: api.emulator().url,
    dataApi: { version: '9.2' },
    onTokenRefresh: async () => 'token',
  });

const link = (list: string, campaign: string) => ({
  collection: 'lists',
  key: list,
  actionName: 'Microsoft.Dynamics.CRM.AddItemCampaign',
  action: { Campaign: crm('campaign', campaign) },
});
const unlink = (list: string, campaign: string) => ({
  collection: 'campaigns',
  key: campaign,
  actionName: 'Microsoft.Dynamics.CRM.RemoveItemCampaign',
  action: { CampaignItem: crm('campaignitem', list) },
});
const adding = (list: string, people: readonly string[]) => ({
  actionName: 'AddListMembersList',
  action: members(list, 'lead', people),
});
const removing = (list: string, people: readonly string[]) => ({
  actionName: 'RemoveListMembersList',
  action: members(list, 'lead', people),
});
const rows = (
  campaign: string,
  list: string,
  people: readonly string[],
): { readonly collection: string; readonly data: Json }[] => [
  { collection: 'campaigns', data: { campaignid: campaign, name: 'By an outsider' } },
  { collection: 'lists', data: { listid: list, listname: 'By an outsider', createdfromcode: 4 } },
  ...people.map((leadid) => ({ collection: 'leads', data: { leadid, lastname: 'Outsider' } })),
];
const ids = () => ({ campaign: randomUUID(), list: randomUUID(), people: [randomUUID(), randomUUID()].sort() });
const linked = (campaign: string) => api.rows(`campaigns(${campaign})/campaignlist_association?$select=listid`);

describe('npm dynamics-web-api', () => {
  it('makes a campaign with people and takes it apart, request by request', async () => {
    const { campaign, list, people } = ids();
    const dataverse = client();
    for (const row of rows(campaign, list, people)) await dataverse.create(row);
    await dataverse.callAction(link(list, campaign));
    await dataverse.callAction(adding(list, people));
    expect((await peopleOn(api, list)).sort()).toEqual(people);
    expect(await linked(campaign)).toMatchObject([{ listid: list }]);
    await dataverse.callAction(removing(list, people));
    await dataverse.callAction(unlink(list, campaign));
    expect([await peopleOn(api, list), await linked(campaign)]).toEqual([[], []]);
  });

  it.each([
    ['in change sets', true],
    ['as parts of their own', false],
  ])('does the same in two batches, %s', async (_, inChangeSet) => {
    const { campaign, list, people } = ids();
    const dataverse = client();
    dataverse.startBatch();
    for (const row of rows(campaign, list, people)) void dataverse.create({ ...row, inChangeSet });
    void dataverse.callAction({ ...link(list, campaign), inChangeSet });
    void dataverse.callAction({ ...adding(list, people), inChangeSet });
    await dataverse.executeBatch();
    expect((await peopleOn(api, list)).sort()).toEqual(people);
    expect(await linked(campaign)).toMatchObject([{ listid: list }]);
    dataverse.startBatch();
    void dataverse.callAction({ ...removing(list, people), inChangeSet });
    void dataverse.callAction({ ...unlink(list, campaign), inChangeSet });
    void dataverse.deleteRecord({ collection: 'lists', key: list, inChangeSet });
    await dataverse.executeBatch();
    expect([await peopleOn(api, list), await linked(campaign)]).toEqual([[], []]);
    expect((await api.get(`lists(${list})`)).status).toBe(404);
  });
});
