import { join } from 'node:path';
import type { ProfilesAddOptions } from '../../../../src/commands/profiles/add.ts';
import { askedAgain, profileFrom } from '../../../../src/commands/profiles/profile-answers.ts';
import type { Profile } from '../../../../src/settings/profile.ts';
import { fakeTerminal } from '../../../support/terminal.ts';

const URL = 'https://contoso.crm4.dynamics.com';
const CLIENT = '11111111-2222-3333-4444-555555555555';
const application = { tenantId: 'contoso.example', clientId: CLIENT };

const options = (given: Partial<ProfilesAddOptions>): ProfilesAddOptions => ({
  verify: true,
  url: URL,
  tenant: 'contoso.example',
  clientId: CLIENT,
  ...given,
});

const inEnv = (name: string) => ({ from: 'env', name }) as const;
const inFile = (path: string) => ({ from: 'file', path }) as const;
const STORED = { from: 'stored', secret: 's3cret-value' } as const;
const bySecret = (secret: ReturnType<typeof inEnv> | ReturnType<typeof inFile> | typeof STORED) =>
  ({ kind: 'clientSecret', ...application, secret }) as const;

describe('profileFrom', () => {
  it.each<[string, Partial<ProfilesAddOptions>, Profile['signIn']]>([
    ['browser', { signIn: 'browser' }, { kind: 'browser', ...application }],
    ['device code', { signIn: 'device-code' }, { kind: 'deviceCode', ...application }],
    ['azure cli', { signIn: 'azure-cli' }, { kind: 'azureCli', tenantId: 'contoso.example' }],
    ['managed identity', { signIn: 'managed-identity' }, { kind: 'managedIdentity', clientId: CLIENT }],
    ['a client secret in its usual variable', { signIn: 'client-secret' }, bySecret(inEnv('AZURE_CLIENT_SECRET'))],
    ['a client secret in a file', { signIn: 'client-secret', secretFile: '/s' }, bySecret(inFile('/s'))],
    ['a client secret to be stored', { signIn: 'client-secret', secretEnv: 'S', storeSecret: true }, bySecret(STORED)],
    [
      'a path from where it was given',
      { signIn: 'client-secret', secretFile: 'here/s' },
      bySecret(inFile(join(process.cwd(), 'here', 's'))),
    ],
    [
      'a certificate with a passphrase',
      { signIn: 'certificate', certificate: '/c', key: '/k', passphraseEnv: 'P' },
      { kind: 'certificate', ...application, certificatePath: '/c', keyPath: '/k', passphrase: inEnv('P') },
    ],
    [
      'a federated token',
      { signIn: 'federated-token-file', tokenFile: '/f' },
      { kind: 'federatedTokenFile', ...application, tokenFile: '/f' },
    ],
  ])('takes %s from options without asking', async (_name, given, signIn) => {
    await expect(
      profileFrom({ terminal: fakeTerminal().terminal, env: { S: 's3cret-value' } }, options(given)),
    ).resolves.toMatchObject({ url: URL, signIn });
  });

  it.each<[string, Partial<ProfilesAddOptions>, string]>([
    ['the URL', { url: undefined }, '--url'],
    ['the way', {}, '--sign-in'],
    ['the tenant', { signIn: 'client-secret', tenant: undefined }, '--tenant'],
    ['the client id', { signIn: 'certificate', clientId: undefined }, '--client-id'],
    ['the certificate', { signIn: 'certificate' }, '--certificate'],
    ['the token file', { signIn: 'federated-token-file' }, '--token-file'],
    ['the secret that is to be stored', { signIn: 'client-secret', storeSecret: true }, '--secret-env'],
  ])('names the option when %s is missing and nobody can be asked', async (_name, given, flag) => {
    const profile = profileFrom({ terminal: fakeTerminal().terminal, env: { S: 's3cret-value' } }, options(given));
    await expect(profile).rejects.toMatchObject({ code: 'ANSWER_NEEDED', hint: expect.stringContaining(flag) });
  });

  it('asks again for a client id that is none', async () => {
    const fake = fakeTerminal({ tty: { stdin: true, stderr: true } });
    const profile = profileFrom(
      { terminal: fake.terminal, env: {} },
      options({ signIn: 'client-secret', clientId: undefined, secretFile: '/s' }),
    );
    fake.type('nope\n');
    await fake.untilSaid('That is not an id');
    fake.type(`${CLIENT}\n`);
    await expect(profile).resolves.toMatchObject({ signIn: { clientId: CLIENT } });
  });

  it.each(['not-a-guid', 'contoso', 'common', '11111111-2222', 'contoso..com'])(
    'asks again for a tenant that is none: %s',
    async (typed) => {
      const fake = fakeTerminal({ tty: { stdin: true, stderr: true } });
      const given = options({ signIn: 'client-secret', tenant: undefined, secretFile: '/s' });
      const profile = profileFrom({ terminal: fake.terminal, env: {} }, given);
      fake.type(`${typed}\n`);
      await fake.untilSaid('neither an id nor a domain');
      fake.type('contoso.onmicrosoft.com\n');
      await expect(profile).resolves.toMatchObject({ signIn: { tenantId: 'contoso.onmicrosoft.com' } });
    },
  );

  it.each(['question', 'option'])('asks for the region of a short name given by %s', async (how) => {
    const fake = fakeTerminal({ tty: { stdin: true, stderr: true } });
    const given = options({ signIn: 'azure-cli', url: how === 'option' ? 'contoso' : undefined });
    const profile = profileFrom({ terminal: fake.terminal, env: {} }, given);
    if (how === 'question') fake.type('contoso\n');
    await fake.untilSaid('Which region is contoso in?');
    fake.type('Mars\n');
    await fake.untilSaid('is none of these');
    fake.type('Germany\n');
    await expect(profile).resolves.toMatchObject({ url: 'https://contoso.crm16.dynamics.com' });
  });

  it.each([
    [{}, 'browser', { kind: 'browser' }],
    [{ AZURE_CLIENT_SECRET: 's3cret-value' }, 'client-secret', { secret: inEnv('AZURE_CLIENT_SECRET') }],
    [{ AZURE_FEDERATED_TOKEN_FILE: '/f' }, 'federated-token-file', { kind: 'federatedTokenFile' }],
  ])('offers what the environment is set for: %j', async (env, way, signIn) => {
    const fake = fakeTerminal({ tty: { stdin: true, stderr: true } });
    const profile = profileFrom({ terminal: fake.terminal, env }, options({ tokenFile: '/f' }));
    fake.type('\n');
    await expect(profile).resolves.toMatchObject({ signIn });
    expect(fake.stderr()).toContain(`How do you sign in? (number or name) [${way}]`);
    expect(fake.stderr()).not.toContain('s3cret-value');
  });

  it('refuses two places for the secret', async () => {
    const given = options({ signIn: 'client-secret', secretEnv: 'S', secretFile: '/s' });
    await expect(
      profileFrom({ terminal: fakeTerminal().terminal, env: { S: 's3cret-value' } }, given),
    ).rejects.toMatchObject({ code: 'OPTIONS_CONFLICT' });
  });
});

