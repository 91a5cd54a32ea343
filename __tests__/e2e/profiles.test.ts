/** `dyncamp profiles` against an emulator that signs in. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { openEntra } from '../support/entra/open-entra.ts';
import { type CliHome, createHome, jsonLines, runCli } from '../support/run-cli.ts';

const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';
const APPLICATION = 'd1c0a999-0000-4000-8000-000000000001';
const SECRET = 'dyncamp-emulator-secret';
const ORGANIZATION = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';

describe('dyncamp profiles', () => {
  let home: CliHome;
  let emulator: Emulator;
  let url: string;
  beforeAll(async () => {
    home = createHome();
    emulator = await startEmulator(openEntra().options);
    url = emulator.url;
  });
  afterAll(async () => {
    await emulator.close();
    home.remove();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) => runCli(args, { home, env });
  const application = ['--tenant', TENANT, '--client-id', APPLICATION];
  const add = (name: string, ...more: readonly string[]) => [
    'profiles',
    'add',
    name,
    '--url',
    url,
    '--sign-in',
    'client-secret',
    ...application,
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
        { setting: 'sign-in host', value: url, source: 'follows from the url' },
      ]),
    );
  });

  it('shows which variable each value comes from', async () => {
    const env = {
      DYNCAMP_URL: 'contoso.crm.dynamics.cn/main.aspx',
      AZURE_TENANT_ID: 'contoso.example',
      AZURE_CLIENT_ID: APPLICATION,
      AZURE_CLIENT_SECRET: 'n0t-shown',
      DYNCAMP_FLOW_USERS: ORGANIZATION,
    };
    const { code, stdout } = await run(['profiles', 'show', '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        { setting: 'profile', value: '(none)', source: 'environment' },
        { setting: 'url', value: 'https://contoso.crm.dynamics.cn', source: 'DYNCAMP_URL' },
        { setting: 'sign-in tenantId', value: 'contoso.example', source: 'AZURE_TENANT_ID' },
        { setting: 'sign-in secret', value: '(secret)', source: 'environment variable AZURE_CLIENT_SECRET' },
        { setting: 'sign-in host', value: 'https://login.partner.microsoftonline.cn', source: 'follows from the url' },
        { setting: 'flow users', value: ORGANIZATION, source: 'DYNCAMP_FLOW_USERS' },
        { setting: 'settings', value: home.config, source: 'DYNCAMP_CONFIG_DIR' },
      ]),
    );
    expect(stdout).not.toContain('n0t-shown');
    const other = await run(['profiles', 'show'], { ...env, AZURE_AUTHORITY_HOST: 'login.example.com' });
    expect(jsonLines(other.stdout)).toContainEqual({
      setting: 'sign-in host',
      value: 'https://login.example.com',
      source: 'AZURE_AUTHORITY_HOST',
    });
  });

  it('writes nothing to another organization than the one that was pinned', async () => {
    const path = join(home.config, 'config.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replaceAll(ORGANIZATION, '11111111-2222-4333-8444-555555555555'));
    const args = ['--profile', 'prod', 'add', 'Spring Launch', 'kim@pinned.example'];
    const { code, stdout, stderr } = await run(args);
    writeFileSync(path, before);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(
        `is now organization ${ORGANIZATION}.*was added for 11111111-2222-4333-8444-555555555555.*Nothing was changed`,
      ),
    );
    const found = await run([...args, '--no-create', '--dry-run']);
    expect(found.stderr).not.toContain('is now organization');
  });

  it('stores nothing when the secret is wrong, and says which page puts it right', async () => {
    const { code, stderr } = await run(add('wrong', '--secret-env', 'MY_SECRET'), { MY_SECRET: 'not-the-secret' });
    expect(code).toBe(4);
    expect(stderr).toContain('AADSTS7000215');
    expect(stderr).toContain('Certificates & secrets');
    expect(stderr).not.toContain('not-the-secret');
    const { stdout } = await run(['profiles', 'list']);
    expect(jsonLines(stdout).map(({ name }) => name)).toEqual(['prod', 'emulator']);
    const table = await run(['profiles', 'list', '-o', 'table', '--columns', 'name,inUse']);
    expect(table.stdout).toBe('NAME      IN USE\nprod      yes\nemulator\n');
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

  it('says of the emulator that it is built in', async () => {
    const shown = await run(['profiles', 'show', 'emulator']);
    expect(jsonLines(shown.stdout).slice(0, 5)).toEqual([
      { setting: 'profile', value: 'emulator', source: 'profile (--profile)' },
      { setting: 'url', value: 'on 127.0.0.1, while a command runs', source: 'built in' },
      { setting: 'organization id', value: ORGANIZATION, source: 'built in' },
      { setting: 'sign-in', value: 'none needed', source: 'built in' },
      { setting: 'data', value: join(home.state, 'emulator'), source: 'built in' },
    ]);
    const removed = await run(['profiles', 'remove', 'emulator', '--yes']);
    expect(removed.code).toBe(2);
    expect(removed.stderr).toContain('is built in: it cannot be removed');
    expect(removed.stderr).toContain(join(home.state, 'emulator'));
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

describe('a settings file that is broken', () => {
  const profile = (more: object) => ({ profiles: { prod: { url: 'https://contoso.crm4.dynamics.com', ...more } } });
  const application = { tenantId: 'contoso.example', clientId: APPLICATION };
  it.each([
    ['no JSON', '{"profiles": {"prod": {"url": "s3cret-in-here"', /is not valid JSON/],
    [
      'a secret that is put in the wrong place',
      JSON.stringify(profile({ signIn: { kind: 'clientSecret', ...application, secret: 's3cret-in-here' } })),
      /profiles\.prod\.signIn\.secret/,
    ],
  ])('with %s is explained by file and key, and never overwritten', async (_name, content, why) => {
    const home = createHome();
    mkdirSync(home.config, { recursive: true });
    const path = join(home.config, 'config.json');
    writeFileSync(path, content);
    const add = ['profiles', 'add', 'new', '--url', 'https://contoso.crm4.dynamics.com', '--sign-in', 'azure-cli'];
    for (const args of [
      ['profiles', 'list'],
      ['--profile', 'prod', 'campaigns', 'list'],
      [...add, '--no-verify'],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { home });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(path);
      expect(stderr).toMatch(why);
      expect(stderr).not.toContain('s3cret-in-here');
    }
    expect(readFileSync(path, 'utf8')).toBe(content);
    home.remove();
  });

  it('does not stand in the way of the environment', async () => {
    const home = createHome();
    mkdirSync(home.config, { recursive: true });
    writeFileSync(join(home.config, 'config.json'), '{');
    const env = { DYNCAMP_URL: 'https://contoso.crm4.dynamics.com', DYNCAMP_ACCESS_TOKEN: 'x' };
    await expect(runCli(['profiles', 'show'], { home, env })).resolves.toMatchObject({ code: 0 });
    home.remove();
  });
});
