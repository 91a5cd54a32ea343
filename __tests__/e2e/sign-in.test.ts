/** Applications: every way of proving who they are, by the real msal-node, against the emulator's identity provider. */
import { createPublicKey, sign } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { daysFromNow, makeCertificate } from '../support/certificates.ts';
import { asObject } from '../support/emulator.ts';
import { serve, type TestServer } from '../support/server.ts';
import { APPLICATION, type Env, ORGANIZATION, READ, SECRET, TENANT, useSignInCli } from '../support/sign-in-cli.ts';

const cli = useSignInCli();
const signedIn = { code: 0, stderr: expect.not.stringContaining('rror') };
const register = (changes: object) => cli.signIn.register({ id: APPLICATION, ...changes });

/** A token of the organization, as another tool would get it. */
async function readyToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: APPLICATION,
    client_secret: SECRET,
    scope: `${cli.api.emulator().url}/.default`,
  });
  const response = await fetch(`${cli.api.emulator().url}/${TENANT}/oauth2/v2.0/token`, { method: 'POST', body });
  return String(asObject(await response.json()).access_token);
}

describe('a client secret', () => {
  it('signs in', async () => {
    await expect(cli.run(READ, cli.withSecret())).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual(['secret granted']);
  });

  it('may be in a file, with the line end that editors leave', async () => {
    const env = { ...cli.application(), AZURE_CLIENT_SECRET_FILE: cli.file('secret', `${SECRET}\n`) };
    await expect(cli.run(READ, env)).resolves.toMatchObject(signedIn);
  });

  it('ends with 4 when it is wrong, names the page, and is not repeated', async () => {
    const { code, stdout, stderr } = await cli.run(READ, { ...cli.application(), AZURE_CLIENT_SECRET: 'wr0ng-one' });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(
      /^Error: .*the client secret is wrong \(AADSTS7000215: [^.]+; correlation id [-0-9a-f]{36}\)\.$/m,
    );
    expect(stderr).toMatch(/^Hint: .*App registrations > your app > Certificates & secrets/m);
    expect(stderr).not.toContain('wr0ng-one');
    expect(cli.signIns()).toEqual(['AADSTS7000215']);
  });

  it('is not asked for by commands that do not connect', async () => {
    const env = { ...cli.application(), AZURE_CLIENT_SECRET_FILE: '/nowhere' };
    await expect(cli.run(['profiles', 'show'], env)).resolves.toMatchObject({ code: 0 });
    await expect(cli.run(['--help'], env)).resolves.toMatchObject({ code: 0, stderr: '' });
    await expect(cli.run(['runs', 'list'], env)).resolves.toMatchObject({
      stderr: expect.not.stringContaining('/nowhere'),
    });
    await expect(cli.run(['add', 'Spring Launch', '--batch-size', 'x'], env)).resolves.toMatchObject({ code: 2 });
    expect(cli.signIns()).toEqual([]);
  });
});

