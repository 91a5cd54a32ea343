import fc from 'fast-check';
import { guid, openWorld, type World } from './support.ts';

const LIST = guid(0xa1);
const CAMPAIGN = guid(0xc1);

/** Leads a to e; only what the cases ask for. */
const LEADS = {
  a: {
    lastname: 'Ada',
    emailaddress1: 'Ä@x.de',
    leadsourcecode: 1,
    revenue: 10.5,
    createdon: '2026-11-21T08:00:00Z',
    donotemail: true,
  },
  b: {
    lastname: 'Bob',
    emailaddress1: 'b@x.de',
    leadsourcecode: 2,
    createdon: '2026-11-20T23:59:59Z',
    _campaignid_value: CAMPAIGN,
  },
  c: {
    lastname: "O'Brian",
    leadsourcecode: 8,
    createdon: '2026-11-01T00:00:00Z',
    estimatedclosedate: '2026-12-01',
  },
  d: { lastname: '100% [real]', emailaddress1: 'a@x.de', createdon: '2025-11-21T10:00:00Z' },
  e: { lastname: null, emailaddress1: null, createdon: '2026-11-22T10:00:00Z' },
};

function fill(world: World): void {
  world.insert('campaign', { campaignid: CAMPAIGN, name: 'Spring' });
  world.insert('list', { listid: LIST, listname: 'Own', createdfromcode: 4 });
  Object.entries(LEADS).forEach(([letter, lead], index) => {
    world.insert('lead', { leadid: guid(index + 1), statecode: 0, subject: letter, donotemail: false, ...lead });
  });
  for (const lead of [2, 3]) {
    const row = { listmemberid: guid(0x50 + lead), _listid_value: LIST, _entityid_value: guid(lead) };
    world.insert('listmember', { ...row, entitytype: 'lead' });
  }
  world.insert('contact', { contactid: guid(0x71), _originatingleadid_value: guid(1), lastname: 'Ada' });
}

describe('$filter', () => {
  const world = openWorld();
  fill(world);
  afterAll(() => world.context.store.close());
  const found = (filter: string): string =>
    world
      .rows('lead', `$select=subject&$filter=${encodeURIComponent(filter)}`)
      .map((row) => String(row.subject))
      .join('');
  const list = (name: string, values: readonly string[], property: string): string =>
    `Microsoft.Dynamics.CRM.${name}(PropertyName='${property}',PropertyValues=${JSON.stringify(values)})`;

  it.each([
    ["lastname eq 'ADA'", 'a'],
    ["emailaddress1 eq 'ä@X.DE'", 'ad'],
    ["emailaddress1 eq 'a@x.de'", 'ad'],
    ["lastname eq 'o''BRIAN'", 'c'],
    ["lastname ne 'ada'", 'bcde'],
    ['lastname eq null', 'e'],
    ['lastname ne null', 'abcd'],
    ["lastname gt 'ada'", 'bc'],
    ["lastname le 'BOB'", 'abd'],
    ['leadsourcecode ge 2', 'bc'],
    ['leadsourcecode lt 2 or leadsourcecode eq 8', 'ac'],
    ['2 le leadsourcecode', 'bc'],
    ["leadsourcecode eq 1 or leadsourcecode eq 2 and lastname eq 'Ada'", 'a'],
    ["(leadsourcecode eq 1 or leadsourcecode eq 2) and lastname eq 'Bob'", 'b'],
    ["not (leadsourcecode eq 1) and lastname eq 'Bob' or lastname eq 'Ada'", 'ab'],
    ['revenue eq 10.5', 'a'],
    ['donotemail eq true', 'a'],
    ['donotemail ne true', 'bcde'],
    ['donotemail', 'a'],
    ['not donotemail', 'bcde'],
    ['not (leadsourcecode eq 1)', 'bcde'],
    ["contains(lastname,'O')", 'bc'],
    ["contains(lastname,'%')", 'd'],
    ["startswith(lastname,'b')", 'b'],
    ["startswith(emailaddress1,'ä')", 'ad'],
    ["endswith(emailaddress1,'@X.de')", 'abd'],
    ["endswith(lastname,'l]')", 'd'],
    ["not contains(lastname,'a')", 'be'],
    [`leadid eq ${guid(2).toUpperCase()}`, 'b'],
    [`leadid eq '${guid(2)}'`, 'b'],
    [`_campaignid_value eq ${CAMPAIGN}`, 'b'],
    ["campaignid/name eq 'SPRING'", 'b'],
    ['campaignid/name eq null', 'acde'],
    ['createdon ge 2026-11-21T08:00:00Z', 'ae'],
    ['createdon lt 2026-11-21T09:00:00+01:00', 'bcd'],
    ['createdon ge 2026-11-21', 'ae'],
    ['estimatedclosedate eq 2026-12-01', 'c'],
    [list('In', ['B@x.de', 'Ä@X.de'], 'emailaddress1'), 'abd'],
    [list('In', [guid(1), guid(3).toUpperCase()], 'leadid'), 'ac'],
    [list('In', [CAMPAIGN], 'campaignid'), 'b'],
    [list('In', ['1', '8'], 'leadsourcecode'), 'ac'],
    [list('In', [], 'leadid'), ''],
    [list('NotIn', ['1', '8'], 'leadsourcecode'), 'bde'],
    [list('Between', ['2', '8'], 'leadsourcecode'), 'bc'],
    [list('NotBetween', ['2', '8'], 'leadsourcecode'), 'ade'],
    [list('Between', ['2026-11-01', '2026-11-21T08:00:00Z'], 'createdon'), 'abc'],
    [`listlead_association/any(l:l/listid eq ${LIST})`, 'bc'],
    [`listlead_association/any(l:l/listname eq 'own') and lastname eq 'Bob'`, 'b'],
    ['listlead_association/any()', 'bc'],
    [`not listlead_association/any(l:l/listid eq ${LIST})`, 'ade'],
    ["contact_originating_lead/any(c:c/lastname eq 'ada')", 'a'],
  ])('%s', (filter, expected) => {
    expect(found(filter)).toBe(expected);
  });

  it('matches exactly the text that a literal says, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        world.context.store.remove('lead', guid(0xee));
        world.insert('lead', { leadid: guid(0xee), subject: 'X', companyname: text });
        const literal = `'${text.replaceAll("'", "''")}'`;
        const filters = [
          `companyname eq ${literal}`,
          `contains(companyname,${literal})`,
          list('In', [text], 'companyname'),
        ];
        const results = filters.map(found);
        world.context.store.remove('lead', guid(0xee));
        expect(results).toEqual(['X', 'X', 'X']);
      }),
      { numRuns: 200 },
    );
  });
});

describe('text in other letters', () => {
  it.each([
    ['ΟΔΟΣ 5', "contains(companyname,'οδοσ')"],
    ['ΟΔΟΣ', "companyname eq 'οδος'"],
    ['ÉCOLE', "startswith(companyname,'éc')"],
    ['ЁЖ', "endswith(companyname,'ж')"],
    ['a\0B', "contains(companyname,'\0b')"],
    ['😀x', "endswith(companyname,'😀X')"],
  ])('%j is found by %j', (companyname, filter) => {
    const world = openWorld();
    world.insert('lead', { leadid: guid(1), companyname });
    expect(world.rows('lead', `$filter=${encodeURIComponent(filter)}`)).toHaveLength(1);
    world.context.store.close();
  });
});
