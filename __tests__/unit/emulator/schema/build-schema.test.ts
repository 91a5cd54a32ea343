import { isLookup } from '../../../../src/emulator/schema/column.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';

const schema = buildSchema();

describe('buildSchema', () => {
  it.each([
    ['campaigns', 'campaign', 'campaignid', 4400],
    ['lists', 'list', 'listid', 4300],
    ['listmembers', 'listmember', 'listmemberid', 4301],
    ['leads', 'lead', 'leadid', 4],
    ['contacts', 'contact', 'contactid', 2],
    ['accounts', 'account', 'accountid', 1],
    ['systemusers', 'systemuser', 'systemuserid', 8],
    ['teams', 'team', 'teamid', 9],
  ])('finds %s', (set, name, key, typeCode) => {
    expect(schema.tableBySet(set)).toMatchObject({ name, key, typeCode });
    expect(schema.tables.get(name)).toBe(schema.tableBySet(set));
  });

  it.each([
    ['lead', 'subject', { maxLength: 300, requiredLevel: 'ApplicationRequired' }],
    ['lead', 'emailaddress1', { maxLength: 100, type: 'string' }],
    ['lead', 'campaignid', { name: '_campaignid_value', type: 'lookup', targets: ['campaign'], validForUpdate: true }],
    ['contact', '_originatingleadid_value', { logical: 'originatingleadid', targets: ['lead'] }],
    ['list', 'createdfromcode', { requiredLevel: 'SystemRequired', validForCreate: true, validForUpdate: false }],
    ['list', 'membercount', { validForCreate: false, validForUpdate: false }],
    ['list', 'type', { type: 'boolean', default: false, validForUpdate: false }],
    [
      'listmember',
      'entityid',
      { name: '_entityid_value', targets: ['account', 'contact', 'lead'], validForCreate: false },
    ],
    ['campaignitem', 'entityid', { name: 'entityid', type: 'guid' }],
    ['campaign', 'name', { maxLength: 128, requiredLevel: 'SystemRequired' }],
    ['systemuser', 'ownerid', { sql: 'systemuserid' }],
  ])('knows column %s.%s', (table, column, expected) => {
    expect(schema.column(table, column)).toMatchObject(expected);
  });

  it.each([
    [
      'lead',
      'leadsourcecode',
      'Advertisement,Employee Referral,External Referral,Partner,Public Relations,Seminar,Trade Show,Web,Word of Mouth,Other',
    ],
    ['lead', 'leadqualitycode', 'Hot,Warm,Cold'],
    ['campaign', 'typecode', 'Advertisement,Direct Marketing,Event,Co-branding,Other'],
    ['campaign', 'statuscode', 'Proposed,Ready To Launch,Launched,Completed,Canceled,Suspended,Inactive'],
    ['lead', 'statuscode', 'New,Contacted,Qualified,Lost,Cannot Contact,No Longer Interested,Canceled'],
    ['contact', 'statecode', 'Active,Inactive'],
    ['list', 'createdfromcode', 'Account,Contact,Lead'],
    ['list', 'type', 'Static,Dynamic'],
  ])('labels %s.%s', (table, column, labels) => {
    const { options = [] } = schema.column(table, column) ?? {};
    expect(options.map((option) => option.label).join()).toBe(labels);
  });

  it('has both ends of each N:N relationship, and the ways between lead and contact', () => {
    for (const [name, one, other] of [
      ['campaignlist_association', 'campaign', 'list'],
      ['listlead_association', 'list', 'lead'],
      ['listcontact_association', 'list', 'contact'],
    ] as const) {
      const both = [schema.intersect(name)?.a.table, schema.intersect(name)?.b.table];
      expect(new Set(both)).toEqual(new Set([one, other]));
      const end = { kind: 'many', name, intersect: name };
      expect(schema.tables.get(one)?.navigation.get(name)).toEqual({ ...end, target: other });
      expect(schema.tables.get(other)?.navigation.get(name)).toEqual({ ...end, target: one });
    }
    expect(schema.tables.get('lead')?.navigation.get('contact_originating_lead')).toMatchObject({
      kind: 'collection',
      target: 'contact',
      column: '_originatingleadid_value',
    });
    expect(schema.tables.get('listmember')?.navigation.get('listid')).toBeUndefined();
    expect(schema.tables.get('list')?.navigation.get('campaignid')).toBeUndefined();
  });

  it('points navigation only at tables and columns that are there', () => {
    for (const table of schema.tables.values()) {
      for (const navigation of table.navigation.values()) {
        const target = navigation.target === 'principal' ? 'systemuser' : navigation.target;
        const owner = navigation.kind === 'single' ? table.name : target;
        const column =
          navigation.kind === 'many' ? undefined : schema.tables.get(owner)?.columns.get(navigation.column);
        expect([navigation.name, schema.tables.get(target)?.name]).toEqual([navigation.name, target]);
        expect([navigation.name, navigation.kind === 'many' || (column !== undefined && isLookup(column))]).toEqual([
          navigation.name,
          true,
        ]);
      }
    }
  });

  it('has the actions of lists and campaigns', () => {
    expect(schema.operation('AddItemCampaign', 'mscrm.list')).toBeDefined();
    expect(schema.operation('RemoveMemberList', 'mscrm.list')?.parameters).toEqual([
      { name: 'ListMember', type: 'mscrm.listmember', nullable: false },
    ]);
    expect(schema.unmodelledSets.has('opportunities')).toBe(true);
    expect(schema.unmodelledSets.has('solutions')).toBe(false);
  });

  it('takes own columns and overrides without touching the next schema', () => {
    const own = buildSchema(
      [
        { table: 'lead', name: 'new_sponsor', type: 'lookup', targets: ['account'] },
        { table: 'contact', name: 'new_synctomkto', type: 'boolean' },
      ],
      [{ table: 'lead', column: 'subject', maxLength: 50, requiredLevel: 'None' }],
    );
    expect(own.column('lead', 'new_sponsor')).toMatchObject({
      name: '_new_sponsor_value',
      custom: true,
      targets: ['account'],
    });
    expect(own.tables.get('lead')?.navigation.get('new_sponsor')).toMatchObject({ kind: 'single', target: 'account' });
    expect(own.column('contact', 'new_synctomkto')?.options?.map((option) => option.label)).toEqual(['No', 'Yes']);
    expect(own.column('lead', 'subject')).toMatchObject({ maxLength: 50, requiredLevel: 'None' });
    expect(schema.column('lead', 'subject')).toMatchObject({ maxLength: 300 });
    expect(schema.column('lead', 'new_sponsor')).toBeUndefined();
  });
});
