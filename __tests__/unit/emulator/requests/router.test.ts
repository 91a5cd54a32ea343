import { operationName, routePath } from '../../../../src/emulator/requests/router.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';

const schema = buildSchema([]);
const L = '11111111-1111-4111-8111-111111111111';
const P = '22222222-2222-4222-8222-222222222222';
const route = (path: string) => routePath(schema, `/api/data/v9.2${path}`).route;

describe('routePath', () => {
  it.each([
    ['', { kind: 'root' }],
    ['/', { kind: 'root' }],
    ['/leads/$count', { kind: 'count', table: 'lead' }],
    [`/lists(listid=${L.toUpperCase()})`, { kind: 'row', table: 'list', id: L }],
    [`/lists(%27${L}%27)`, { kind: 'row', table: 'list', id: L }],
    [`/lists(${L})/campaignlist_association/$ref`, { kind: 'navigation', ref: true }],
    [`/campaigns(${L})/campaignlist_association(${P})/$ref`, { kind: 'navigation', ref: true, relatedId: P }],
    ['/WhoAmI()', { kind: 'operation', name: 'WhoAmI', inlineArguments: '' }],
  ])('reads %s', (path, expected) => {
    expect(route(path)).toMatchObject(expected);
  });

  it.each([
    ['/acounts', 404],
    ['/leads/nothing', 404],
    [`/leads(${L})/nothing`, 404],
    [`/leads(${L})/Microsoft.Dynamics.CRM.AddMemberList`, 404],
    [`/leads(${L})/Microsoft.Dynamics.CRM.QualifyMemberList`, 404],
    ['/listmembers/Microsoft.Dynamics.CRM.CreateMultiple', 404],
    ['/systemusers/Microsoft.Dynamics.CRM.CreateMultiple', 501],
    [`/campaigns(${L})/campaignitems/$ref`, 400],
    [`/lists(${L})/AddMemberList`, 404],
    ['/leads(abc)', 400],
    ["/contacts(emailaddress1='a@b.example')", 400],
    ['/campaignitems/$ref', 400],
    ['/opportunities', 501],
    [`/lists(${L})/listname/$value`, 501],
    ['/ExportSolution', 501],
    ["/RetrieveTotalRecordCount(EntityNames=['lead','list'])", 501],
  ])('refuses %s with %d', (path, status) => {
    expect(() => route(path)).toThrow(expect.objectContaining({ status }));
  });

  it('does not know other versions', () => {
    expect(() => routePath(schema, '/api/data/v8.2/leads')).toThrow(expect.objectContaining({ status: 404 }));
  });
});

describe('operationName', () => {
  it.each([
    ['POST', '/leads', 'Create'],
    ['PATCH', `/leads(${L})`, 'Upsert'],
    ['DELETE', `/leads(${L})`, 'Delete'],
    ['GET', `/leads(${L})`, 'Retrieve'],
    ['GET', '/leads', 'RetrieveMultiple'],
    ['GET', `/campaigns(${L})/campaignlist_association`, 'RetrieveMultiple'],
    ['POST', `/campaigns(${L})/campaignlist_association/$ref`, 'Associate'],
    ['DELETE', `/campaigns(${L})/campaignlist_association(${P})/$ref`, 'Disassociate'],
    ['POST', '/AddListMembersList', 'AddListMembersList'],
    ['POST', '/$batch', '$batch'],
  ])('calls %s %s %s', (method, path, name) => {
    expect(operationName(method, route(path))).toBe(name);
  });
});
