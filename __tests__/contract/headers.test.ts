import { refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });

describe('headers of every answer', () => {
  it('names protocol version, request and limits [field, recorded 2024]', async () => {
    const { headers } = await api.get('leads?$select=leadid');
    expect(headers.get('odata-version')).toBe('4.0');
    expect(headers.get('content-type')).toBe('application/json; odata.metadata=minimal; odata.streaming=true');
    expect(headers.get('req_id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-ms-service-request-id')).toMatch(/[0-9a-f-]{36}$/);
    expect(headers.get('x-ms-dop-hint')).toMatch(/^\d+$/);
    expect(headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')).toMatch(/^\d+$/);
    expect(headers.get('x-ms-ratelimit-time-remaining-xrm-requests')).toBe('1,200.00');
  });

  it('repeats the client’s request id [field]', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const { headers } = await api.get('WhoAmI', { 'x-ms-client-request-id': id });
    expect(headers.get('x-ms-service-request-id')).toContain(`${id},`);
  });

  it('names the preferences it followed [documented]', async () => {
    const Prefer = 'odata.include-annotations="*",odata.maxpagesize=50';
    const { headers } = await api.get('leads', { Prefer });
    expect(headers.get('preference-applied')).toContain('odata.maxpagesize=50');
    expect(headers.get('preference-applied')).toContain('odata.include-annotations="*"');
  });

  it('decorates errors when annotations are asked for [documented]', async () => {
    const answer = await api.get('acounts', { Prefer: 'odata.include-annotations="*"' });
    expect(answer.json).toMatchObject({
      error: {
        code: '0x80060888',
        '@Microsoft.PowerApps.CDS.HelpLink': expect.any(String),
        '@Microsoft.PowerApps.CDS.InnerError.Message': expect.any(String),
      },
    });
  });

  it('answers 304 to If-None-Match with the current version [documented]', async () => {
    const users = await api.rows('systemusers?$top=1&$select=fullname');
    const path = `systemusers(${String(users[0]?.systemuserid)})?$select=fullname`;
    const etag = String((await api.get(path)).json['@odata.etag']);
    expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(304);
    expect((await api.get(path, { 'If-None-Match': 'null' })).status).toBe(200);
  });

  it.each(['v9.0', 'v9.1', 'v9.2'])('serves %s', async (version) => {
    const url = `${api.emulator().url}/api/data/${version}/WhoAmI`;
    expect((await api.get(url)).json['@odata.context']).toContain(`/api/data/${version}/$metadata`);
  });

  it('does not serve other paths', async () => {
    expect((await api.get(`${api.emulator().url}/elsewhere`)).status).toBe(404);
  });

  it('refuses a body that is no JSON with 400 [documented]', async () => {
    expect(await api.post('leads', '{"lastname":')).toMatchObject(refusal(400, '0x80048d19', expect.any(String)));
  });

  it('refuses a key that is no GUID', async () => {
    expect((await api.get('leads(abc)')).status).toBe(400);
  });

  it('answers 405 to a verb a resource does not have', async () => {
    expect((await api.send('PUT', 'leads', {})).status).toBe(405);
  });
});

describe('who calls', () => {
  it('answers 401 with an empty body and a challenge without a token [documented]', async () => {
    const response = await fetch(`${api.root()}/WhoAmI`);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer authorization_uri=https:\/\/login\.microsoftonline\.com\/[^/]+\/oauth2\/authorize, resource_id=http/,
    );
  });

  it('refuses an application without a user [field]', async () => {
    const Authorization = 'Bearer app:99999999-0000-4000-8000-000000000000';
    expect(await api.get('WhoAmI', { Authorization })).toMatchObject(
      refusal(403, '0x80072560', 'The user is not a member of the organization.'),
    );
  });
});
