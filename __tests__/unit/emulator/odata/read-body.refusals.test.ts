import { guid } from './support.ts';
import { ACCOUNT, CAMPAIGN, writtenWorld } from './written-world.ts';

const { update } = writtenWorld();

describe('readRow refuses', () => {
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
  ])('refuses %s %j', (table, body, status, code, message) => {
    expect(() => update(table, body)).toThrow(
      expect.objectContaining({ status, code, message: expect.stringContaining(message) }),
    );
  });
});
