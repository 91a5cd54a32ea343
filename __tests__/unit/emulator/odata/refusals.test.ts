import { guid, openWorld } from './support.ts';

const world = openWorld();
afterAll(() => world.context.store.close());

describe('refusals of a query', () => {
  it.each([
    [
      'lead',
      '$select=Name',
      '0x80060888',
      "Could not find a property named 'Name' on type 'Microsoft.Dynamics.CRM.lead'.",
    ],
    [
      'list',
      '$select=campaignid',
      '0x80060888',
      "Could not find a property named 'campaignid' on type 'Microsoft.Dynamics.CRM.list'.",
    ],
    [
      'lead',
      "$filter=nosuch eq 'x'",
      '0x80060888',
      "Could not find a property named 'nosuch' on type 'Microsoft.Dynamics.CRM.lead'.",
    ],
    [
      'lead',
      "$filter=campaignid/nosuch eq 'x'",
      '0x80060888',
      "Could not find a property named 'nosuch' on type 'Microsoft.Dynamics.CRM.campaign'.",
    ],
    [
      'lead',
      '$orderby=nosuch',
      '0x80060888',
      "Could not find a property named 'nosuch' on type 'Microsoft.Dynamics.CRM.lead'.",
    ],
    [
      'listmember',
      '$expand=listid',
      '0x80060888',
      "Could not find a property named 'listid' on type 'Microsoft.Dynamics.CRM.listmember'.",
    ],
    [
      'listmember',
      '$expand=entityid_contact',
      '0x80060888',
      "Could not find a property named 'entityid_contact' on type 'Microsoft.Dynamics.CRM.listmember'.",
    ],
    [
      'lead',
      '$filter=lastname eq 5',
      '0x80060888',
      "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
    ],
    [
      'lead',
      "$filter=statecode ne 'x'",
      '0x80060888',
      "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'NotEqual'.",
    ],
    [
      'lead',
      "$filter=leadid eq 'x'",
      '0x80060888',
      "Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.",
    ],
    [
      'lead',
      "$filter=Microsoft.Dynamics.CRM.In(PropertyName='_campaignid_value',PropertyValues=[])",
      '0x80041103',
      "'lead' entity doesn't contain attribute with Name = '_campaignid_value' and NameMapping = 'Logical'.",
    ],
    ['lead', '$skip=5', '0x80060888', 'The query parameter $skip is not supported.'],
    ['lead', '$search=x', '0x80060888', 'The query parameter $search is not supported.'],
    ['lead', '$format=json', '0x80060888', 'The query parameter $format is not supported.'],
    ['lead', '$levels=2', '0x80060888', 'The query parameter $levels is not supported.'],
    ['lead', '$top=x', '0x80060888', "Invalid value 'x' for $top query option found."],
    ['lead', '$count=maybe', '0x80060888', "Invalid value 'maybe' for $count query option found."],
    [
      'lead',
      '$expand=campaignid($top=1)',
      '0x80060888',
      'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
    ],
    ['lead', '$skiptoken=x', '0x8004112a', 'Invalid page number in paging cookie.'],
    ['lead', '$select=lastname&$select=subject', '0x80060888', "Query option '$select' was specified more than once"],
    ['lead', '$filter=%E0%A4', '0x80060888', 'Bad Request - Error in query syntax.'],
  ])('%s?%s', (table, query, code, message) => {
    const refusal = expect.objectContaining({ status: 400, code, message: expect.stringContaining(message) });
    expect(() => world.rows(table, query)).toThrow(refusal);
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
    expect(() => world.rows('lead', ors(501))).toThrow(
      expect.objectContaining({
        status: 400,
        code: '0x8004430c',
        message: 'Number of conditions in query exceeded maximum limit.',
      }),
    );
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
