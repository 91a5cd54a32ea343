/** Assertions signed by certificates and by others that are trusted: the signatures are really checked. */
import { constants, createHash, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { daysFromNow, makeCertificate } from '../support/certificates.ts';
import { asObject, useEmulator } from '../support/emulator.ts';
import { openEntra } from '../support/entra/open-entra.ts';

const CLIENT = 'd1c0a999-0000-4000-8000-000000000001';
const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';

const registered = makeCertificate({ name: 'dyncamp job' });
const other = makeCertificate({ name: 'not registered' });
const expired = makeCertificate({ name: 'expired', notBefore: daysFromNow(-60), notAfter: daysFromNow(-1) });
const issuer = makeCertificate({ name: 'cluster' });

type Parts = { readonly header?: object; readonly payload?: object; readonly key?: KeyObject };

function jwt({ header = {}, payload = {}, key = registered.privateKey }: Parts): string {
  const full = { alg: 'RS256', typ: 'JWT', ...header };
  const signed = [full, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const padding = full.alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), { key, ...padding }).toString('base64url')}`;
}

function thumbprint(pem: string, algorithm = 'sha256'): string {
  return createHash(algorithm).update(new X509Certificate(pem).raw).digest('base64url');
}

describe('client assertions', () => {
  const { options, signIn } = openEntra();
  const api = useEmulator({ seed: 'none', ...options });
  const endpoint = () => `${api.emulator().url}/${TENANT}/oauth2/v2.0/token`;
  const present = async (assertion: string, form: Record<string, string> = {}) => {
    const response = await fetch(endpoint(), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CLIENT,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        scope: `${api.emulator().url}/.default`,
        ...form,
      }),
    });
    return { status: response.status, body: asObject(await response.json()) };
  };
  const now = () => Math.floor(Date.now() / 1000);
  const own = (changes: object = {}) => ({
    aud: endpoint(),
    iss: CLIENT,
    sub: CLIENT,
    nbf: now(),
    exp: now() + 600,
    ...changes,
  });
  const x5t = { 'x5t#S256': thumbprint(registered.certificatePem) };

  beforeAll(() =>
    signIn.register({
      id: CLIENT,
      certificates: [registered.certificatePem, expired.certificatePem],
      federated: [
        {
          issuer: 'https://cluster.example',
          subject: 'system:serviceaccount:jobs:dyncamp',
          audience: 'api://AzureADTokenExchange',
          publicKey: createPublicKey(issuer.certificatePem).export({ type: 'spki', format: 'pem' }).toString(),
        },
      ],
    }),
  );

  it.each([
    ['RS256 with x5t of SHA-1', { alg: 'RS256', x5t: thumbprint(registered.certificatePem, 'sha1') }],
    ['RS256 with x5t of SHA-256', { alg: 'RS256', ...x5t }],
    ['PS256 with x5t of SHA-256', { alg: 'PS256', ...x5t }],
  ])('are taken from a registered certificate: %s', async (_name, header) => {
    const { status, body } = await present(jwt({ header, payload: own() }));
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expect((await api.get('WhoAmI', { Authorization: `Bearer ${body.access_token}` })).status).toBe(200);
  });

  it.each([
    [
      'of a certificate that is not registered',
      () => jwt({ header: { 'x5t#S256': thumbprint(other.certificatePem) }, payload: own(), key: other.privateKey }),
      700027,
    ],
    [
      'that name a registered certificate but are signed by another key',
      () => jwt({ header: x5t, payload: own(), key: other.privateKey }),
      700027,
    ],
    [
      'that were changed after signing',
      () => {
        const [header, , signature] = jwt({ header: x5t, payload: own() }).split('.');
        const payload = Buffer.from(JSON.stringify(own({ exp: now() + 9_999 }))).toString('base64url');
        return `${header}.${payload}.${signature}`;
      },
      700027,
    ],
    [
      'of a certificate that has expired',
      () =>
        jwt({ header: { 'x5t#S256': thumbprint(expired.certificatePem) }, payload: own(), key: expired.privateKey }),
      700027,
    ],
    [
      'without a signature',
      () =>
        `${jwt({ header: { ...x5t, alg: 'none' }, payload: own() })
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
      5002738,
    ],
    ['that have run out', () => jwt({ header: x5t, payload: own({ nbf: now() - 7_200, exp: now() - 3_600 }) }), 700024],
    [
      'that are for later',
      () => jwt({ header: x5t, payload: own({ nbf: now() + 3_600, exp: now() + 7_200 }) }),
      700024,
    ],
    ['without an end', () => jwt({ header: x5t, payload: own({ exp: undefined }) }), 700024],
    [
      'made for somebody else',
      () => jwt({ header: x5t, payload: own({ aud: 'https://login.example/t/oauth2/v2.0/token' }) }),
      700023,
    ],
    ['about somebody else', () => jwt({ header: x5t, payload: own({ sub: 'another' }) }), 700021],
    ['that are none', () => 'nonsense', 50027],
  ])('are refused %s [inferred codes]', async (_name, make, code) => {
    expect(await present(make())).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_codes: [code] },
    });
  });

  const foreign = (changes: object = {}) => ({
    iss: 'https://cluster.example',
    sub: 'system:serviceaccount:jobs:dyncamp',
    aud: ['api://AzureADTokenExchange'],
    exp: now() + 600,
    ...changes,
  });

  it('are taken from an issuer that the application trusts', async () => {
    const { status } = await present(jwt({ payload: foreign(), key: issuer.privateKey }));
    expect(status).toBe(200);
    expect(signIn.entries().at(-1)).toMatchObject({ proof: 'federated', outcome: 'granted' });
  });

  it.each([
    ['issuer', { iss: 'https://elsewhere.example' }, 700211],
    ['subject', { sub: 'system:serviceaccount:jobs:other' }, 700213],
    ['audience', { aud: 'https://cluster.example' }, 700212],
    ['time', { exp: 1 }, 700024],
  ])('are refused from one with another %s [inferred codes]', async (_name, changes, code) => {
    const answer = await present(jwt({ payload: foreign(changes), key: issuer.privateKey }));
    expect(answer).toMatchObject({ status: 401, body: { error_codes: [code] } });
  });

  it('are refused when the issuer did not sign them', async () => {
    expect(await present(jwt({ payload: foreign() }))).toMatchObject({ status: 401, body: { error_codes: [700027] } });
  });
});
