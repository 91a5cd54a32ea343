import { DynamicsWebApi } from 'dynamics-web-api';
import { crm, makers, members, peopleOn, USUAL, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none', people: 120, switches: USUAL });
const make = makers(api);
const client = () =>
  new DynamicsWebApi({
    serverUrl: api.emulator().url,
    dataApi: { version: '9.2' },
    onTokenRefresh: async () => 'any',
  });

describe('npm dynamics-web-api, which knows nothing of this emulator', () => {
  it('creates, reads, changes and deletes a row', async () => {
    const dataverse = client();
    // Its types promise the row; without return=representation it gives the id.
    const leadid = String(await dataverse.create({ collection: 'leads', data: { lastname: 'Outsider' } }));
    expect(await dataverse.retrieve({ collection: 'leads', key: leadid, select: ['lastname'] })).toMatchObject({
      lastname: 'Outsider',
    });
    await dataverse.update({ collection: 'leads', key: leadid, data: { lastname: 'Insider' } });
    expect((await api.get(`leads(${leadid})?$select=lastname`)).json).toMatchObject({ lastname: 'Insider' });
    await dataverse.deleteRecord({ collection: 'leads', key: leadid });
    expect((await api.get(`leads(${leadid})`)).status).toBe(404);
  });

  it('creates with return=representation', async () => {
    const row = await client().create({
      collection: 'contacts',
      data: { firstname: 'Ada', lastname: 'Byron' },
      returnRepresentation: true,
      select: ['fullname'],
    });
    expect(row).toMatchObject({ fullname: 'Ada Byron' });
  });

  it('pages through all rows', async () => {
    const first = await client().retrieveMultiple({
      collection: 'leads',
      select: ['leadid'],
      filter: "startswith(emailaddress1,'person')",
      maxPageSize: 25,
      count: true,
    });
    expect(first.oDataCount).toBe(60);
    expect(first.value).toHaveLength(25);
    const second = await client().retrieveMultiple({ collection: 'leads', maxPageSize: 25 }, first.oDataNextLink);
    expect(second.value).toHaveLength(25);
  });

  it('expands the lists of a campaign', async () => {
    const [list, campaign] = [await make.leadList({ listname: 'Expanded' }), await make.campaign()];
    await client().callAction({
      collection: 'lists',
      key: list,
      actionName: 'Microsoft.Dynamics.CRM.AddItemCampaign',
      action: { Campaign: crm('campaign', campaign) },
    });
    const row = await client().retrieve({
      collection: 'campaigns',
      key: campaign,
      select: ['name'],
      expand: [{ property: 'campaignlist_association', select: ['listname'] }],
    });
    expect(row).toMatchObject({ campaignlist_association: [{ listname: 'Expanded' }] });
  });

  it('calls bound and unbound actions and functions', async () => {
    const [list, person] = [await make.leadList(), await make.lead()];
    await client().callAction({ actionName: 'AddListMembersList', action: members(list, 'lead', [person]) });
    expect(await peopleOn(api, list)).toEqual([person]);
    await client().callAction({
      collection: 'lists',
      key: list,
      actionName: 'Microsoft.Dynamics.CRM.RemoveMemberList',
      action: { ListMember: crm('listmember', person) },
    });
    expect(await peopleOn(api, list)).toEqual([]);
    expect(await client().callFunction({ functionName: 'WhoAmI' })).toMatchObject({
      OrganizationId: api.emulator().organizationId,
    });
  });

  it('associates and disassociates', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    const link = {
      collection: 'campaigns',
      primaryKey: campaign,
      relationshipName: 'campaignlist_association',
      relatedCollection: 'lists',
      relatedKey: list,
    };
    await client().associate(link);
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association`)).toHaveLength(1);
    await client().disassociate({
      collection: 'campaigns',
      primaryKey: campaign,
      relationshipName: 'campaignlist_association',
      relatedKey: list,
    });
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association`)).toEqual([]);
  });

  it('counts and fetches by FetchXML', async () => {
    const fetchXml =
      '<fetch><entity name="contact"><attribute name="contactid"/><filter><condition attribute="emailaddress1" operator="like" value="person%"/></filter></entity></fetch>';
    expect((await client().fetch({ collection: 'contacts', fetchXml })).value).toHaveLength(60);
    expect(await client().count({ collection: 'campaigns' })).toEqual(expect.any(Number));
  });

  it('runs a change set and single requests in one batch', async () => {
    const dataverse = client();
    dataverse.startBatch();
    void dataverse.create({ collection: 'campaigns', data: { name: 'In a batch' }, contentId: '1' });
    void dataverse.create({ collection: 'leads', data: { lastname: 'X', 'campaignid@odata.bind': '$1' } });
    void dataverse.retrieveMultiple({
      collection: 'campaigns',
      select: ['name'],
      filter: "name eq 'In a batch'",
      inChangeSet: false,
    });
    const results = await dataverse.executeBatch();
    expect(results).toHaveLength(3);
    expect(results[2]).toMatchObject({ value: [{ name: 'In a batch' }] });
    const leads = await api.rows(`leads?$select=leadid&$filter=campaignid/name eq 'In a batch'`);
    expect(leads).toHaveLength(1);
  });

  it('gets Dataverse’s code and text for a mistake', async () => {
    const list = await make.leadList({ lockstatus: true });
    const action = { actionName: 'AddListMembersList', action: members(list, 'lead', [await make.lead()]) };
    await expect(client().callAction(action)).rejects.toMatchObject({
      status: 400,
      code: '0x80040302',
      message: 'List is Locked. Cannot perform this action.',
    });
  });
});