describe('a certificate', () => {
  const good = makeCertificate({ name: 'dyncamp job' });
  const env = (path: string, more: Env = {}): Env => ({
    ...cli.application(),
    AZURE_CLIENT_CERTIFICATE_PATH: path,
    ...more,
  });
  beforeEach(() => register({ certificates: [good.certificatePem] }));

  it('signs in from one PEM file, also of a chain', async () => {
    const pem = `${makeCertificate({ name: 'CA' }).certificatePem}${good.certificatePem}${good.keyPem}`;
    await expect(cli.run(READ, env(cli.file('app.pem', pem)))).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual(['certificate granted']);
  });

  it('signs in with a key that is encrypted', async () => {
    const path = cli.file('encrypted.pem', good.certificatePem + good.encryptedKeyPem('open sesame'));
    const passphrase = { AZURE_CLIENT_CERTIFICATE_PASSWORD_FILE: cli.file('passphrase', 'open sesame\n') };
    await expect(cli.run(READ, env(path, passphrase))).resolves.toMatchObject(signedIn);
    await expect(
      cli.run(READ, env(path, { AZURE_CLIENT_CERTIFICATE_PASSWORD: 'open says me' })),
    ).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the passphrase does not open its private key'),
    });
    await expect(cli.run(READ, env(path))).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('AZURE_CLIENT_CERTIFICATE_PASSWORD'),
    });
  });

  it('signs in with a key in a file of its own, from a profile', async () => {
    const [certificate, key] = [cli.file('cert.pem', good.certificatePem), cli.file('key.pem', good.keyPem)];
    const where = ['--url', cli.api.emulator().url, '--tenant', TENANT, '--client-id', APPLICATION];
    const how = ['--sign-in', 'certificate', '--certificate', certificate, '--key', key];
    await expect(cli.run(['profiles', 'add', 'cert', ...where, ...how])).resolves.toMatchObject(signedIn);
    await expect(cli.run(['--profile', 'cert', ...READ])).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual(['certificate granted', 'certificate granted']);
  });

  it('is warned of when it has less than 30 days left, and signs in all the same', async () => {
    const ending = makeCertificate({ name: 'ending', notAfter: daysFromNow(12.5) });
    register({ certificates: [ending.certificatePem] });
    const { code, stderr } = await cli.run(READ, env(cli.file('ending.pem', ending.certificatePem + ending.keyPem)));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: The certificate .*ending\.pem expires in 12 days\.$/m);
    expect(stderr).toContain('Certificates & secrets');
  });

  it('ends with 4 when it has expired, before anything is sent', async () => {
    const old = makeCertificate({ name: 'old', notBefore: daysFromNow(-60), notAfter: daysFromNow(-2) });
    register({ certificates: [old.certificatePem] });
    const { code, stderr } = await cli.run(READ, env(cli.file('old.pem', old.certificatePem + old.keyPem)));
    expect(code).toBe(4);
    expect(stderr).toMatch(/it expired on \d{4}-\d\d-\d\d\.$/m);
    expect(cli.signIns()).toEqual([]);
  });

  it('ends with 4 when the app registration does not have it', async () => {
    const unknown = makeCertificate({ name: 'unknown' });
    const { code, stderr } = await cli.run(READ, env(cli.file('unknown.pem', unknown.certificatePem + unknown.keyPem)));
    expect(code).toBe(4);
    expect(stderr).toMatch(/AADSTS700027[\s\S]*Upload the certificate \(not the key\)/);
  });

  it('is explained when the file has a key that is not its own', async () => {
    const pem = good.certificatePem + makeCertificate({ name: 'x' }).keyPem;
    const { code, stderr } = await cli.run(READ, env(cli.file('broken.pem', pem)));
    expect(code).toBe(4);
    expect(stderr).toContain('does not belong to it');
    expect(stderr).not.toContain('PRIVATE KEY---');
  });
});

