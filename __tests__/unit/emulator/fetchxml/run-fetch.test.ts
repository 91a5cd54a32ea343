import { API_ROOT, guid, openWorld } from '../odata/support.ts';

const LIST = guid(0xa1);
const OTHER = guid(0xa2);

const world = openWorld();
const LEADS = [
  { subject: 'a', emailaddress1: 'Ä@x.de', leadsourcecode: 1, revenue: 10 },
  { subject: 'b', emailaddress1: 'b@x.de', leadsourcecode: 2, revenue: 20 },
  { subject: 'c', emailaddress1: null, lastname: '50% [off]' },
  { subject: 'd', emailaddress1: 'D@y.de', leadsourcecode: 2, lastname: 'axb' },
];
for (const [index, lead] of LEADS.entries()) world.insert('lead', { leadid: guid(index + 1), ...lead });
world.insert('list', { listid: LIST, listname: 'Own' });
world.insert('list', { listid: OTHER, listname: 'Other' });
for (const [index, [list, lead]] of [
  [LIST, 1],
  [OTHER, 1],
  [LIST, 4],
].entries()) {
  world.insert('listmember', {
    listmemberid: guid(0x50 + index),
    _listid_value: String(list),
    _entityid_value: guid(Number(lead)),
    entitytype: 'lead',
  });
}
afterAll(() => world.context.store.close());

const fetch = (entity: string, attributes = ''): string =>
  `<fetch${attributes}><entity name="lead">${entity}</entity></fetch>`;
const subjects = (xml: string): string => {
  const { value } = world.fetch('lead', xml);
  return Array.isArray(value) ? value.map((row) => row.subject).join('') : '';
};
const etag = expect.stringMatching(/^W\/"\d+"$/);

const IN_MAIL = '<condition attribute="emailaddress1" operator="in">';

describe('conditions of FetchXML', () => {
  it.each([
    ['<condition attribute="emailaddress1" operator="eq" value="ä@X.de"/>', 'a'],
    ['<condition attribute="emailaddress1" operator="ne" value="b@x.de"/>', 'acd'],
    ['<condition attribute="emailaddress1" operator="neq" value="b@x.de"/>', 'acd'],
    [`${IN_MAIL}<value>B@x.de</value><value><![CDATA[d@Y.de]]></value></condition>`, 'bd'],
    ['<condition attribute="emailaddress1" operator="not-in"><value>b@x.de</value></condition>', 'acd'],
    ['<condition attribute="emailaddress1" operator="null"/>', 'c'],
    ['<condition attribute="emailaddress1" operator="not-null"/>', 'abd'],
    ['<condition attribute="emailaddress1" operator="like" value="%@X.de"/>', 'ab'],
    ['<condition attribute="emailaddress1" operator="not-like" value="%@x.de"/>', 'cd'],
    ['<condition attribute="emailaddress1" operator="like" value="_@[x-y].de"/>', 'abd'],
    ['<condition attribute="lastname" operator="like" value="50[%]%"/>', 'c'],
    ['<condition attribute="lastname" operator="like" value="a_b"/>', 'd'],
    ['<condition attribute="revenue" operator="gt" value="10"/>', 'b'],
    ['<condition attribute="revenue" operator="le" value="10"/>', 'a'],
    [`<condition attribute="leadid" operator="eq" value="{${guid(2).toUpperCase()}}"/>`, 'b'],
  ])('%s', (condition, expected) => {
    expect(subjects(fetch(`<attribute name="subject"/><filter>${condition}</filter>`))).toBe(expected);
  });

  it('nests and/or', () => {
    const inner =
      '<filter type="or"><condition attribute="leadsourcecode" operator="eq" value="1"/><condition attribute="leadsourcecode" operator="eq" value="2"/></filter>';
    const like = '<condition attribute="emailaddress1" operator="like" value="%x.de"/>';
    expect(subjects(fetch(`<filter type="and">${inner}${like}</filter>`))).toBe('ab');
  });
});

describe('rows of FetchXML', () => {
  it('leave empty columns out, and give key and ETag', () => {
    const xml = fetch('<attribute name="emailaddress1"/><order attribute="subject" descending="true"/>', ' top="2"');
    expect(world.fetch('lead', xml)).toEqual({
      '@odata.context': `${API_ROOT}$metadata#leads(emailaddress1)`,
      value: [
        { '@odata.etag': etag, emailaddress1: 'D@y.de', leadid: guid(4) },
        { '@odata.etag': etag, leadid: guid(3) },
      ],
    });
  });

  it('name lookups as the wire does, and aliases as given', () => {
    const xml =
      '<fetch><entity name="listmember"><attribute name="listid"/><attribute name="entityid" alias="person"/></entity></fetch>';
    const { value } = world.fetch('listmember', xml);
    expect(value).toContainEqual({
      '@odata.etag': etag,
      _listid_value: OTHER,
      person: guid(1),
      listmemberid: guid(0x51),
    });
  });

  it('are all columns when none is named', () => {
    expect(subjects(fetch('<all-attributes/>'))).toBe('abcd');
    expect(subjects(fetch(''))).toBe('abcd');
  });

  it('can be distinct', () => {
    const known = '<filter><condition attribute="leadsourcecode" operator="not-null"/></filter>';
    const { value } = world.fetch('lead', fetch(`<attribute name="leadsourcecode"/>${known}`, ' distinct="true"'));
    expect(value).toEqual([{ leadsourcecode: 1 }, { leadsourcecode: 2 }]);
  });
});

