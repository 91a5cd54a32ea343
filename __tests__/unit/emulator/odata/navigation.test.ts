import { API_ROOT, guid, openWorld } from './support.ts';

const CAMPAIGN = guid(0xc1);
const LIST = guid(0xa1);
const USER = guid(0xf0);
const LEAD = guid(1);

const world = openWorld();
world.insert('systemuser', { systemuserid: USER, fullname: 'Ada Admin' });
world.insert('campaign', { campaignid: CAMPAIGN, name: 'Spring', _ownerid_value: USER });
for (const n of [1, 2]) {
  const listid = guid(0xa0 + n);
  world.insert('list', { listid, listname: `L${n}`, createdfromcode: 4, statecode: n - 1 });
  world.insert('campaignitem', {
    campaignitemid: guid(0xb0 + n),
    _campaignid_value: CAMPAIGN,
    entityid: listid,
    entitytype: 'list',
  });
}
world.insert('campaignitem', {
  campaignitemid: guid(0xb9),
  _campaignid_value: CAMPAIGN,
  entityid: guid(0xa3),
  entitytype: 'product',
});
world.insert('lead', { leadid: LEAD, lastname: 'Ada', _campaignid_value: CAMPAIGN, _ownerid_value: USER });
world.insert('lead', { leadid: guid(2), lastname: 'Bob' });
world.insert('contact', { contactid: guid(3), lastname: 'Ada C', _originatingleadid_value: LEAD });
world.insert('listmember', {
  listmemberid: guid(4),
  _listid_value: LIST,
  _entityid_value: LEAD,
  entitytype: 'lead',
  createdon: '2026-11-21T09:59:50Z',
});
afterAll(() => world.context.store.close());

const etag = expect.stringMatching(/^W\/"\d+"$/);

describe('a navigation property', () => {
  const read = (table: string, id: string, property: string, query = ''): unknown =>
    world.query({ kind: 'navigation', table, id, property, ref: false }, query);
  const references = (table: string, id: string, property: string): unknown =>
    world.query({ kind: 'navigation', table, id, property, ref: true });

  it('reads the lists of a campaign, and the campaigns of a list, through the same name', () => {
    expect(read('campaign', CAMPAIGN, 'campaignlist_association', '$select=listname')).toEqual({
      '@odata.context': `${API_ROOT}$metadata#lists(listname)`,
      value: [
        { '@odata.etag': etag, listname: 'L1', listid: LIST },
        { '@odata.etag': etag, listname: 'L2', listid: guid(0xa2) },
      ],
    });
    expect(read('list', LIST, 'campaignlist_association', '$select=name')).toMatchObject({
      value: [{ name: 'Spring' }],
    });
  });

  it('filters, orders and pages a collection', () => {
    const property = 'campaignlist_association';
    expect(read('campaign', CAMPAIGN, property, '$select=listname&$filter=statecode eq 1')).toMatchObject({
      value: [{ listname: 'L2' }],
    });
    const target = { kind: 'navigation', table: 'campaign', id: CAMPAIGN, property, ref: false } as const;
    expect(world.query(target, '$select=listname', { maxPageSize: 1 })).toMatchObject({
      '@odata.nextLink': expect.stringContaining(
        `${API_ROOT}campaigns(${CAMPAIGN})/campaignlist_association?$select=listname&$skiptoken=`,
      ),
    });
  });

  it('reads the contacts that a lead became', () => {
    expect(read('lead', LEAD, 'contact_originating_lead', '$select=lastname')).toMatchObject({
      value: [{ lastname: 'Ada C' }],
    });
  });

  it('reads a single row, an owner too, and answers nothing for an empty lookup', () => {
    expect(read('lead', LEAD, 'campaignid', '$select=name')).toEqual({
      '@odata.context': `${API_ROOT}$metadata#campaigns(name)/$entity`,
      '@odata.etag': etag,
      name: 'Spring',
      campaignid: CAMPAIGN,
    });
    expect(read('lead', LEAD, 'ownerid', '$select=fullname')).toMatchObject({
      fullname: 'Ada Admin',
      systemuserid: USER,
    });
    expect(read('lead', guid(2), 'campaignid')).toBeUndefined();
  });

  it('reads references', () => {
    expect(references('lead', LEAD, 'campaignid')).toEqual({
      '@odata.context': `${API_ROOT}$metadata#$ref`,
      '@odata.id': `${API_ROOT}campaigns(${CAMPAIGN})`,
    });
    expect(references('campaign', CAMPAIGN, 'campaignlist_association')).toEqual({
      '@odata.context': `${API_ROOT}$metadata#Collection($ref)`,
      value: [{ '@odata.id': `${API_ROOT}lists(${LIST})` }, { '@odata.id': `${API_ROOT}lists(${guid(0xa2)})` }],
    });
  });
});