describe('a second round', () => {
  const APP = ['Tenant id', 'Application (client) id'];
  it.each<[string, Profile['signIn'], readonly string[]]>([
    ['a client secret that was typed', bySecret(STORED), [...APP, 'Where is', 'Client secret [the one typed before]']],
    // Without what follows: a long path goes to the next line.
    ['a client secret in a file', bySecret(inFile(__filename)), [...APP, 'Where is', '? File']],
    ['a variable', bySecret(inEnv('MINE')), [...APP, 'Where is']],
    ['a certificate', { kind: 'certificate', ...application, certificatePath: __filename }, [...APP, 'PEM file']],
    ['a federated token', { kind: 'federatedTokenFile', ...application, tokenFile: __filename }, [...APP, 'File with']],
    ['what is not asked for', { kind: 'browser', ...application }, []],
  ])('keeps by Enter alone %s, and shows no secret', async (_what, signIn, questions) => {
    const before: Profile = { url: URL, signIn };
    const fake = fakeTerminal({ tty: { stdin: true, stderr: true } });
    const again = askedAgain({ ...options({ signIn: 'browser', secretFile: '/other' }), url: 'https://wrong.example' });
    const profile = profileFrom({ terminal: fake.terminal, env: {} }, again, before);
    for (const question of ['Address of the environment', 'How do you sign in?', ...questions]) {
      await fake.untilSaid(question);
      fake.type('\n');
    }
    await expect(profile).resolves.toMatchObject({ url: URL, signIn });
    expect(fake.stderr()).toContain(`[${URL}]`);
    expect(fake.stderr()).not.toContain('s3cret-value');
  });
});