describe('a federated token', () => {
  const issuer = makeCertificate({ name: 'cluster' });
  const claims = {
    iss: 'https://cluster.example',
    sub: 'system:serviceaccount:jobs:dyncamp',
    aud: 'api://AzureADTokenExchange',
  };
  const federated = (changes: object = {}): string => {
    const payload = { ...claims, exp: Math.floor(Date.now() / 1000) + 600, ...changes };
    const parts = [{ alg: 'RS256' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const signed = parts.join('.');
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), issuer.privateKey).toString('base64url')}`;
  };
  const env = (path: string): Env => ({ ...cli.application(), AZURE_FEDERATED_TOKEN_FILE: path });
  beforeEach(() =>
    register({
      federated: [
        {
          issuer: claims.iss,
          subject: claims.sub,
          audience: claims.aud,
          publicKey: createPublicKey(issuer.certificatePem).export({ type: 'spki', format: 'pem' }).toString(),
        },
      ],
    }),
  );

  it('signs in', async () => {
    await expect(cli.run(READ, env(cli.file('token', `${federated()}\n`)))).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual(['federated granted']);
  });

  it('ends with 4 when it has run out, and is not repeated', async () => {
    const token = federated({ exp: 1 });
    const { code, stderr } = await cli.run(READ, env(cli.file('token', token)));
    expect(code).toBe(4);
    expect(stderr).toMatch(/AADSTS700024[\s\S]*token file is up to date/);
    expect(stderr).not.toContain(token);
  });

  it('says which file is missing', async () => {
    await expect(cli.run(READ, env('/no/such/token'))).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/no/such/token'),
    });
  });
});

describe('a managed identity', () => {
  /** The identity endpoint of App Service, as msal finds it by the environment. [documented] */
  let server: TestServer;
  const asked: IncomingMessage[] = [];
  let answer: { readonly status: number; readonly body: object };
  beforeAll(async () => {
    server = await serve((request, response) => {
      asked.push(request);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  beforeEach(() => asked.splice(0));
  afterAll(() => server.close());
  const endpoint = () => `${server.url}/msi/token`;
  const add = (name: string, ...more: readonly string[]) => [
    ...['profiles', 'add', name, '--url', cli.api.emulator().url, '--sign-in', 'managed-identity', '--no-verify'],
    ...more,
  ];
  const env = (): Env => ({ IDENTITY_ENDPOINT: endpoint(), IDENTITY_HEADER: 'header-secret' });

  it.each([
    ['of the system', 'system', [], null],
    [
      'that was assigned',
      'user',
      ['--client-id', '11111111-2222-3333-4444-555555555555'],
      '11111111-2222-3333-4444-555555555555',
    ],
  ])('%s signs in by the identity endpoint, never through a proxy', async (_name, name, more, clientId) => {
    await cli.run(add(name, ...more));
    const expires = Math.floor(Date.now() / 1000) + 3_600;
    answer = {
      status: 200,
      body: { access_token: await readyToken(), expires_on: String(expires), resource: 'x', token_type: 'Bearer' },
    };
    const proxy = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };
    await expect(cli.run(['--profile', name, ...READ], { ...env(), ...proxy })).resolves.toMatchObject(signedIn);
    expect(asked).toHaveLength(1);
    const { searchParams } = new URL(asked[0]?.url ?? '', endpoint());
    expect(searchParams.get('resource')).toBe(cli.api.emulator().url);
    expect(searchParams.get('client_id')).toBe(clientId);
    expect(asked[0]?.headers['x-identity-header']).toBe('header-secret');
  });

  it('ends with 4 when the machine has none, and says where it is turned on', async () => {
    await cli.run(add('none'));
    answer = { status: 400, body: { error: 'invalid_request', error_description: 'Identity not found' } };
    const { code, stderr } = await cli.run(['--profile', 'none', ...READ], env());
    expect(code).toBe(4);
    expect(stderr).toMatch(/managed identity[\s\S]*Azure portal > the machine or app > Identity/);
    expect(stderr).not.toContain('header-secret');
  });

  it('ends with 4 where there is no identity endpoint', async () => {
    await cli.run(add('elsewhere'));
    const nowhere = { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token', IDENTITY_HEADER: 'x' };
    await expect(cli.run(['--profile', 'elsewhere', ...READ], nowhere)).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Only Azure machines'),
    });
  });
});

describe('the Azure CLI', () => {
  /** A program called `az`, first on the PATH, that notes its arguments. */
  function az(script: string): Env {
    const folder = join(cli.home().directory, 'bin');
    mkdirSync(folder, { recursive: true });
    const path = cli.file(join('bin', 'az'), `#!/bin/sh\nprintf '%s\\n' "$*" > "$0.asked"\n${script}\n`);
    chmodSync(path, 0o755);
    return { PATH: `${folder}:${process.env.PATH}` };
  }
  const profile = (name: string) => [
    ...['profiles', 'add', name, '--url', cli.api.emulator().url, '--sign-in', 'azure-cli', '--no-verify'],
    ...['--tenant', TENANT, '--replace'],
  ];

  it('gives its token', async () => {
    await cli.run(profile('cli'));
    const token = { accessToken: await readyToken(), expires_on: Math.floor(Date.now() / 1000) + 3_600 };
    const env = az(`cat <<'JSON'\n${JSON.stringify(token)}\nJSON`);
    await expect(cli.run(['--profile', 'cli', ...READ], env)).resolves.toMatchObject(signedIn);
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(join(cli.home().directory, 'bin', 'az.asked'), 'utf8').trim()).toBe(
      `account get-access-token --resource ${cli.api.emulator().url} --output json --tenant ${TENANT}`,
    );
  });

  it('ends with 4 when nobody is signed in to it', async () => {
    await cli.run(profile('cli'));
    const script = "echo 'ERROR: Please run az login to setup account.' >&2; exit 1";
    const { code, stderr } = await cli.run(['--profile', 'cli', ...READ], az(script));
    expect(code).toBe(4);
    expect(stderr).toContain('Please run az login');
  });

  it('ends with 4 when there is none', async () => {
    await cli.run(profile('cli'));
    await expect(cli.run(['--profile', 'cli', ...READ], { PATH: '/nowhere' })).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Install the Azure CLI'),
    });
  });
});

describe('a ready token', () => {
  it('is used as it is, from the variable or a file', async () => {
    const token = await readyToken();
    const url = { DYNCAMP_URL: cli.api.emulator().url };
    await expect(cli.run(READ, { ...url, DYNCAMP_ACCESS_TOKEN: token })).resolves.toMatchObject(signedIn);
    const file = cli.file('token', `${token}\n`);
    await expect(cli.run(READ, { ...url, DYNCAMP_ACCESS_TOKEN_FILE: file })).resolves.toMatchObject(signedIn);
  });

  it('ends with 4 when it is refused, and is not repeated', async () => {
    const env = { DYNCAMP_URL: cli.api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'not-a-token-of-this-organization' };
    const { code, stderr } = await cli.run(READ, env);
    expect(code).toBe(4);
    expect(stderr).toMatch(/refused the access token/);
    expect(stderr).not.toContain('not-a-token');
  });
});

it('the organization is the emulator’s', async () => {
  const { stdout } = await cli.run(['sync', 'check', '-o', 'jsonl'], cli.withSecret());
  expect(stdout).toContain(ORGANIZATION);
});
