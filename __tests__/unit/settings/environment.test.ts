import type { Environment } from '../../../src/settings/connection-settings.ts';
import { connectionFromEnvironment } from '../../../src/settings/environment.ts';

const URL = { DYNCAMP_URL: 'contoso.crm4.dynamics.com/main.aspx?appid=1' };
const APP = { AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' };
const application = { tenantId: 't', clientId: 'c' };
const SECRET = 'AZURE_CLIENT_SECRET';
const PASSPHRASE = 'AZURE_CLIENT_CERTIFICATE_PASSWORD';
const env = (name: string) => ({ from: 'env', name });

describe('connectionFromEnvironment', () => {
  it.each<[string, Environment, object]>([
    ['a token', { DYNCAMP_ACCESS_TOKEN: 'x' }, { kind: 'token', token: { from: 'env', name: 'DYNCAMP_ACCESS_TOKEN' } }],
    ['a token file', { DYNCAMP_ACCESS_TOKEN_FILE: '/t' }, { kind: 'token', token: { from: 'file', path: '/t' } }],
    ['a client secret', { ...APP, [SECRET]: 's' }, { kind: 'clientSecret', ...application, secret: env(SECRET) }],
    [
      'a client secret file',
      { ...APP, AZURE_CLIENT_SECRET_FILE: '/s' },
      { kind: 'clientSecret', ...application, secret: { from: 'file', path: '/s' } },
    ],
    [
      'a certificate with a passphrase',
      { ...APP, AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem', [PASSPHRASE]: 'p' },
      { kind: 'certificate', ...application, certificatePath: '/c.pem', passphrase: env(PASSPHRASE) },
    ],
    [
      'a federated token file',
      { ...APP, AZURE_FEDERATED_TOKEN_FILE: '/f' },
      { kind: 'federatedTokenFile', ...application, tokenFile: '/f' },
    ],
    ['a token before a secret', { ...APP, AZURE_CLIENT_SECRET: 's', DYNCAMP_ACCESS_TOKEN: 'x' }, { kind: 'token' }],
    [
      'a secret, and a blanked certificate',
      { ...APP, AZURE_CLIENT_SECRET: 's', AZURE_CLIENT_CERTIFICATE_PATH: '' },
      { kind: 'clientSecret' },
    ],
  ])('takes %s', (_name, env, signIn) => {
    expect(connectionFromEnvironment({ ...URL, ...env })).toMatchObject({
      origin: 'https://contoso.crm4.dynamics.com',
      signIn,
      source: { kind: 'environment' },
    });
  });

  it.each<[string, Environment, string]>([
    ['nothing to sign in with', {}, 'SIGN_IN_MISSING'],
    ['a secret without its app', { AZURE_CLIENT_SECRET: 's', AZURE_TENANT_ID: 't' }, 'SIGN_IN_INCOMPLETE'],
    ['a secret twice', { ...APP, AZURE_CLIENT_SECRET: 's', AZURE_CLIENT_SECRET_FILE: '/s' }, 'SETTINGS_CONFLICT'],
    ['plain http', { DYNCAMP_URL: 'http://contoso.crm4.dynamics.com', DYNCAMP_ACCESS_TOKEN: 'x' }, 'URL_INVALID'],
  ])('refuses %s', (_name, env, code) => {
    expect(() => connectionFromEnvironment({ ...URL, ...env })).toThrow(expect.objectContaining({ code }));
  });

  it('is nothing when DYNCAMP_URL is not set or blank', () => {
    expect(connectionFromEnvironment({})).toBeUndefined();
    expect(connectionFromEnvironment({ DYNCAMP_URL: ' ' })).toBeUndefined();
  });
});
