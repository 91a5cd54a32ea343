import { asObject, useEmulator } from '../support/emulator.ts';

const client = 'd1c0a999-0000-4000-8000-000000000001';
const stranger = '57a46e40-0000-4000-8000-000000000001';

describe('sign-in', () => {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const api = useEmulator({ seed: 'none', signIn: true, tokenLifetimeSeconds: 60, now: () => new Date(clock.ms) });
  const token = async (form: Record<string, string>) => {
    const response = await fetch(`${api.emulator().url}/some-tenant/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: 'dyncamp-emulator-secret',
        scope: `${api.emulator().url}/.default`,
        ...form,
      }),
    });
    return { status: response.status, body: asObject(await response.json()) };
  };
  const whoAmI = (accessToken: string) => api.get('WhoAmI', { Authorization: `Bearer ${accessToken}` });

  it('issues tokens that are accepted until they run out [documented form]', async () => {
    const { status, body } = await token({});
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 60 } });
    expect((await whoAmI(String(body.access_token))).status).toBe(200);
    clock.ms += 61_000;
    const expired = await whoAmI(String(body.access_token));
    expect(expired).toMatchObject({ status: 401, text: '' });
    expect(expired.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('accepts no other token', async () => {
    expect((await whoAmI('anything')).status).toBe(401);
    const { body } = await token({});
    expect((await whoAmI(`${body.access_token}x`)).status).toBe(401);
  });

  it('signs in an application that the organization does not know, and refuses it there [field]', async () => {
    const { body } = await token({ client_id: stranger });
    expect(await whoAmI(String(body.access_token))).toMatchObject({
      status: 403,
      json: { error: { code: '0x80072560' } },
    });
  });

  it.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: '00000000-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ scope: 'openid' }, 400, 'invalid_scope', 1002012],
  ])('refuses %j with %d %s [inferred codes]', async (form, status, error, code) => {
    const answer = await token(form);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
  });
});
