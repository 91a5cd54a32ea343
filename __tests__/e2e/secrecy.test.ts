/**
 * Secrets and tokens stay where they belong: planted ones are looked for in everything that a command writes, and servers that would
 * lead the client elsewhere get nothing.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificates.ts';
import type { CliResult } from '../support/run-cli.ts';
import { bodyOf, serve, type TestServer } from '../support/server.ts';
import { APPLICATION, type Env, ERIKA, TENANT, useSignInCli } from '../support/sign-in-cli.ts';

const cli = useSignInCli();
const register = (changes: object) => cli.signIn.register({ id: APPLICATION, ...changes });

/** With signs that JSON, shells and URLs write differently. */
const PLANTED = 'pl4nted+secret/"with"=signs&%20~';

/** What has passed over the wire and must be nowhere else. */
const tokens = new Set<string>();

/** Passes everything on, notes every token, and may change answers. */
async function openWatcher(change: (body: string) => string = (body) => body) {
  return serve(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    const bearer = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) tokens.add(bearer);
    const { hostname, port } = new URL(cli.api.emulator().url);
    const { method, url: path, headers } = incoming;
    const passed = httpRequest({ hostname, port, method, path, headers }, async (answer) => {
      const text = change(await bodyOf(answer));
      for (const [, token = ''] of text.matchAll(/"(?:access_token|refresh_token|id_token)":"([^"]+)"/g))
        tokens.add(token);
      const { 'content-length': _length, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 500, rest).end(text);
    });
    passed.end(body);
  });
}

/** Every file of settings, journal and results; the person's sign-in cache is the one place that may hold tokens. */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** A secret as it is, and as JSON, URLs, forms and base64 would write it. */
function disguises(secret: string): readonly string[] {
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice(2),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]),
  ];
}

function expectNowhere(
  secrets: Iterable<string>,
  results: readonly CliResult[],
  { except = [] }: { except?: readonly string[] } = {},
) {
  const files = filesUnder(cli.home().directory).filter((path) => !except.some((part) => path.includes(part)));
  expect(files.some((path) => path.endsWith('.sqlite'))).toBe(true);
  const texts = [
    ...results.flatMap(({ stdout, stderr }, index): [string, string][] => [
      [`stdout of ${index}`, stdout],
      [`stderr of ${index}`, stderr],
    ]),
    ...files.map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
  ];
  const found = [...secrets].flatMap((secret) =>
    disguises(secret).flatMap((text) => texts.filter(([, content]) => content.includes(text)).map(([place]) => place)),
  );
  expect(found).toEqual([]);
}

const PEOPLE =
  'last,email,comment\nOne,secrecy-one@x.example,plain\n,not an address,x\nTwo,secrecy-two@x.example,plain\n';

/** A day with dyncamp: writing, failing, looking back, each with all there is to say. */
async function everything(env: Env, before: readonly string[] = []): Promise<readonly CliResult[]> {
  const folder = cli.home().directory;
  const loud = [...before, '--debug', '--log-format', 'json'];
  const results = ['--results', join(folder, 'kept-results.csv'), '--report', join(folder, 'kept-report.json')];
  const commands: readonly (readonly string[])[] = [
    ['add', 'Spring Launch', '-', ...results],
    ['add', 'No such campaign', 'x@x.example'],
    ['sync', 'check'],
    ['profiles', 'show'],
    ['events', 'replay', '--all'],
  ];
  const done: CliResult[] = [];
  for (const command of commands) done.push(await cli.run([...command, ...loud], env, { stdin: PEOPLE }));
  cli.api.emulator().admin.addFaults([{ match: {}, times: 2, effect: { kind: 'expired-token' } }]);
  done.push(await cli.run(['campaigns', 'list', ...before, '--debug'], env));
  cli.api.emulator().admin.addFaults([{ match: {}, times: 50, effect: { kind: 'status', status: 500, html: true } }]);
  done.push(await cli.run(['campaigns', 'list', '--max-wait', '1s', ...before, '--debug'], env));
  cli.api.emulator().admin.clearFaults();
  return done;
}

