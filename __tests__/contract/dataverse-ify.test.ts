import { type DataverseIfy, openDataverseIfy } from '../support/dataverse-ify.ts';
import { makers, peopleOn, USUAL, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none', people: 120, switches: USUAL });
const make = makers(api);
let dataverse: DataverseIfy;
beforeAll(() => {
  dataverse = openDataverseIfy(api.emulator().url);
});

const reference = (entityType: string, id: string) => ({ entityType, id });
const person = (logicalName: string, id: string) => ({ logicalName, [`${logicalName}id`]: id });
const members = (list: string, table: string, people: readonly string[]) => ({
  List: reference('list', list),
  Members: people.map((id) => person(table, id)),
});
const onList = (logicalName: string, list: string, parameters: object = {}) => ({
  logicalName,
  entity: reference('list', list),
  ...parameters,
});
const linked = (campaign: string) => api.rows(`campaigns(${campaign})/campaignlist_association?$select=listid`);
const idOf = (answer: Record<string, unknown> | undefined) => String(answer?.id);

describe('npm dataverse-ify, which knows nothing of this emulator', () => {
  it('creates a campaign, a list and leads, reads, changes and deletes', async () => {
    const campaign = await dataverse.create({ logicalName: 'campaign', name: 'Outside' });
    const list = await dataverse.create({ logicalName: 'list', listname: 'Outside', createdfromcode: 4 });
    const lead = await dataverse.create({
      logicalName: 'lead',
      lastname: 'Outsider',
      campaignid: reference('campaign', campaign),
    });
    expect(await dataverse.retrieve('lead', lead, ['lastname', 'campaignid'])).toMatchObject({
      lastname: 'Outsider',
      campaignid: { id: campaign },
    });
    await dataverse.update({ logicalName: 'lead', leadid: lead, lastname: 'Insider' });
    expect(await dataverse.retrieve('lead', lead, ['fullname'])).toMatchObject({ fullname: 'Insider' });
    await dataverse.delete('lead', lead);
    expect((await api.get(`leads(${lead})`)).status).toBe(404);
    expect((await api.get(`lists(${list})`)).status).toBe(200);
  });

  it('queries and pages', async () => {
    const query = "?$select=leadid,emailaddress1&$filter=startswith(emailaddress1,'person')";
    const first = await dataverse.retrieveMultiple(query, { logicalName: 'lead', maxPageSize: 25 });
    expect(first.entities).toHaveLength(25);
    const options = String(first.nextLink).replace(/^[^?]*/, '');
    const second = await dataverse.retrieveMultiple(options, { logicalName: 'lead', maxPageSize: 25 });
    const ids = [...first.entities, ...second.entities].map((each) => each.leadid);
    expect(new Set(ids).size).toBe(50);
  });

  it('fetches by FetchXML', async () => {
    const xml =
      '<fetch><entity name="contact"><attribute name="fullname"/><filter><condition attribute="emailaddress1" operator="like" value="person%"/></filter></entity></fetch>';
    expect((await dataverse.retrieveMultiple(xml)).entities).toHaveLength(60);
  });

  it('adds and removes members, all at once and one by one', async () => {
    const [list, one, two] = [await make.leadList(), await make.lead(), await make.lead()];
    await dataverse.execute({ logicalName: 'AddListMembersList', ...members(list, 'lead', [one]) });
    await dataverse.execute(onList('AddMemberList', list, { EntityId: two }));
    expect((await peopleOn(api, list)).sort()).toEqual([one, two].sort());
    await dataverse.execute(onList('RemoveMemberList', list, { ListMember: reference('listmember', one) }));
    await dataverse.execute({ logicalName: 'RemoveListMembersList', ...members(list, 'lead', [two]) });
    expect(await peopleOn(api, list)).toEqual([]);
  });

  it('links and unlinks a list, by the actions and by $ref', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    await dataverse.execute(onList('AddItemCampaign', list, { Campaign: reference('campaign', campaign) }));
    expect(await linked(campaign)).toHaveLength(1);
    await dataverse.execute({
      logicalName: 'RemoveItemCampaign',
      entity: reference('campaign', campaign),
      CampaignItem: reference('campaignitem', list),
    });
    expect(await linked(campaign)).toEqual([]);
    await dataverse.associate('campaign', campaign, 'campaignlist_association', [reference('list', list)]);
    expect(await linked(campaign)).toHaveLength(1);
    await dataverse.disassociate('campaign', campaign, 'campaignlist_association', [reference('list', list)]);
    expect(await linked(campaign)).toEqual([]);
  });

  it('runs a change set and single requests in one batch', async () => {
    const target = (lastname: string) => ({ logicalName: 'Create', target: { logicalName: 'lead', lastname } });
    const list = await make.leadList();
    const made = await dataverse.executeMultiple([[target('One'), target('Two')], target('Three')]);
    const ids = (made ?? []).map(idOf);
    const add = { logicalName: 'AddListMembersList', ...members(list, 'lead', ids) };
    await dataverse.executeMultiple([
      [add, onList('RemoveMemberList', list, { ListMember: reference('listmember', ids[0] ?? '') })],
    ]);
    expect((await peopleOn(api, list)).sort()).toEqual(ids.slice(1).sort());
  });

  it('applies nothing of a change set that fails', async () => {
    const [list, locked, one] = [await make.leadList(), await make.leadList({ lockstatus: true }), await make.lead()];
    const add = (id: string) => onList('AddMemberList', id, { EntityId: one });
    await expect(dataverse.executeMultiple([[add(list), add(locked)]])).rejects.toMatchObject({
      code: '0x80040302',
      message: 'List is Locked. Cannot perform this action.',
    });
    expect(await peopleOn(api, list)).toEqual([]);
  });
});
