/** The check that all other tests put dyncamp's requests to must itself be able to fail. */
import { checkRequest, type SentRequest } from '../support/request-check/check-request.ts';
import { readSchemaNames } from '../support/request-check/schema-names.ts';

const names = readSchemaNames([{ table: 'lead', name: 'new_key', type: 'string' }]);
const id = '11111111-2222-4333-8444-555555555555';
const headers = {
  authorization: 'Bearer x',
  'odata-version': '4.0',
  'odata-maxversion': '4.0',
  'user-agent': 'dyncamp/1',
  accept: 'application/json',
};
const json = { ...headers, 'content-type': 'application/json' };
const get = (path: string): SentRequest => ({ method: 'GET', target: `/api/data/v9.2/${path}`, headers, body: '' });
const send = (method: string, path: string, body: object): SentRequest => ({
  method,
  target: `/api/data/v9.2/${path}`,
  headers: json,
  body: JSON.stringify(body),
});
const post = (path: string, body: object) => send('POST', path, body);
const filter = (text: string) => get(`leads?$filter=${encodeURIComponent(text)}`);
const condition = (operator: string, value: string) =>
  fetchXml(`<filter><condition attribute='leadid' operator='${operator}' value='${value}'/></filter>`);
const fetchXml = (inner: string) =>
  get(`leads?fetchXml=${encodeURIComponent(`<fetch><entity name='lead'>${inner}</entity></fetch>`)}`);
const row = (table: string) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [`${table}id`]: id });
const batch = (lines: readonly string[], end = '\r\n'): SentRequest => ({
  method: 'POST',
  target: '/api/data/v9.2/$batch',
  headers: { ...headers, 'content-type': 'multipart/mixed; boundary=b', prefer: 'odata.continue-on-error' },
  body: lines.join(end),
});
const PART = ['--b', 'Content-Type: application/http', 'Content-Transfer-Encoding: binary', ''];
const WHO_AM_I = ['GET /api/data/v9.2/WhoAmI HTTP/1.1', '', ''];
const SET = ['--b', 'Content-Type: multipart/mixed; boundary=c', ''];
const inSet = (contentId: string, ...request: string[]) => [
  '--c',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  `Content-ID: ${contentId}`,
  '',
  ...request,
];
const create = ['POST /api/data/v9.2/leads HTTP/1.1', 'Content-Type: application/json', '', '{"lastname":"X"}'];