describe('what is planted is nowhere', () => {
  let watcher: Awaited<ReturnType<typeof openWatcher>>;
  beforeAll(async () => {
    watcher = await openWatcher();
  });
  afterAll(() => watcher.close());
  beforeEach(() => tokens.clear());
  const environment = (more: Env): Env => ({ ...cli.application(), DYNCAMP_URL: watcher.url, ...more });

  it.each([
    ['its variable', () => environment({ AZURE_CLIENT_SECRET: PLANTED })],
    ['a wrong variable', () => environment({ AZURE_CLIENT_SECRET: `${PLANTED}-wrong` })],
  ])('a client secret in %s', async (_name, env) => {
    register({ secrets: [{ value: PLANTED }] });
    const results = await everything(env());
    expectNowhere([PLANTED, ...tokens], results);
    expect(results.map(({ code }) => code === 4)).toContain(tokens.size === 0);
  });

  it('a certificate’s key and its passphrase', async () => {
    const certificate = makeCertificate({ name: 'job' });
    register({ certificates: [certificate.certificatePem] });
    const encrypted = certificate.encryptedKeyPem(PLANTED);
    const path = cli.file('secret.pem', certificate.certificatePem + encrypted);
    const env = environment({ AZURE_CLIENT_CERTIFICATE_PATH: path, AZURE_CLIENT_CERTIFICATE_PASSWORD: PLANTED });
    const results = await everything(env);
    expect(tokens.size).toBeGreaterThan(0);
    const lines = [certificate.keyPem, encrypted].flatMap((pem) => pem.split('\n').slice(1, 4));
    expectNowhere([PLANTED, ...lines, ...tokens], results, { except: ['secret.pem'] });
  });

  it('a ready token, also one that is refused', async () => {
    const results = await everything({ DYNCAMP_URL: watcher.url, DYNCAMP_ACCESS_TOKEN: 'pl4nted-token-value' });
    expectNowhere(['pl4nted-token-value'], results);
  });

  it('a person’s sign-in, but for its own file', async () => {
    const add = ['profiles', 'add', 'me', '--url', watcher.url, '--sign-in', 'device-code', '--debug'];
    const running = cli.start(add);
    const shown = await running.waitFor('stderr', 'enter the code');
    cli.signIn.decideDeviceCode(/enter the code (\S+)/.exec(shown)?.[1] ?? '', { userName: ERIKA });
    const results = [await running.ended, ...(await everything({}, ['--profile', 'me']))];
    expect(results[0]).toMatchObject({ code: 0 });
    expect(tokens.size).toBeGreaterThan(2);
    const cache = join('sign-in', 'me.json');
    expectNowhere(tokens, results, { except: [cache] });
    const path = filesUnder(cli.home().directory).find((file) => file.endsWith(cache)) ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('a stored secret, but for the settings file, which is its owner’s alone', async () => {
    register({ secrets: [{ value: PLANTED }] });
    const where = ['--url', watcher.url, '--tenant', TENANT, '--client-id', APPLICATION, '--sign-in', 'client-secret'];
    const added = await cli.run(
      ['profiles', 'add', 'stored', ...where, '--secret-env', 'S', '--store-secret', '--debug'],
      { S: PLANTED },
    );
    expect(added).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/The client secret is in .*config\.json.*not encrypted/),
    });
    const listed = await cli.run(['profiles', 'list', '--json']);
    const shown = await cli.run(['profiles', 'show', 'stored', '--json']);
    const settings = join(cli.home().config, 'config.json');
    expect(readFileSync(settings, 'utf8')).toContain(JSON.stringify(PLANTED).slice(1, -1));
    expect(statSync(settings).mode & 0o777).toBe(0o600);
    const results = [added, listed, shown, ...(await everything({}, ['--profile', 'stored']))];
    expectNowhere([PLANTED, ...tokens], results, { except: ['config.json', join('sign-in', 'me.json')] });
  });

  it('files with what happened are their owner’s alone', () => {
    const state = filesUnder(cli.home().state);
    expect(state.length).toBeGreaterThan(0);
    expect(state.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
    expect(statSync(cli.home().state).mode & 0o777).toBe(0o700);
  });
});

describe('a server that leads elsewhere', () => {
  /** Another origin, which notes what it is asked. */
  const asked: string[] = [];
  let elsewhere = '';
  let other: TestServer;
  beforeAll(async () => {
    other = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":[]}');
    });
    elsewhere = other.url;
  });
  beforeEach(() => asked.splice(0));
  afterAll(() => other.close());

  async function against(change: (body: string) => string, args: readonly string[]): Promise<CliResult> {
    const watcher = await openWatcher(change);
    const result = await cli.run(args, { ...cli.withSecret(), DYNCAMP_URL: watcher.url }, { stdin: PEOPLE });
    await watcher.close();
    return result;
  }
  const withNextLink = (body: string) =>
    body.replaceAll(/"value":\[/g, `"@odata.nextLink":"${elsewhere}/api/data/v9.2/steal","value":[`);

  it.each([
    ['by the next page of a list', ['campaigns', 'list']],
    ['by the next page inside a batch', ['add', 'Spring Launch', '-']],
  ])('%s is not followed, and is an error', async (_name, args) => {
    const { code, stdout, stderr } = await against(withNextLink, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`links to ${elsewhere} for the next page; dyncamp did not follow it`);
    expect(asked).toEqual([]);
  });

  it('by a redirect is not followed, and is an error', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(307, { location: `${elsewhere}/api/data/v9.2/` }).end(),
    );
    const env = { DYNCAMP_URL: server.url, DYNCAMP_ACCESS_TOKEN: 'pl4nted-token-value' };
    const { code, stderr } = await cli.run(['campaigns', 'list'], env);
    await server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`a redirect to ${elsewhere}; it was not followed`);
    expect(stderr).not.toContain('pl4nted');
    expect(asked).toEqual([]);
  });

  it('by a sign-in that redirects is not followed, and gets no secret there', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(307, { location: `${elsewhere}/token` }).end(),
    );
    const { code } = await cli.run(['campaigns', 'list'], { ...cli.withSecret(), AZURE_AUTHORITY_HOST: server.url });
    await server.close();
    expect(code).toBe(2);
    expect(asked).toEqual([]);
  });

  it('by links in batch answers is never asked', async () => {
    const change = (body: string) =>
      body.replaceAll(/(OData-EntityId|Location): http:\/\/127\.0\.0\.1:\d+/g, `$1: ${elsewhere}`);
    await against(change, ['add', 'Spring Launch', '-']);
    expect(asked).toEqual([]);
  });
});

describe('plain http', () => {
  it('is refused for DYNCAMP_URL', async () => {
    const env = { DYNCAMP_URL: 'http://contoso.crm4.dynamics.com', DYNCAMP_ACCESS_TOKEN: 'x' };
    const { code, stderr } = await cli.run(['campaigns', 'list'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('it is not https');
  });

  it('is refused for a profile', async () => {
    const args = ['profiles', 'add', 'plain', '--url', 'http://contoso.crm4.dynamics.com', '--sign-in', 'azure-cli'];
    await expect(cli.run(args)).resolves.toMatchObject({ code: 2, stderr: expect.stringContaining('it is not https') });
  });
});
