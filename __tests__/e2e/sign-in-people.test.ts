/** People: `dyncamp login` by browser and by device code, silent renewal from the cache, `dyncamp logout`. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Env, ERIKA, READ, useSignInCli } from '../support/sign-in-cli.ts';

const clock = { aheadMs: 0 };
const cli = useSignInCli({ now: () => new Date(Date.now() + clock.aheadMs) });
const signIn = () => cli.signIn;
const cachePath = (profile: string) => join(cli.home().state, 'sign-in', `${profile}.json`);
const signedIn = { code: 0 };

beforeEach(() => {
  clock.aheadMs = 0;
  signIn().setDeviceCodeInterval(0);
});

/** No test opens a browser: the programs that would do it do nothing. */
function noBrowser(): Env {
  const folder = join(cli.home().directory, 'bin');
  mkdirSync(folder, { recursive: true });
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: `${folder}:${process.env.PATH}` };
}

const add = (name: string, way: string, ...more: readonly string[]) => [
  ...['profiles', 'add', name, '--url', cli.api.emulator().url, '--sign-in', way],
  ...more,
];

/** What the browser does: opens the page, and sends the form that is on it. */
async function browse(url: string): Promise<string> {
  const html = await (await fetch(url)).text();
  const text = (escaped: string) => escaped.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
  const action = text(/action="([^"]*)"/.exec(html)?.[1] ?? '');
  const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    text(value),
  ]);
  const response = await fetch(action, { method: 'POST', body: new URLSearchParams(Object.fromEntries(fields)) });
  return response.text();
}

/** The address that is on the screen. */
async function shownUrl(running: ReturnType<typeof cli.start>): Promise<string> {
  await running.waitFor('stderr', 'response_mode');
  await running.waitFor('stderr', 'state=');
  return /https?:\/\/\S+authorize\S+/.exec(await running.waitFor('stderr', '\n'))?.[0] ?? '';
}

async function logInByDevice(profile: string, userName = ERIKA): Promise<void> {
  const running = cli.start(['login', '--profile', profile, '--device']);
  const shown = await running.waitFor('stderr', 'enter the code');
  signIn().decideDeviceCode(/enter the code (\S+)/.exec(shown)?.[1] ?? '', { userName });
  await expect(running.ended).resolves.toMatchObject({ code: 0, stdout: '' });
}

describe('login by browser', () => {
  it('signs in with PKCE while the profile is added, and later commands need nobody', async () => {
    const running = cli.start(add('browser', 'browser'), noBrowser());
    const page = await browse(await shownUrl(running));
    expect(page).toContain('You are signed in');
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('Connected to') });
    expect(cli.signIns()).toEqual(['none granted']);
    await expect(cli.run(['--profile', 'browser', ...READ])).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual(['none granted']);
  });

  it('says what was refused in the browser', async () => {
    await cli.run(add('refused', 'browser', '--no-verify'));
    signIn().refuseNext({ error: 'access_denied', code: 65004, text: 'User declined to consent to access the app.' });
    const running = cli.start(['login', '--profile', 'refused'], noBrowser());
    expect(await browse(await shownUrl(running))).toContain('You are not signed in');
    const { code, stderr } = await running.ended;
    expect(code).toBe(4);
    expect(stderr).toMatch(/consent to the app was refused in the browser \(AADSTS65004\b[\s\S]*Grant admin consent/);
  });
});

