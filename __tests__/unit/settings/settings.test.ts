import { SettingsError } from '../../../src/errors.ts';
import type { ConnectionSettings, Environment } from '../../../src/settings/connection-settings.ts';
import { confirmOrganization, type ProfileLookup, resolveConnection } from '../../../src/settings/settings.ts';

const STORED: ConnectionSettings = {
  origin: 'https://stored.crm4.dynamics.com',
  signIn: { kind: 'azureCli' },
  source: { kind: 'profile', name: 'prod', chosenBy: '--profile' },
  flowUsers: [],
  set: {},
  organizationId: '11111111-1111-1111-1111-111111111111',
};

const BY_ENVIRONMENT = { DYNCAMP_URL: 'https://env.crm4.dynamics.com', DYNCAMP_ACCESS_TOKEN: 'token' };

type Given = {
  readonly env?: Environment;
  readonly profile?: string;
  readonly isAttended?: boolean;
  readonly inUse?: string;
};

function resolve({ env = {}, profile, isAttended = false, inUse }: Given): Promise<ConnectionSettings> {
  const profiles: ProfileLookup = {
    inUse: () => inUse,
    connection: (source) => ({ ...STORED, source }),
  };
  return resolveConnection({ env, profile, isAttended, openProfiles: async () => profiles });
}

describe('resolveConnection', () => {
  const CONFLICT = 'SETTINGS_CONFLICT';

  it.each<[string, Given, string]>([
    ['--profile', { profile: 'prod' }, 'prod by --profile'],
    ['DYNCAMP_PROFILE', { env: { DYNCAMP_PROFILE: 'prod' } }, 'prod by DYNCAMP_PROFILE'],
    ['--profile before DYNCAMP_PROFILE', { profile: 'a', env: { DYNCAMP_PROFILE: 'b' } }, 'a by --profile'],
    ['the environment', { env: BY_ENVIRONMENT }, 'environment'],
    ['it before the profile in use', { env: BY_ENVIRONMENT, inUse: 'prod', isAttended: true }, 'environment'],
    ['the one in use on a terminal', { inUse: 'prod', isAttended: true }, 'prod by profiles use'],
  ])('takes %s', async (_name, given, expected) => {
    const { source } = await resolve(given);
    expect(source.kind === 'profile' ? `${source.name} by ${source.chosenBy}` : source.kind).toBe(expected);
  });

  it.each<[string, Given, string, readonly string[]]>([
    [
      '--profile and DYNCAMP_URL',
      { profile: 'prod', env: BY_ENVIRONMENT },
      CONFLICT,
      ['--profile prod', 'DYNCAMP_URL'],
    ],
    [
      'DYNCAMP_PROFILE and DYNCAMP_URL',
      { env: { ...BY_ENVIRONMENT, DYNCAMP_PROFILE: 'prod' } },
      CONFLICT,
      ['DYNCAMP_PROFILE=prod', 'DYNCAMP_URL'],
    ],
    [
      'a profile and a token for something else',
      { profile: 'prod', env: { DYNCAMP_ACCESS_TOKEN: 'x' } },
      CONFLICT,
      ['--profile prod', 'DYNCAMP_ACCESS_TOKEN'],
    ],
    ['the emulator and it', { profile: 'emulator', env: BY_ENVIRONMENT }, CONFLICT, ['--profile emulator']],
    ['nothing at all', {}, 'NOT_CONNECTED', []],
    ['a token without a URL', { env: { DYNCAMP_ACCESS_TOKEN: 'x' } }, 'URL_MISSING', ['DYNCAMP_URL']],
    ['only a profile in use, unattended', { inUse: 'prod' }, 'PROFILE_NOT_NAMED', ['prod']],
  ])('refuses %s, naming what was given', async (_name, given, code, names) => {
    const error = await resolve(given).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SettingsError);
    expect(error).toMatchObject({ code });
    for (const name of names) expect(String(error)).toContain(name);
  });

  it('names the ways on when nothing is set', async () => {
    await expect(resolve({})).rejects.toMatchObject({
      hint: expect.stringMatching(/--profile emulator[\s\S]*profiles add[\s\S]*DYNCAMP_URL/),
    });
  });

  it('gives the emulator only when it is named', async () => {
    await expect(resolve({ profile: 'emulator' })).resolves.toMatchObject({ origin: undefined });
    await expect(resolve({ isAttended: true })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('gives the emulator when a person made it the default, on a terminal only', async () => {
    const openProfiles = async () => ({ inUse: () => 'emulator', connection: () => STORED });
    const [there, away] = [true, false].map((isAttended) => resolveConnection({ env: {}, isAttended, openProfiles }));
    await expect(there).resolves.toMatchObject({ origin: undefined, source: { name: 'emulator' } });
    await expect(away).rejects.toMatchObject({ code: 'PROFILE_NOT_NAMED' });
  });

  it('opens no stored profile for the environment or the emulator', async () => {
    const openProfiles = () => Promise.reject(new Error('opened'));
    await expect(resolveConnection({ env: BY_ENVIRONMENT, isAttended: true, openProfiles })).resolves.toBeDefined();
    await expect(
      resolveConnection({ env: {}, profile: 'emulator', isAttended: true, openProfiles }),
    ).resolves.toBeDefined();
  });
});

describe('confirmOrganization', () => {
  it.each([
    ['the pinned id', STORED, '11111111-1111-1111-1111-111111111111'],
    [
      'the pinned id in capitals',
      { ...STORED, organizationId: 'ABCDEF00-0000-0000-0000-000000000000' },
      'abcdef00-0000-0000-0000-000000000000',
    ],
    ['any id when none is pinned', { ...STORED, organizationId: undefined }, '22222222-2222-2222-2222-222222222222'],
  ])('accepts %s', (_name, settings, id) => {
    expect(() => confirmOrganization(settings, id)).not.toThrow();
  });

  it('refuses another organization behind the same URL', () => {
    expect(() => confirmOrganization(STORED, '22222222-2222-2222-2222-222222222222')).toThrow(
      expect.objectContaining({ code: 'ORGANIZATION_CHANGED', hint: expect.stringContaining('profiles remove prod') }),
    );
  });
});
