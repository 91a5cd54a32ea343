/** `dyncamp profiles` against an emulator that signs in. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type CliHome, createHome, jsonLines, runCli, spawnCli } from '../support/run-cli.ts';

const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';
const APPLICATION = 'd1c0a999-0000-4000-8000-000000000001';
const SECRET = 'dyncamp-emulator-secret';
const ORGANIZATION = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';

/** Entra ID: the emulator's token endpoint behind a host of its own. msal adds a query string, which that endpoint does not take. */
async function openEntra(emulatorUrl: string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname } = new URL(request.url ?? '', emulatorUrl);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${emulatorUrl}${pathname}`, { method: 'POST', headers, body: Buffer.concat(chunks) });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${port}` };
}

describe('dyncamp profiles', () => {
  let home: CliHome;
  let emulator: ReturnType<typeof spawnCli>;
  let url: string;
  let entra: Awaited<ReturnType<typeof openEntra>>;
  beforeAll(async () => {
    home = createHome();
    emulator = spawnCli(['emulator', '--sign-in'], { home });
    url = (await emulator.waitFor('stdout', '\n')).trim();
    entra = await openEntra(url);
  });
  afterAll(async () => {
    emulator.kill('SIGINT');
    await emulator.ended;
    entra.server.closeAllConnections();
    await new Promise((resolve) => entra.server.close(resolve));
    home.remove();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(args, { home, env: { AZURE_AUTHORITY_HOST: entra.url, ...env } });
  const add = (name: string, ...more: readonly string[]) => [
    ...[
      'profiles',
      'add',
      name,
      '--url',
      url,
      '--sign-in',
      'client-secret',
      '--tenant',
      TENANT,
      '--client-id',
      APPLICATION,
    ],
    ...more,
  ];

  it('adds one after signing in, pins the organization, and connects with it', async () => {
    const file = join(home.directory, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const added = await run(add('prod', '--secret-file', file, '--use'));
    expect(added).toMatchObject({ code: 0, stdout: '' });
    expect(added.stderr).toContain(ORGANIZATION);
    const path = join(home.config, 'config.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(SECRET);

    const listed = await run(['--profile', 'prod', 'campaigns', 'list']);
    expect(listed.code).toBe(0);
    expect(jsonLines(listed.stdout).map(({ name }) => name)).toContain('Spring Launch');
  });

  it('takes the profile in use only on a terminal', async () => {
    const { code, stderr } = await run(['campaigns', 'list']);
    expect(code).toBe(2);
    expect(stderr).toContain('--profile prod');
  });

  it('shows where each value comes from, and no secret', async () => {
    const { stdout } = await run(['profiles', 'show', 'prod']);
    expect(jsonLines(stdout)).toEqual(
      expect.arrayContaining([
        { setting: 'url', value: url, source: 'profile (--profile)' },
        { setting: 'organization id', value: ORGANIZATION, source: 'profile (--profile)' },
        { setting: 'sign-in secret', value: '(secret)', source: `file ${join(home.directory, 'secret')}` },
      ]),
    );
  });

  it('stores nothing when the secret is wrong, and says which page puts it right', async () => {
    const { code, stderr } = await run(add('wrong', '--secret-env', 'MY_SECRET'), { MY_SECRET: 'not-the-secret' });
    expect(code).toBe(4);
    expect(stderr).toContain('AADSTS7000215');
    expect(stderr).toContain('Certificates & secrets');
    expect(stderr).not.toContain('not-the-secret');
    const { stdout } = await run(['profiles', 'list']);
    expect(jsonLines(stdout).map(({ name }) => name)).toEqual(['prod', 'emulator']);
  });

  it('does not replace one unasked', async () => {
    const { code, stderr } = await run(add('prod', '--no-verify'));
    expect(code).toBe(2);
    expect(stderr).toContain('--replace');
  });

  it('refuses two sources at once, naming both', async () => {
    const { code, stderr } = await run(['--profile', 'prod', 'campaigns', 'list'], {
      DYNCAMP_URL: url,
      DYNCAMP_ACCESS_TOKEN: 'x',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--profile prod.*DYNCAMP_URL/);
  });

  it('signs in from the environment alone', async () => {
    const env = {
      DYNCAMP_URL: url,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: APPLICATION,
      AZURE_CLIENT_SECRET: SECRET,
    };
    const { code, stdout } = await run(['campaigns', 'list'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('Spring Launch');
  });

  it('forgets one, but asks first', async () => {
    const asked = await run(['profiles', 'remove', 'prod']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('--yes');
    await expect(run(['profiles', 'remove', 'prod', '--yes'])).resolves.toMatchObject({ code: 0 });
    const { stdout } = await run(['profiles', 'list']);
    expect(jsonLines(stdout).map(({ name }) => name)).toEqual(['emulator']);
  });
});
