/**
 * The fake Entra ID of the tests, where a lenient one would hide a mistake of the client; and what the Web API makes of its tokens. That the
 * real msal signs in by it in every way is in e2e/sign-in*.test.ts.
 */
import { createHash, sign, X509Certificate } from 'node:crypto';
import { makeCertificate } from '../support/certificates.ts';
import { asObject, useEmulator } from '../support/emulator.ts';
import { openEntra } from '../support/entra/open-entra.ts';

const CLIENT = 'd1c0a999-0000-4000-8000-000000000001';
const STRANGER = '57a46e40-0000-4000-8000-000000000001';
const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';
const [registered, other] = [makeCertificate({ name: 'dyncamp job' }), makeCertificate({ name: 'not registered' })];

const thumbprint = createHash('sha256').update(new X509Certificate(registered.certificatePem).raw).digest('base64url');

const clock = { ms: Date.UTC(2026, 0, 1) };
const now = () => new Date(clock.ms);
const { options, signIn } = openEntra({ now });
const api = useEmulator({ seed: 'none', now, ...options });
beforeAll(() => {
  signIn.setLifetime(60);
  signIn.register({ id: CLIENT, certificates: [registered.certificatePem] });
});

const endpoint = () => `${api.emulator().url}/${TENANT}/oauth2/v2.0/token`;

async function token(form: Record<string, string> = {}) {
  const all = {
    grant_type: 'client_credentials',
    client_id: CLIENT,
    client_secret: 'dyncamp-emulator-secret',
    scope: `${api.emulator().url}/.default`,
    ...form,
  };
  const response = await fetch(endpoint(), { method: 'POST', body: new URLSearchParams(all) });
  return { status: response.status, body: asObject(await response.json()) };
}
const whoAmI = (accessToken: unknown) => api.get('WhoAmI', { Authorization: `Bearer ${accessToken}` });

it('its tokens open the Web API until they run out [documented form], and no other token does', async () => {
  const { status, body } = await token();
  expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 60 } });
  expect((await whoAmI(body.access_token)).status).toBe(200);
  expect((await whoAmI('anything')).status).toBe(401);
  clock.ms += 61_000;
  const expired = await whoAmI(body.access_token);
  expect(expired).toMatchObject({ status: 401, text: '' });
  expect(expired.headers.get('www-authenticate')).toContain('invalid_token');
});

it('an application that the organization does not know gets a token, and is refused there [field]', async () => {
  const { body } = await token({ client_id: STRANGER });
  expect(await whoAmI(body.access_token)).toMatchObject({ status: 403, json: { error: { code: '0x80072560' } } });
});

it.each([
  [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  [{ client_id: '00000000-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  [{ scope: 'https://contoso.crm4.dynamics.com/.default' }, 400, 'invalid_resource', 500011],
])('%j is refused with %d %s [inferred codes]', async (form, status, error, code) => {
  const answer = await token(form);
  expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
  expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
});

describe('an assertion', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = (changes: object = {}) => ({
    ...{ aud: endpoint(), iss: CLIENT, sub: CLIENT, exp: clock.ms / 1000 + 600 },
    ...changes,
  });
  function jwt(changes: object = {}, { header = {}, key = registered.privateKey } = {}): string {
    const named = { alg: 'RS256', 'x5t#S256': thumbprint, ...header };
    const signed = `${encode(named)}.${encode(claims(changes))}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
  }
  const present = (assertion: string) => token({ client_assertion: assertion });
  const altered = () => {
    const [header, , signature] = jwt().split('.');
    return [header, encode(claims({ exp: clock.ms })), signature].join('.');
  };

  it('of a registered certificate is taken', async () => {
    expect(await present(jwt())).toMatchObject({ status: 200 });
    expect(signIn.entries().at(-1)).toMatchObject({ proof: 'certificate', outcome: 'granted' });
  });

  it.each<[string, () => string, number]>([
    ['of another certificate', () => jwt({}, { header: { 'x5t#S256': 'other' }, key: other.privateKey }), 700027],
    ['signed by another key', () => jwt({}, { key: other.privateKey }), 700027],
    ['changed after signing', altered, 700027],
    ['without a signature', () => jwt({}, { header: { alg: 'none' } }), 700027],
    ['that has run out', () => jwt({ exp: clock.ms / 1000 - 1 }), 700024],
    ['without an end', () => jwt({ exp: undefined }), 700024],
    ['made for somebody else', () => jwt({ aud: 'https://login.example/t/oauth2/v2.0/token' }), 700023],
    ['about somebody else', () => jwt({ sub: 'another' }), 700023],
    ['that is none', () => 'nonsense', 50027],
  ])('%s is refused [inferred codes]', async (_name, make, code) => {
    expect(await present(make())).toMatchObject({ status: 401, body: { error_codes: [code] } });
  });
});