describe('a column', () => {
  it('is read as JSON, as text, or not at all when empty', () => {
    const column = { kind: 'column', table: 'list', id: LIST, column: 'listname' } as const;
    expect(world.query(column)).toEqual({
      '@odata.context': `${API_ROOT}$metadata#lists(${LIST})/listname`,
      value: 'L1',
    });
    expect(world.query({ ...column, column: 'description' })).toBeUndefined();
  });
});

describe('$expand', () => {
  it('puts single rows in, null where there is none', () => {
    const rows = world.rows('lead', '$select=lastname&$expand=campaignid($select=name)');
    expect(rows).toEqual([
      {
        '@odata.etag': etag,
        lastname: 'Ada',
        leadid: LEAD,
        campaignid: { '@odata.etag': etag, name: 'Spring', campaignid: CAMPAIGN },
      },
      { '@odata.etag': etag, lastname: 'Bob', leadid: guid(2), campaignid: null },
    ]);
  });

  it('says in the context what was expanded', () => {
    const context = `${API_ROOT}$metadata#leads(lastname,campaignid(name))/$entity`;
    const lead = { kind: 'row', table: 'lead', id: LEAD } as const;
    expect(world.query(lead, '$select=lastname&$expand=campaignid($select=name)')).toMatchObject({
      '@odata.context': context,
    });
  });

  it('puts collections in, with their own options', () => {
    const campaign = { kind: 'row', table: 'campaign', id: CAMPAIGN } as const;
    const names = (query: string): unknown =>
      world.query(campaign, `$select=name&$expand=campaignlist_association(${query})`);
    expect(names('$select=listname;$orderby=listname desc')).toMatchObject({
      campaignlist_association: [{ listname: 'L2' }, { listname: 'L1' }],
    });
    expect(names('$select=listname;$top=1')).toMatchObject({ campaignlist_association: [{ listname: 'L1' }] });
    expect(names("$select=listname;$filter=contains(listname,'2')")).toMatchObject({
      campaignlist_association: [{ listname: 'L2' }],
    });
    expect(world.rows('lead', '$select=lastname&$expand=contact_originating_lead($select=lastname)')).toMatchObject([
      { contact_originating_lead: [{ lastname: 'Ada C' }] },
      { contact_originating_lead: [] },
    ]);
  });

  it('refuses N:N beside other collections', () => {
    expect(() => world.rows('lead', '$expand=listlead_association,contact_originating_lead')).toThrow(
      expect.objectContaining({ status: 400 }),
    );
  });
});

describe('annotations', () => {
  const lead = { kind: 'row', table: 'lead', id: LEAD } as const;
  const annotated = (annotations: readonly string[]): Record<string, unknown> =>
    Object(world.query(lead, '$select=_campaignid_value,_ownerid_value', { annotations }));

  it('name the table, property and name of a lookup', () => {
    expect(annotated(['*'])).toMatchObject({
      '_campaignid_value@Microsoft.Dynamics.CRM.associatednavigationproperty': 'campaignid',
      '_campaignid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'campaign',
      '_campaignid_value@OData.Community.Display.V1.FormattedValue': 'Spring',
      '_ownerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty': 'ownerid',
      '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'systemuser',
      '_ownerid_value@OData.Community.Display.V1.FormattedValue': 'Ada Admin',
    });
  });

  it.each([
    [['Microsoft.Dynamics.CRM.*'], ['associatednavigationproperty', 'lookuplogicalname']],
    [['OData.Community.Display.V1.FormattedValue'], ['FormattedValue']],
    [['*', '-Microsoft.Dynamics.CRM.*'], ['FormattedValue']],
    [[], []],
  ])('come as %j asks', (wanted, expected) => {
    const found = Object.keys(annotated(wanted)).filter((name) => name.startsWith('_campaignid_value@'));
    expect(found.map((name) => name.split('.').at(-1))).toEqual(expected);
  });

  it('format numbers, money, choices and times', () => {
    world.insert('campaign', {
      campaignid: guid(0xc2),
      name: 'x',
      typecode: 3,
      budgetedcost: 1234.5,
      istemplate: true,
      proposedstart: '2026-01-02T13:05:00Z',
      expectedresponse: 12345,
    });
    const row = world.query(
      { kind: 'row', table: 'campaign', id: guid(0xc2) },
      '$select=typecode,budgetedcost,istemplate,proposedstart,expectedresponse',
      { annotations: ['*'] },
    );
    const formatted = Object.entries(Object(row)).filter(([name]) => name.endsWith('FormattedValue'));
    expect(formatted.map(([, value]) => value)).toEqual(['Event', '$1,234.50', 'Yes', '1/2/2026 1:05 PM', '12,345']);
  });
});
