import { guid } from './support.ts';
import { ACCOUNT, CAMPAIGN, writtenWorld } from './written-world.ts';

const { update } = writtenWorld();
const refused = (status: number, code: string, message: string) =>
  expect.objectContaining({ status, code, message: expect.stringContaining(message) });

describe('readRow', () => {
  it.each([
    ['lead', { lastname: 5 }, '5', 'Edm.String'],
    ['lead', { lastname: { a: 1 } }, '{"a":1}', 'Edm.String'],
    ['lead', { leadsourcecode: '1' }, '1', 'Edm.Int32'],
    ['lead', { leadsourcecode: 1.5 }, '1.5', 'Edm.Int32'],
    ['lead', { donotemail: 'yes' }, 'yes', 'Edm.Boolean'],
    ['lead', { estimatedclosedate: '2026-02-30' }, '2026-02-30', 'Edm.Date'],
    ['lead', { leadid: 'x' }, 'x', 'Edm.Guid'],
    ['campaign', { actualstart: 'soon' }, 'soon', 'Edm.DateTimeOffset'],
  ])('refuses a value of another type: %s %j', (table, body, literal, type) => {
    const text = `Error identified in Payload provided by the user for Entity :'${table}s'  ----> InnerException : Microsoft.OData.ODataException: Cannot convert the literal '${literal}' to the expected type '${type}'.`;
    expect(() => update(table, body)).toThrow(refused(400, '0x80048d19', text));
  });

  it.each([
    [{ subject: 'x'.repeat(51) }, 'subject', 50],
    [{ new_marketoid: '123456' }, 'new_marketoid', 5],
  ])('refuses a text that is too long: %j', (body, column, length) => {
    const text = `A validation error occurred.  The length of the '${column}' attribute of the 'lead' entity exceeded the maximum allowed length of '${length}'.`;
    expect(() => update('lead', body)).toThrow(refused(400, '0x80044331', text));
  });

  const outside = (kind: string) =>
    `A validation error occurred. ${kind} provided is outside of the allowed values for this attribute.`;

  it.each([
    [{ leadsourcecode: 11 }, '0x8004431A', 'The picklist value is out of the range.'],
    [{ new_grade: 1 }, '0x8004431A', 'The picklist value is out of the range.'],
    [{ statecode: 9 }, '0x8004431A', 'The picklist value is out of the range.'],
    [{ new_score: 101 }, '0x8004432F', outside('An integer')],
    [{ numberofemployees: 2 ** 31 }, '0x8004432F', outside('An integer')],
    [{ new_rate: 1.5 }, '0x80044330', outside('A decimal value')],
    [
      { Name: 'x' },
      '0x0',
      "An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property 'Name' was found in entity 'Microsoft.Dynamics.CRM.lead'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.",
    ],
    [
      { _campaignid_value: CAMPAIGN },
      '0x80060888',
      'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
    ],
  ])('refuses a lead with %j', (body, code, message) => {
    expect(() => update('lead', body)).toThrow(refused(400, code, message));
  });

  const unparsed =
    'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.';

  it.each([
    ['campaignid', `/campaigns(${guid(5)})`, 404, '0x80040217', `campaign With Id = ${guid(5)} Does Not Exist`],
    ['campaignid', `/nosuch(${CAMPAIGN})`, 400, '0x80060888', unparsed],
    ['campaignid', CAMPAIGN, 400, '0x80060888', unparsed],
    ['campaignid', "/campaigns(codename='x')", 400, '0x80060890', 'are not a defined key for the campaign entity'],
    ['campaignid', '$1', 400, '0x80060888', "Content-ID Reference: '$1' does not exist in the batch context."],
    ['campaignid', `/accounts(${ACCOUNT})`, 400, '0x80048d19', "for 'campaignid' is to an entity of another type."],
    ['contact_originating_lead', [], 400, '0x80048d19', "property 'contact_originating_lead' is a collection"],
    ['nosuch', `/accounts(${ACCOUNT})`, 400, '0x80048d19', "An undeclared property 'nosuch' which only has property"],
  ])('refuses to bind %s to %j', (property, url, status, code, message) => {
    expect(() => update('lead', { [`${property}@odata.bind`]: url })).toThrow(refused(status, code, message));
  });

  it('says that it does not make related rows', () => {
    const body = { contact_originating_lead: [{}] };
    expect(() => update('lead', body)).toThrow(
      refused(501, '0x80040315', "inside a body ('contact_originating_lead')"),
    );
  });
});
