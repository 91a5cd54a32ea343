/** People: device code, authorization code with PKCE, refresh tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { asObject, useEmulator } from '../support/emulator.ts';
import { openEntra } from '../support/entra/open-entra.ts';

const PUBLIC_CLIENT = '51f81489-12ee-4a9e-aaae-a2591f45987d';
const APPLICATION = 'd1c0a999-0000-4000-8000-000000000001';
const ERIKA = 'erika.musterfrau@dyncamp.example';
const ERIKA_ID = 'e41ca000-0000-4000-8000-000000000003';

const clock = { ms: Date.UTC(2026, 0, 1) };
const now = () => new Date(clock.ms);
const { options, signIn } = openEntra({ now });
const api = useEmulator({ seed: 'none', now, ...options });

const post = async (path: string, form: Record<string, string>) => {
  const response = await fetch(`${api.emulator().url}/organizations/oauth2/v2.0/${path}`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: PUBLIC_CLIENT, scope: scope(), ...form }),
  });
  return { status: response.status, body: asObject(await response.json()) };
};
const scope = () => `${api.emulator().url}/user_impersonation openid profile offline_access`;
const whoAmI = async (accessToken: unknown) =>
  (await api.get('WhoAmI', { Authorization: `Bearer ${accessToken}` })).json.UserId;

describe('device codes', () => {
  const poll = (deviceCode: unknown) => post('token', { grant_type: 'device_code', device_code: String(deviceCode) });

  it('are pending until somebody enters them, and then good once [documented form]', async () => {
    const asked = await post('devicecode', {});
    expect(asked).toMatchObject({ status: 200, body: { expires_in: 900, interval: 5 } });
    const { device_code: deviceCode, user_code: userCode } = asked.body;
    expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    signIn.decideDeviceCode(String(userCode).toLowerCase(), { userName: ERIKA });
    clock.ms += 5_000;
    const { status, body } = await poll(deviceCode);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', refresh_token: expect.any(String), id_token: expect.any(String) },
    });
    expect(await whoAmI(body.access_token)).toBe(ERIKA_ID);
    expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'bad_verification_code' } });
  });

  it('end', async () => {
    const { body } = await post('devicecode', {});
    clock.ms += 901_000;
    expect(await poll(body.device_code)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
  });

  it('are not for applications that prove themselves [inferred code]', async () => {
    expect(await post('devicecode', { client_id: APPLICATION })).toMatchObject({ body: { error_codes: [7000218] } });
  });
});

describe('authorization codes', () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const redirect = 'http://localhost:54321';

  /** The form that the browser would send on by itself. */
  async function browse(changes: Record<string, string> = {}) {
    const query = new URLSearchParams({
      client_id: PUBLIC_CLIENT,
      response_type: 'code',
      redirect_uri: redirect,
      response_mode: 'form_post',
      scope: scope(),
      state: 'mine',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: ERIKA,
      ...changes,
    });
    const response = await fetch(`${api.emulator().url}/organizations/oauth2/v2.0/authorize?${query}`);
    const html = await response.text();
    const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    return { status: response.status, html, form: asObject(Object.fromEntries(fields)) };
  }
  const redeem = (code: unknown, changes: Record<string, string> = {}) =>
    post('token', {
      grant_type: 'authorization_code',
      code: String(code),
      redirect_uri: redirect,
      code_verifier: verifier,
      ...changes,
    });

  it('come back by a form post, with the state, and are good once [documented]', async () => {
    const { status, html, form } = await browse();
    expect(status).toBe(200);
    expect(html).toContain(`action="${redirect}"`);
    expect(form.state).toBe('mine');
    const { body } = await redeem(form.code);
    expect(await whoAmI(body.access_token)).toBe(ERIKA_ID);
    expect(await redeem(form.code)).toMatchObject({ status: 400, body: { error_codes: [54005] } });
  });

  it.each([
    ['another verifier', { code_verifier: 'guessed' }, 501481],
    ['another redirect address', { redirect_uri: 'http://localhost:1' }, 50011],
    ['another code', { code: 'guessed' }, 9002313],
    ['another application', { client_id: APPLICATION, client_secret: 'dyncamp-emulator-secret' }, 9002313],
  ])('are not good with %s [inferred codes]', async (_name, changes, code) => {
    const { form } = await browse();
    expect(await redeem(form.code, changes)).toMatchObject({ status: 400, body: { error_codes: [code] } });
  });

  it('end', async () => {
    const { form } = await browse();
    clock.ms += 601_000;
    expect(await redeem(form.code)).toMatchObject({ status: 400, body: { error_codes: [70008] } });
  });

  it('are sent nowhere but to this machine', async () => {
    const { status, form } = await browse({ redirect_uri: 'https://evil.example/' });
    expect({ status, form }).toEqual({ status: 400, form: {} });
  });
});

describe('refresh tokens', () => {
  const signedIn = async () => {
    const { body } = await post('devicecode', {});
    signIn.decideDeviceCode(String(body.user_code), { userName: ERIKA });
    return (await post('token', { grant_type: 'device_code', device_code: String(body.device_code) })).body;
  };
  const refresh = (token: unknown) => post('token', { grant_type: 'refresh_token', refresh_token: String(token) });

  it('get new tokens for the same person', async () => {
    const { refresh_token: token } = await signedIn();
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    expect(await whoAmI(body.access_token)).toBe(ERIKA_ID);
  });

  it('do not open the Web API, and access tokens get no others', async () => {
    const { refresh_token: token, access_token: accessToken } = await signedIn();
    expect((await api.get('WhoAmI', { Authorization: `Bearer ${token}` })).status).toBe(401);
    expect(await refresh(accessToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('end after 90 days without use [documented]', async () => {
    const { refresh_token: token } = await signedIn();
    clock.ms += 91 * 24 * 3_600_000;
    expect(await refresh(token)).toMatchObject({ status: 400, body: { error_codes: [700082] } });
  });
});
