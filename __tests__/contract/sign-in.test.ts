import { asObject, useEmulator } from '../support/emulator.ts';
import { openEntra } from '../support/entra/open-entra.ts';

const CLIENT = 'd1c0a999-0000-4000-8000-000000000001';
const STRANGER = '57a46e40-0000-4000-8000-000000000001';
const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';

describe('the token endpoint, for applications', () => {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const now = () => new Date(clock.ms);
  const { options, signIn } = openEntra({ now, lifetimeSeconds: 60 });
  const api = useEmulator({ seed: 'none', now, ...options });
  const token = async (form: Record<string, string> = {}, tenant = TENANT) => {
    const response = await fetch(`${api.emulator().url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CLIENT,
        client_secret: 'dyncamp-emulator-secret',
        scope: `${api.emulator().url}/.default`,
        ...form,
      }),
    });
    return { status: response.status, body: asObject(await response.json()) };
  };
  const whoAmI = (accessToken: unknown) => api.get('WhoAmI', { Authorization: `Bearer ${accessToken}` });

  it('issues tokens that are accepted until they run out [documented form]', async () => {
    const { status, body } = await token();
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 60 } });
    expect((await whoAmI(body.access_token)).status).toBe(200);
    clock.ms += 61_000;
    const expired = await whoAmI(body.access_token);
    expect(expired).toMatchObject({ status: 401, text: '' });
    expect(expired.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('accepts no other token', async () => {
    expect((await whoAmI('anything')).status).toBe(401);
    const { body } = await token();
    expect((await whoAmI(`${body.access_token}x`)).status).toBe(401);
  });

  it('signs in an application that the organization does not know, and refuses it there [field]', async () => {
    const { body } = await token({ client_id: STRANGER });
    expect(await whoAmI(body.access_token)).toMatchObject({ status: 403, json: { error: { code: '0x80072560' } } });
  });

  it.each([TENANT, TENANT.toUpperCase(), 'dyncamp.onmicrosoft.example', 'organizations'])(
    'knows the tenant as %s',
    async (tenant) => {
      expect((await token({}, tenant)).status).toBe(200);
    },
  );

  it.each([
    ['contoso.onmicrosoft.com', 90002],
    ['00000000-0000-4000-8000-000000000000', 90002],
    ['nonsense', 900023],
  ])('does not know the tenant %s [inferred code]', async (tenant, code) => {
    expect(await token({}, tenant)).toMatchObject({ status: 400, body: { error_codes: [code] } });
  });

  it.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: '00000000-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
    [{ client_id: '51f81489-12ee-4a9e-aaae-a2591f45987d' }, 401, 'invalid_client', 700025],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ scope: 'openid' }, 400, 'invalid_scope', 1002012],
    [{ scope: 'https://contoso.crm4.dynamics.com/.default' }, 400, 'invalid_resource', 500011],
  ])('refuses %j with %d %s [inferred codes]', async (form, status, error, code) => {
    const answer = await token(form);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
  });

  it('tells an expired secret from a wrong one, and takes a new one beside it [inferred code]', async () => {
    const old = { value: 'old', expiresAtMs: clock.ms - 1 };
    signIn.register({ id: CLIENT, secrets: [old, { value: 'new' }] });
    expect(await token({ client_secret: 'old' })).toMatchObject({ status: 401, body: { error_codes: [7000222] } });
    expect((await token({ client_secret: 'new' })).status).toBe(200);
    signIn.register({ id: CLIENT, secrets: [{ value: 'dyncamp-emulator-secret' }] });
  });

  it('refuses as ordered, as often as ordered', async () => {
    signIn.refuseNext({ error: 'temporarily_unavailable', code: 90033, text: 'Later.', status: 503, times: 2 });
    expect([(await token()).status, (await token()).status, (await token()).status]).toEqual([503, 503, 200]);
  });

  it('logs who asked and what came of it, without secrets', async () => {
    signIn.clearEntries();
    await token();
    await token({ client_secret: 'wrong' });
    const asked = { grantType: 'client_credentials', applicationId: CLIENT };
    expect(signIn.entries()).toEqual([
      { ...asked, proof: 'secret', outcome: 'granted' },
      { ...asked, outcome: 'AADSTS7000215' },
    ]);
  });
});
