import { statePair } from '../../../../src/emulator/odata/state-pair.ts';
import { buildSchema } from '../../../../src/emulator/schema/build-schema.ts';
import { API_ROOT, guid, openWorld } from './support.ts';

const CAMPAIGN = guid(0xc1);
const ACCOUNT = guid(0xac);

const world = openWorld({
  schema: buildSchema(
    [
      { table: 'lead', name: 'new_marketoid', type: 'string', maxLength: 5 },
      { table: 'lead', name: 'new_grade', type: 'picklist', options: [{ value: 7, label: 'Seven' }] },
      { table: 'lead', name: 'new_score', type: 'integer', min: 0, max: 100 },
      { table: 'lead', name: 'new_rate', type: 'decimal', min: 0, max: 1 },
      { table: 'lead', name: 'new_sponsor', type: 'lookup', targets: ['account'] },
    ],
    [{ table: 'lead', column: 'subject', maxLength: 50 }],
  ),
});
world.insert('campaign', { campaignid: CAMPAIGN, name: 'Spring' });
world.insert('account', { accountid: ACCOUNT, name: 'Contoso' });
world.insert('systemuser', { systemuserid: guid(1), fullname: 'Ada' });
world.insert('team', { teamid: guid(2), name: 'Team' });
afterAll(() => world.context.store.close());

const update = (table: string, body: Record<string, unknown>): unknown => world.body(table, body, 'update');