describe('checkRequest', () => {
  it.each<[string, SentRequest]>([
    [
      'a query',
      get(`leads?$select=leadid,_campaignid_value&$filter=_campaignid_value%20eq%20${id}&$orderby=createdon%20desc`),
    ],
    ['a text with quotes and operators', filter("lastname eq 'O''Brian or x eq 1' and not (statecode ne 0)")],
    ['an In', filter(`statecode eq 0 and Microsoft.Dynamics.CRM.In(PropertyName='leadid',PropertyValues=["${id}"])`)],
    ['an any', filter(`listlead_association/any(l:l/listid eq ${id})`)],
    ['a column of the organization’s own', get('leads?$select=new_key')],
    [
      'an expand',
      get(
        `campaigns(${id})?$expand=campaignlist_association($select=listid;$filter=statecode eq 0)`.replaceAll(
          ' ',
          '%20',
        ),
      ),
    ],
    ['a creation', post('leads', { leadid: id, lastname: 'X', 'campaignid@odata.bind': `/campaigns(${id})` })],
    ['an action', post('AddListMembersList', { List: row('list'), Members: [row('lead')] })],
    ['a bound action', post(`lists(${id})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: id })],
    ['a function', get('WhoAmI')],
    [
      'FetchXML',
      fetchXml("<attribute name='leadid'/><filter><condition attribute='statecode' operator='eq' value='0'/></filter>"),
    ],
    ['a batch', batch([...PART, ...WHO_AM_I, ...SET, ...inSet('1', ...create), '--c--', '', '--b--', ''])],
  ])('finds nothing wrong with %s', (_what, request) => {
    expect(checkRequest(names, request)).toEqual([]);
  });

  it.each<[string, SentRequest, string]>([
    ['an unknown set', get('persons'), 'no operation persons'],
    ['an unknown column', get('leads?$select=email'), 'lead has no column email'],
    ['a column of another table', filter('listname eq null'), 'lead has no column listname'],
    ['a logical name where the wire name belongs', filter(`campaignid eq ${id}`), 'no column campaignid'],
    ['a quoted GUID', filter(`leadid eq '${id}'`), 'of type guid'],
    ['a number for a text', filter('lastname eq 7'), 'of type string'],
    ['a filter that does not end', filter("lastname eq 'x' and"), 'cannot read'],
    ['an open quote', filter("lastname eq 'x"), 'open quote'],
    [
      'In of a wire name',
      filter(`Microsoft.Dynamics.CRM.In(PropertyName='_campaignid_value',PropertyValues=["${id}"])`),
      'In on',
    ],
    ['In of numbers', filter("Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=[1])"), 'values of In'],
    ['an unknown function', filter("Microsoft.Dynamics.CRM.Within(PropertyName='leadid')"), 'query function Within'],
    ['an order by nothing', get('leads?$orderby=created'), '$orderby created'],
    ['$skip', get('leads?$skip=1'), 'query option $skip'],
    ['a navigation property that is none', get(`lists(${id})/campaigns`), 'lists: campaigns'],
    ['an expand of one', get('listmembers?$expand=listid'), 'no navigation property listid'],
    ['a blank in the URL', get('leads?$filter=statecode eq 0'), 'unencoded'],
    ['a long URL', get(`leads?$filter=${'x'.repeat(33_000)}`), 'a URL of'],
    ['a write to a computed column', post('leads', { fullname: 'X' }), 'create writes fullname'],
    ['a lookup as a column', post('leads', { _campaignid_value: id }), 'create writes _campaignid_value'],
    ['a lookup to another table', post('leads', { 'campaignid@odata.bind': `/lists(${id})` }), 'campaignid@odata.bind'],
    ['a text that is too long', post('leads', { lastname: 'x'.repeat(51) }), 'lead.lastname'],
    ['a yes as a text', post('leads', { donotemail: 'true' }), 'lead.donotemail'],
    ['a change of a key', send('PATCH', `leads(${id})`, { leadid: id }), 'update writes leadid'],
    ['a creation of a membership', post('listmembers', { name: 'X' }), 'POST on listmembers'],
    ['an extra one', post('AddListMembersList', { List: row('list'), Members: [row('lead')], X: 1 }), 'parameter X'],
    ['a missing parameter', post('AddListMembersList', { List: row('list') }), 'lacks Members'],
    ['a wrong parameter', post('AddListMembersList', { List: row('lead'), Members: [row('lead')] }), 'not a list'],
    ['an untyped member', post('AddListMembersList', { List: row('list'), Members: [{ leadid: id }] }), '@odata.type'],
    [
      'an action bound to another table',
      post(`leads(${id})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: id }),
      'no operation AddMemberList',
    ],
    ['a function by POST', post('WhoAmI', {}), 'POST WhoAmI'],
    ['FetchXML that is not well-formed', fetchXml("<attribute name='leadid'>"), 'well-formed'],
    ['FetchXML with a wire name', fetchXml("<attribute name='_campaignid_value'/>"), 'no column _campaignid_value'],
    ['FetchXML with a GUID that is none', condition('eq', '7'), 'leadid eq 7'],
    ['FetchXML with an unknown operator', condition('is', '7'), 'operator is'],
    ['a header that is none', { ...get('WhoAmI'), headers: { ...headers, 'x-extra': '1' } }, 'header x-extra'],
    ['a wrong header', { ...get('WhoAmI'), headers: { ...headers, 'odata-version': '4.01' } }, 'odata-version'],
    ['no token', { ...get('WhoAmI'), headers: { ...headers, authorization: '' } }, 'header authorization'],
    ['bare line feeds', batch([...PART, ...WHO_AM_I, '--b--', ''], '\n'), 'line feed'],
    ['a batch without its end', batch([...PART, ...WHO_AM_I]), 'boundar'],
    ['a wrong part', batch([...PART, 'GET /api/data/v9.2/nothing HTTP/1.1', '', '', '--b--', '']), 'nothing'],
    [
      'a GET in a change set',
      batch([...SET, ...inSet('1', ...WHO_AM_I), '--c--', '', '--b--', '']),
      'GET in a change set',
    ],
    [
      'one Content-ID twice',
      batch([...SET, ...inSet('1', ...create), ...inSet('1', ...create), '--c--', '', '--b--', '']),
      'Content-IDs',
    ],
  ])('finds %s', (_what, request, problem) => {
    expect(checkRequest(names, request).join('\n')).toContain(problem);
  });
});