describe('link-entity', () => {
  const link = (type: string, filter = ''): string =>
    `<attribute name="subject"/><link-entity name="listmember" from="entityid" to="leadid" link-type="${type}" alias="m"><attribute name="listid" alias="m_list"/><attribute name="listmemberid"/>${filter}</link-entity>`;
  const own = `<filter><condition attribute="listid" operator="in"><value>${LIST}</value></condition></filter>`;
  const pairs = (xml: string): unknown[] => {
    const { value } = world.fetch('lead', xml);
    return Array.isArray(value) ? value.map((row) => `${row.subject}:${row.m_list ?? '-'}`) : [];
  };

  it('inner gives a row for each member', () => {
    expect(pairs(fetch(link('inner')))).toEqual([`a:${LIST}`, `a:${OTHER}`, `d:${LIST}`]);
    expect(pairs(fetch(link('inner', own)))).toEqual([`a:${LIST}`, `d:${LIST}`]);
  });

  it('outer keeps people who are no members; its filter belongs to the join', () => {
    expect(pairs(fetch(link('outer', own)))).toEqual([`a:${LIST}`, 'b:-', 'c:-', `d:${LIST}`]);
  });

  it('names linked columns by alias and column where they have no alias of their own', () => {
    const { value } = world.fetch('lead', fetch(link('inner', own)));
    expect(value).toContainEqual({
      '@odata.etag': etag,
      subject: 'd',
      m_list: LIST,
      'm.listmemberid': guid(0x52),
      leadid: guid(4),
    });
  });

  it('finds those without a member by a condition on the link', () => {
    const none = '<filter><condition entityname="m" attribute="listmemberid" operator="null"/></filter>';
    expect(pairs(fetch(`${link('outer', own)}${none}`))).toEqual(['b:-', 'c:-']);
  });

  it('nests', () => {
    const inner =
      '<link-entity name="list" from="listid" to="listid" alias="l"><attribute name="listname" alias="list"/><filter><condition attribute="listname" operator="eq" value="other"/></filter></link-entity>';
    const xml = fetch(
      `<attribute name="subject"/><link-entity name="listmember" from="entityid" to="leadid" alias="m">${inner}</link-entity>`,
    );
    expect(world.fetch('lead', xml).value).toMatchObject([{ subject: 'a', list: 'Other' }]);
  });
});

describe('pages of FetchXML', () => {
  const annotations = ['Microsoft.Dynamics.CRM.*'];
  const page = (number: number, more = '', entity = '<attribute name="subject"/>'): Record<string, unknown> =>
    world.fetch('lead', fetch(entity, ` count="3" page="${number}"${more}`), { annotations });
  const COOKIE = '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie';
  const MORE = '@Microsoft.Dynamics.CRM.morerecords';

  it('say whether there are more, and where to go on', () => {
    const first = page(1);
    expect(first[MORE]).toBe(true);
    const cookie = /pagingcookie="([^"]*)"/.exec(String(first[COOKIE]))?.[1] ?? '';
    const inner = decodeURIComponent(decodeURIComponent(cookie));
    expect(inner).toBe(
      `<cookie page="1"><leadid last="{${guid(3).toUpperCase()}}" first="{${guid(1).toUpperCase()}}" /></cookie>`,
    );
    const escaped = inner.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
    const second = page(2, ` paging-cookie="${escaped}"`);
    expect([second.value, second[MORE], second[COOKIE]]).toEqual([
      [expect.objectContaining({ subject: 'd' })],
      false,
      undefined,
    ]);
  });

  it('go on by number without a cookie, and where rows are joined', () => {
    expect(page(2).value).toMatchObject([{ subject: 'd' }]);
    const joined = '<attribute name="subject"/><link-entity name="listmember" from="entityid" to="leadid" alias="m"/>';
    expect(world.fetch('lead', fetch(joined, ' count="1" page="2"')).value).toMatchObject([{ subject: 'a' }]);
  });

  it('count all rows when asked', () => {
    expect(page(1, ' returntotalrecordcount="true"')).toMatchObject({
      '@Microsoft.Dynamics.CRM.totalrecordcount': 4,
      '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': false,
    });
    expect(page(1)).toMatchObject({ '@Microsoft.Dynamics.CRM.totalrecordcount': -1 });
  });

  it('follow odata.maxpagesize where there is no count', () => {
    const body = world.fetch('lead', fetch('<attribute name="subject"/>'), { maxPageSize: 2 });
    expect(body.value).toHaveLength(2);
    expect(body[COOKIE]).toBeUndefined();
  });
});

describe('aggregates of FetchXML', () => {
  it.each([
    ['<attribute name="leadid" alias="n" aggregate="count"/>', [{ n: 4 }]],
    [
      '<attribute name="leadsourcecode" alias="g" groupby="true"/><attribute name="leadid" alias="n" aggregate="count"/><order alias="n" descending="true"/>',
      [{ g: 2, n: 2 }, { n: 1 }, { g: 1, n: 1 }],
    ],
  ])('%s', (attributes, expected) => {
    expect(world.fetch('lead', fetch(attributes, ' aggregate="true"')).value).toEqual(expected);
  });
});