describe('readRow', () => {
  it.each([
    ['a text', { lastname: 'Ä' }],
    ['a number', { revenue: 1.5 }],
    ['a choice', { leadsourcecode: 8 }],
    ['a flag', { donotbulkemail: true }],
    ['nothing', { lastname: null }],
    ['a date', { estimatedclosedate: '2026-12-01' }],
    ['an own column', { new_marketoid: '12345', new_grade: 7, new_score: 100, new_rate: 0.5 }],
  ])('takes %s', (_what, body) => {
    expect(update('lead', body)).toEqual(body);
  });

  it('spells times and ids as the store does', () => {
    expect(update('campaign', { actualstart: '2026-11-21T11:00:00.5+01:00' })).toEqual({
      actualstart: '2026-11-21T10:00:00Z',
    });
    expect(world.body('lead', { leadid: `{${guid(0xab).toUpperCase()}}` }).leadid).toBe(guid(0xab));
  });

  it('fills defaults in on creation only', () => {
    expect(world.body('lead', {})).toMatchObject({
      statecode: 0,
      statuscode: 1,
      leadqualitycode: 2,
      donotbulkemail: false,
    });
    expect(world.body('lead', { leadqualitycode: 3, donotbulkemail: true })).toMatchObject({
      leadqualitycode: 3,
      donotbulkemail: true,
    });
    expect(world.body('list', { listname: 'x', createdfromcode: 4 })).toMatchObject({
      type: false,
      lockstatus: false,
      donotsendonoptout: true,
      statecode: 0,
      statuscode: 0,
    });
    expect(update('lead', {})).toEqual({});
  });

  it('skips annotations', () => {
    expect(
      update('lead', {
        '@odata.type': 'Microsoft.Dynamics.CRM.lead',
        '@odata.etag': 'W/"1"',
        'statecode@OData.Community.Display.V1.FormattedValue': 'Open',
      }),
    ).toEqual({});
  });

  it('ignores what only the server sets', () => {
    expect(
      update('list', {
        versionnumber: 5,
        membercount: 9,
        createdon: '2020-01-01T00:00:00Z',
        membertype: 2,
        createdfromcode: 2,
        type: true,
      }),
    ).toEqual({});
    expect(
      update('lead', {
        leadid: guid(9),
        fullname: 'x',
        overriddencreatedon: '2020-01-01T00:00:00Z',
        'createdby@odata.bind': `/systemusers(${guid(1)})`,
      }),
    ).toEqual({});
    expect(world.body('lead', { overriddencreatedon: '2020-01-01T00:00:00Z' })).toMatchObject({
      overriddencreatedon: '2020-01-01T00:00:00Z',
    });
  });

  it.each([
    `/campaigns(${CAMPAIGN})`,
    `campaigns(${CAMPAIGN})`,
    `${API_ROOT}campaigns(${CAMPAIGN})`,
    `/api/data/v9.2/campaigns(${CAMPAIGN})`,
    `campaigns(campaignid=${CAMPAIGN})`,
  ])('binds a lookup to %s', (url) => {
    expect(update('lead', { 'campaignid@odata.bind': url })).toEqual({ _campaignid_value: CAMPAIGN });
  });

  it('binds owners, customers and own lookups, and clears a lookup', () => {
    expect(update('lead', { 'ownerid@odata.bind': `/teams(${guid(2)})` })).toEqual({ _ownerid_value: guid(2) });
    expect(update('contact', { 'parentcustomerid_account@odata.bind': `/accounts(${ACCOUNT})` })).toEqual({
      _parentcustomerid_value: ACCOUNT,
    });
    expect(update('lead', { 'new_sponsor@odata.bind': `/accounts(${ACCOUNT})` })).toEqual({
      _new_sponsor_value: ACCOUNT,
    });
    expect(update('lead', { 'campaignid@odata.bind': null })).toEqual({ _campaignid_value: null });
  });

  const invalid = (property: string): string =>
    `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${property}' was found in entity 'Microsoft.Dynamics.CRM.lead'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.`;
  const payload = (set: string, inner: string): string =>
    `Error identified in Payload provided by the user for Entity :'${set}'  ----> InnerException : Microsoft.OData.ODataException: ${inner}`;

  it.each([
    ['lead', { Name: 'x' }, 400, '0x0', invalid('Name')],
    [
      'lead',
      { lastname: 5 },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal '5' to the expected type 'Edm.String'."),
    ],
    [
      'lead',
      { leadsourcecode: '1' },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal '1' to the expected type 'Edm.Int32'."),
    ],
    [
      'lead',
      { leadsourcecode: 1.5 },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal '1.5' to the expected type 'Edm.Int32'."),
    ],
    [
      'lead',
      { donotemail: 'yes' },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal 'yes' to the expected type 'Edm.Boolean'."),
    ],
    [
      'campaign',
      { actualstart: 'soon' },
      400,
      '0x80048d19',
      payload('campaigns', "Cannot convert the literal 'soon' to the expected type 'Edm.DateTimeOffset'."),
    ],
    [
      'lead',
      { estimatedclosedate: '2026-02-30' },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal '2026-02-30' to the expected type 'Edm.Date'."),
    ],
    [
      'lead',
      { leadid: 'x' },
      400,
      '0x80048d19',
      payload('leads', "Cannot convert the literal 'x' to the expected type 'Edm.Guid'."),
    ],
    [
      'lead',
      { lastname: { a: 1 } },
      400,
      '0x80048d19',
      payload('leads', `Cannot convert the literal '{"a":1}' to the expected type 'Edm.String'.`),
    ],
    [
      'lead',
      { subject: 'x'.repeat(51) },
      400,
      '0x80044331',
      "A validation error occurred.  The length of the 'subject' attribute of the 'lead' entity exceeded the maximum allowed length of '50'.",
    ],
    [
      'lead',
      { new_marketoid: '123456' },
      400,
      '0x80044331',
      "A validation error occurred.  The length of the 'new_marketoid' attribute of the 'lead' entity exceeded the maximum allowed length of '5'.",
    ],
    ['lead', { leadsourcecode: 11 }, 400, '0x8004431A', 'The picklist value is out of the range.'],
    ['lead', { new_grade: 1 }, 400, '0x8004431A', 'The picklist value is out of the range.'],
    [
      'lead',
      { new_score: 101 },
      400,
      '0x8004432F',
      'A validation error occurred. An integer provided is outside of the allowed values for this attribute.',
    ],
    [
      'lead',
      { numberofemployees: 2 ** 31 },
      400,
      '0x8004432F',
      'A validation error occurred. An integer provided is outside of the allowed values for this attribute.',
    ],
    [
      'lead',
      { new_rate: 1.5 },
      400,
      '0x80044330',
      'A validation error occurred. A decimal value provided is outside of the allowed values for this attribute.',
    ],
    [
      'lead',
      { _campaignid_value: CAMPAIGN },
      400,
      '0x80060888',
      'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
    ],
    [
      'lead',
      { 'campaignid@odata.bind': `/campaigns(${guid(5)})` },
      404,
      '0x80040217',
      `campaign With Id = ${guid(5)} Does Not Exist`,
    ],
    [
      'lead',
      { 'campaignid@odata.bind': `/nosuch(${CAMPAIGN})` },
      400,
      '0x80060888',
      'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
    ],
    [
      'lead',
      { 'campaignid@odata.bind': CAMPAIGN },
      400,
      '0x80060888',
      'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
    ],
    [
      'lead',
      { 'campaignid@odata.bind': "/campaigns(codename='x')" },
      400,
      '0x80060890',
      'The specified key attributes are not a defined key for the campaign entity',
    ],
    [
      'lead',
      { 'campaignid@odata.bind': '$1' },
      400,
      '0x80060888',
      "Content-ID Reference: '$1' does not exist in the batch context.",
    ],
    [
      'lead',
      { 'campaignid@odata.bind': `/accounts(${ACCOUNT})` },
      400,
      '0x80048d19',
      "The reference given for 'campaignid' is to an entity of another type.",
    ],
    [
      'lead',
      { 'contact_originating_lead@odata.bind': [] },
      400,
      '0x80048d19',
      "The navigation property 'contact_originating_lead' is a collection",
    ],
    [
      'contact',
      { 'parentcustomerid@odata.bind': `/accounts(${ACCOUNT})` },
      400,
      '0x80048d19',
      "Error identified in Payload provided by the user for Entity :'contacts'  ----> InnerException : Microsoft.OData.ODataException: An undeclared property 'parentcustomerid' which only has property annotations in the payload",
    ],
    [
      'lead',
      { contact_originating_lead: [{}] },
      501,
      '0x80040315',
      "related rows inside a body ('contact_originating_lead')",
    ],
    ['lead', { statecode: 9 }, 400, '0x8004431A', 'The picklist value is out of the range.'],
    [
      'lead',
      { statecode: 0, statuscode: 4 },
      400,
      '0x80048408',
      'State code is invalid or state code is valid but status code is invalid for a specified state code.',
    ],
  ])('refuses %s %j', (table, body, status, code, message) => {
    expect(() => update(table, body)).toThrow(
      expect.objectContaining({ status, code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['campaign', {}, 'name'],
    ['list', { createdfromcode: 4 }, 'listname'],
    ['list', { listname: 'x' }, 'createdfromcode'],
    ['list', { listname: null, createdfromcode: 4 }, 'listname'],
  ])('requires SystemRequired columns on creation: %s %j', (table, body, column) => {
    expect(() => world.body(table, body)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040200', message: expect.stringContaining(`'${column}'`) }),
    );
  });

  it('does not require ApplicationRequired columns', () => {
    expect(world.body('contact', {})).toMatchObject({ statecode: 0 });
  });

  it('completes states', () => {
    expect(update('lead', { statecode: 2 })).toEqual({ statecode: 2, statuscode: 4 });
    expect(update('lead', { statecode: 2, statuscode: 6 })).toEqual({ statecode: 2, statuscode: 6 });
    expect(world.body('lead', { statuscode: 5 })).toMatchObject({ statecode: 2, statuscode: 5 });
    expect(world.body('campaign', { name: 'x', statecode: 1 })).toMatchObject({ statecode: 1, statuscode: 6 });
  });
});

describe('statePair', () => {
  const lead = world.context.schema.tableByName('lead');
  const pair = (changes: Record<string, number>, current?: number): unknown =>
    lead === undefined ? undefined : statePair(lead, changes, current);

  it.each([
    [{}, 0, {}],
    [{ statuscode: 2 }, 0, { statecode: 0, statuscode: 2 }],
    [{ statecode: 1 }, 0, { statecode: 1, statuscode: 3 }],
    [{ statecode: 1, statuscode: 3 }, 0, { statecode: 1, statuscode: 3 }],
  ])('%j on state %d gives %j', (changes, current, expected) => {
    expect(pair(changes, current)).toEqual(expected);
  });

  it.each([
    [{ statuscode: 4 }, 0],
    [{ statuscode: 99 }, 0],
    [{ statecode: 9 }, 0],
    [{ statecode: 1, statuscode: 1 }, 1],
  ])('%j on state %d is no pair', (changes, current) => {
    expect(() => pair(changes, current)).toThrow(expect.objectContaining({ status: 400, code: '0x80048408' }));
  });
});
