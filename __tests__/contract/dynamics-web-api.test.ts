import { DynamicsWebApi } from 'dynamics-web-api';
import { crm, makers, members, peopleOn, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none', people: 120 });
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

describe('npm dynamics-web-api, making mistakes', () => {
  const untyped = expect.stringContaining('Does not support untyped value in non-open type');
  const notFound = (name: string, table: string) =>
    `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table}'.`;
  const add = (action: object) => client().callAction({ actionName: 'AddListMembersList', action });
  const onList = async (relationshipName: string, relatedCollection: string, relatedKey: string) => ({
    collection: 'lists',
    primaryKey: await make.leadList(),
    relationshipName,
    relatedCollection,
    relatedKey,
  });

  it.each<[string, number, string, unknown, () => Promise<unknown>]>([
    [
      'associating a contact with a list',
      400,
      '0x80040800',
      'Associate is not supported for ListMember',
      async () => client().associate(await onList('listcontact_association', 'contacts', await make.contact())),
    ],
    [
      'disassociating a lead from a list',
      400,
      '0x80040800',
      'Disassociate is not supported for ListMember',
      async () => client().disassociate(await onList('listlead_association', 'leads', await make.lead())),
    ],
    [
      'creating a listmember',
      400,
      '0x80040800',
      'Create method does not support entity type of listmember',
      () => client().create({ collection: 'listmembers', data: { name: 'X' } }),
    ],
    [
      'creating a campaignitem',
      400,
      '0x80040800',
      'The method being invoked does not support provided entity type.',
      () => client().create({ collection: 'campaignitems', data: {} }),
    ],
    [
      'expanding a member’s list',
      400,
      '0x80060888',
      notFound('listid', 'listmember'),
      () => client().retrieveMultiple({ collection: 'listmembers', expand: [{ property: 'listid' }] }),
    ],
    [
      'expanding a member’s contact',
      400,
      '0x80060888',
      notFound('entityid_contact', 'listmember'),
      () => client().retrieveMultiple({ collection: 'listmembers', expand: [{ property: 'entityid_contact' }] }),
    ],
    [
      'selecting the campaign of a list',
      400,
      '0x80060888',
      notFound('campaignid', 'list'),
      () => client().retrieveMultiple({ collection: 'lists', select: ['campaignid'] }),
    ],
    [
      '$skip',
      400,
      '0x80060888',
      expect.stringContaining('$skip'),
      () => client().retrieveMultiple({ collection: 'leads', queryParams: ['$skip=10'] }),
    ],
    [
      '$search',
      400,
      '0x80060888',
      expect.stringContaining('$search'),
      () => client().retrieveMultiple({ collection: 'leads', queryParams: ['$search=x'] }),
    ],
    [
      'a parameter that the action does not declare',
      400,
      '0x80048d19',
      untyped,
      async () => add({ ...members(await make.leadList(), 'lead', [await make.lead()]), Silent: true }),
    ],
    [
      'a member without its type',
      400,
      '0x80048d19',
      expect.any(String),
      async () => add({ List: crm('list', await make.leadList()), Members: [{ leadid: await make.lead() }] }),
    ],
    [
      'a list that is not there',
      404,
      '0x80040217',
      'list With Id = 00000000-0000-0000-0000-00000000dead Does Not Exist',
      async () => add(members('00000000-0000-0000-0000-00000000dead', 'lead', [await make.lead()])),
    ],
    [
      'DeleteMultiple',
      400,
      '0x80040216',
      'DeleteMultiple has not yet been implemented.',
      () =>
        client().callAction({
          collection: 'leads',
          actionName: 'Microsoft.Dynamics.CRM.DeleteMultiple',
          action: { Targets: [] },
        }),
    ],
  ])('gets Dataverse’s answer to %s', async (_mistake, status, code, message, run) => {
    await expect(run()).rejects.toMatchObject({ status, code, message });
  });

  it('gets 400 for more than 1,000 requests in a batch', async () => {
    const dataverse = client();
    dataverse.startBatch();
    for (let number = 0; number <= 1000; number += 1) {
      void dataverse.retrieveMultiple({ collection: 'campaigns', select: ['name'], inChangeSet: false });
    }
    await expect(dataverse.executeBatch()).rejects.toMatchObject({ status: 400, code: '0x80048d19' });
  });

  it.each([
    ['createdfromcode', 2],
    ['type', true],
    ['membercount', 99],
  ])('never changes a list’s %s', async (column, value) => {
    const list = await make.leadList();
    const before = (await api.get(`lists(${list})?$select=${column}`)).json[column];
    await client()
      .update({ collection: 'lists', key: list, data: { [column]: value } })
      .catch(() => undefined);
    expect((await api.get(`lists(${list})?$select=${column}`)).json[column]).toBe(before);
  });
});