describe('login by device code', () => {
  beforeAll(() => cli.run(add('device', 'device-code', '--no-verify')));

  it('shows address and code, waits, and keeps the sign-in to its owner', async () => {
    const running = cli.start(['login', '--profile', 'device']);
    const shown = await running.waitFor('stderr', 'enter the code');
    expect(shown).toContain(`open ${cli.api.emulator().url}/devicelogin on any device`);
    while (!cli.signIns().includes('none AADSTS70016')) await new Promise((resolve) => setTimeout(resolve, 20));
    signIn().decideDeviceCode(/enter the code (\S+)/.exec(shown)?.[1] ?? '', { userName: ERIKA });
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`Signed in to ${cli.api.emulator().url} as ${ERIKA}.`);
    expect(statSync(cachePath('device')).mode & 0o777).toBe(0o600);
    expect(statSync(join(cli.home().state, 'sign-in')).mode & 0o777).toBe(0o700);
  });

  it('ends with 4 when it is refused on the other device', async () => {
    const running = cli.start(['login', '--profile', 'device']);
    const shown = await running.waitFor('stderr', 'enter the code');
    signIn().decideDeviceCode(/enter the code (\S+)/.exec(shown)?.[1] ?? '', { deny: true });
    const { code, stderr } = await running.ended;
    expect(code).toBe(4);
    expect(stderr).toContain('the sign-in was refused in the browser (AADSTS70018');
  });

  it('ends with 4 when the app registration is not for people', async () => {
    await cli.run(
      add('wrong-app', 'device-code', '--no-verify', '--client-id', 'd1c0a999-0000-4000-8000-000000000001'),
    );
    const { code, stderr } = await cli.run(['login', '--profile', 'wrong-app']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/AADSTS7000218[\s\S]*Allow public client flows/);
  });
});

describe('a sign-in that is kept', () => {
  beforeAll(() => cli.run(add('kept', 'device-code', '--no-verify')));

  it('is renewed silently, and the new one is kept', async () => {
    await logInByDevice('kept');
    const before = readFileSync(cachePath('kept'), 'utf8');
    // To the emulator the access token has run out, the refresh token has not.
    clock.aheadMs = 2 * 3_600_000;
    signIn().clearEntries();
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject(signedIn);
    expect(signIn().entries()).toEqual([expect.objectContaining({ grantType: 'refresh_token', outcome: 'granted' })]);
    expect(readFileSync(cachePath('kept'), 'utf8')).not.toBe(before);
    expect(statSync(cachePath('kept')).mode & 0o777).toBe(0o600);
    signIn().clearEntries();
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject(signedIn);
    expect(cli.signIns()).toEqual([]);
  });

  it.each([
    ['was revoked', () => signIn().revokeRefreshTokens(), /password was changed \(AADSTS50173\b/],
    [
      'needs multi-factor authentication now',
      () => signIn().refuseNext({ error: 'interaction_required', code: 50076, text: 'MFA.', suberror: 'basic_action' }),
      /multi-factor authentication is needed \(AADSTS50076\b/,
    ],
    [
      'was not used for 90 days',
      () => {
        clock.aheadMs = 91 * 24 * 3_600_000;
      },
      /not used for a long time \(AADSTS700082\b/,
    ],
  ])('names the command to run when it %s', async (_name, happen, why) => {
    await logInByDevice('kept');
    clock.aheadMs = 2 * 3_600_000;
    happen();
    const { code, stderr } = await cli.run(['--profile', 'kept', ...READ]);
    expect(code).toBe(4);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch(/^Hint: Run `dyncamp login --profile kept`\.$/m);
  });

  it('is that of whoever signed in last', async () => {
    await logInByDevice('kept', ERIKA);
    await logInByDevice('kept', 'frieda.fort@dyncamp.example');
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the user is disabled in this environment'),
    });
    await logInByDevice('kept', ERIKA);
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject(signedIn);
  });

  it('is forgotten by logout', async () => {
    await logInByDevice('kept');
    await expect(cli.run(['logout', '--profile', 'kept'])).resolves.toMatchObject({ code: 0, stdout: '' });
    expect(() => statSync(cachePath('kept'))).toThrow('ENOENT');
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/no one is signed in[\s\S]*dyncamp login --profile kept/),
    });
  });

  it('is started anew when its file is broken', async () => {
    await logInByDevice('kept');
    writeFileSync(cachePath('kept'), '{"half');
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject({ code: 4 });
    await logInByDevice('kept');
    await expect(cli.run(['--profile', 'kept', ...READ])).resolves.toMatchObject(signedIn);
  });

  it('is forgotten with its profile', async () => {
    await logInByDevice('kept');
    await expect(cli.run(['profiles', 'remove', 'kept', '--yes'])).resolves.toMatchObject({ code: 0 });
    expect(() => statSync(cachePath('kept'))).toThrow('ENOENT');
  });
});

it('login is not for applications', async () => {
  await expect(cli.run(['login'], cli.withSecret())).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('profiles add --sign-in browser'),
  });
});
