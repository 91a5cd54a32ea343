import { guid, openWorld } from './support.ts';

const world = openWorld();
afterAll(() => world.context.store.close());

const refused = (code: string, message: string) =>
  expect.objectContaining({ status: 400, code, message: expect.stringContaining(message) });

describe('refusals of a query', () => {
  it.each([
    ['lead', '$select=Name', 'Name', 'lead'],
    ['list', '$select=campaignid', 'campaignid', 'list'],
    ['lead', "$filter=nosuch eq 'x'", 'nosuch', 'lead'],
    ['lead', "$filter=campaignid/nosuch eq 'x'", 'nosuch', 'campaign'],
    ['lead', '$orderby=nosuch', 'nosuch', 'lead'],
    ['listmember', '$expand=listid', 'listid', 'listmember'],
    ['listmember', '$expand=entityid_contact', 'entityid_contact', 'listmember'],
  ])('%s?%s: no such property', (table, query, property, type) => {
    const message = `Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${type}'.`;
    expect(() => world.rows(table, query)).toThrow(refused('0x80060888', message));
  });

  it.each([
    ['lastname eq 5', 'Edm.String', 'Edm.Int32', 'Equal'],
    ["statecode ne 'x'", 'Edm.Int32', 'Edm.String', 'NotEqual'],
    ["leadid eq 'x'", 'Edm.Guid', 'Edm.String', 'Equal'],
  ])('$filter=%s: other types', (filter, left, right, operator) => {
    const message = `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operator}'.`;
    expect(() => world.rows('lead', `$filter=${filter}`)).toThrow(refused('0x80060888', message));
  });

  it.each([
    ['$skip=5', 'The query parameter $skip is not supported.'],
    ['$search=x', 'The query parameter $search is not supported.'],
    ['$format=json', 'The query parameter $format is not supported.'],
    ['$levels=2', 'The query parameter $levels is not supported.'],
    ['$top=x', "Invalid value 'x' for $top query option found."],
    ['$count=maybe', "Invalid value 'maybe' for $count query option found."],
    [
      '$expand=campaignid($top=1)',
      'Only $select and $filter clause can be provided while doing $expand on many-to-one',
    ],
    ['$select=lastname&$select=subject', "Query option '$select' was specified more than once"],
    ['$filter=%E0%A4', 'Bad Request - Error in query syntax.'],
  ])('leads?%s', (query, message) => {
    expect(() => world.rows('lead', query)).toThrow(refused('0x80060888', message));
  });

  it('gives what is wrong with a cookie, and with an attribute, codes of their own', () => {
    const unknown = "$filter=Microsoft.Dynamics.CRM.In(PropertyName='_campaignid_value',PropertyValues=[])";
    const attribute =
      "'lead' entity doesn't contain attribute with Name = '_campaignid_value' and NameMapping = 'Logical'.";
    expect(() => world.rows('lead', unknown)).toThrow(refused('0x80041103', attribute));
    expect(() => world.rows('lead', '$skiptoken=x')).toThrow(refused('0x8004112a', 'Invalid page number'));
  });

  it.each([
    ['lead', "$filter=Microsoft.Dynamics.CRM.ThisFiscalYear(PropertyName='createdon')"],
    ['lead', '$filter=firstname eq lastname'],
    ['lead', '$filter=listlead_association/all(l:l/statecode eq 0)'],
    ['lead', '$expand=Lead_Tasks'],
    ['lead', '$expand=ownerid'],
    ['lead', '$expand=campaignid/$ref'],
    ['lead', '$expand=campaignid($expand=createdby)'],
    ['lead', '$filter=Lead_Tasks/any()'],
    ['lead', `savedQuery=${guid(1)}`],
  ])('501 for what Dataverse has and the emulator has not: %s?%s', (table, query) => {
    expect(() => world.rows(table, query)).toThrow(expect.objectContaining({ status: 501 }));
  });

  it('counts conditions up to 500', () => {
    const ors = (count: number): string =>
      `$filter=${Array.from({ length: count }, (_, n) => `lastname eq 'p${n}'`).join(' or ')}`;
    expect(world.rows('lead', ors(500))).toEqual([]);
    expect(() => world.rows('lead', ors(501))).toThrow(refused('0x8004430c', 'Number of conditions in query exceeded'));
  });

  it('expands up to 15 properties', () => {
    const expanding = (count: number) => `$expand=${Array.from({ length: count }, () => 'createdby').join()}`;
    expect(world.rows('lead', expanding(15))).toEqual([]);
    expect(() => world.rows('lead', expanding(16))).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('404 for a row that is absent, in the spelling of the wire', () => {
    const id = guid(7);
    for (const target of [
      { kind: 'row', table: 'lead', id },
      { kind: 'navigation', table: 'lead', id, property: 'campaignid', ref: false },
      { kind: 'navigation', table: 'lead', id, property: 'contact_originating_lead', ref: false },
      { kind: 'column', table: 'lead', id, column: 'lastname' },
    ] as const) {
      expect(() => world.query(target)).toThrow(
        expect.objectContaining({ status: 404, code: '0x80040217', message: `lead With Id = ${id} Does Not Exist` }),
      );
    }
  });

  it('404 for a segment that is no property of the row', () => {
    world.insert('lead', { leadid: guid(8) });
    const target = { kind: 'navigation', table: 'lead', id: guid(8), property: 'nosuch', ref: false } as const;
    expect(() => world.query(target)).toThrow(
      expect.objectContaining({ status: 404, message: "Resource not found for the segment 'nosuch'." }),
    );
  });
});
