/**
 * URL and sign-in come together from one source: a named profile, else the environment, else the profile
 * in use. Sources are never mixed, and the emulator is never chosen silently.
 */
import { SettingsError } from '../errors.ts';
import { type ConnectionSettings, type Environment, type ProfileSource, variable } from './connection-settings.ts';
import { connectionFromEnvironment } from './environment.ts';

/** The built-in profile: never stored, cannot be changed. */
export const EMULATOR_PROFILE = 'emulator';

export type ProfileLookup = {
  /** Throws SettingsError PROFILE_UNKNOWN, or when the settings file is broken. */
  connection(source: ProfileSource): ConnectionSettings;
  inUse(): string | undefined;
};

type Situation = {
  readonly env: Environment;
  readonly profile?: string | undefined;
  /** A person is at the terminal. Only then `profiles use` counts; unattended runs must name their profile. */
  readonly isAttended: boolean;
  /** Called only when a stored profile may be meant. */
  openProfiles(): Promise<ProfileLookup>;
};

/** Throws SettingsError when two sources are given, none, or one that is incomplete. */
export async function resolveConnection(situation: Situation): Promise<ConnectionSettings> {
  const { env } = situation;
  const named = namedProfile(situation);
  if (named !== undefined) {
    refuseSecondSource(env, named);
    return connectionOf(named, situation.openProfiles);
  }
  const fromEnvironment = connectionFromEnvironment(env);
  if (fromEnvironment !== undefined) return fromEnvironment;
  refuseTokenWithoutUrl(env);
  return profileInUse(situation);
}

/** Of a named profile. A broken settings file does not matter to the emulator's. */
export async function connectionOf(
  source: ProfileSource,
  openProfiles: Situation['openProfiles'],
): Promise<ConnectionSettings> {
  return source.name === EMULATOR_PROFILE ? emulatorConnection(source) : (await openProfiles()).connection(source);
}

function namedProfile({ profile, env }: Situation): ProfileSource | undefined {
  if (profile !== undefined) return { kind: 'profile', name: profile, chosenBy: '--profile' };
  const name = variable(env, 'DYNCAMP_PROFILE');
  return name === undefined ? undefined : { kind: 'profile', name, chosenBy: 'DYNCAMP_PROFILE' };
}

/** AZURE_* variables alone are not a second source: a profile may read its secret from one. */
function refuseSecondSource(env: Environment, named: ProfileSource): void {
  const second = ['DYNCAMP_URL', 'DYNCAMP_ACCESS_TOKEN', 'DYNCAMP_ACCESS_TOKEN_FILE'].find(
    (name) => variable(env, name) !== undefined,
  );
  if (second === undefined) return;
  const first = named.chosenBy === '--profile' ? `--profile ${named.name}` : `DYNCAMP_PROFILE=${named.name}`;
  throw new SettingsError(
    'SETTINGS_CONFLICT',
    `Both ${first} and ${second} are given: it is not clear which organization to use.`,
    { hint: `Leave out ${named.chosenBy}, or unset ${second}. The URL and the sign-in must come from the same place.` },
  );
}

function refuseTokenWithoutUrl(env: Environment): void {
  const token = ['DYNCAMP_ACCESS_TOKEN', 'DYNCAMP_ACCESS_TOKEN_FILE'].find((name) => variable(env, name) !== undefined);
  if (token === undefined) return;
  throw new SettingsError(
    'URL_MISSING',
    `${token} is set, but not DYNCAMP_URL: it is not clear which organization it is for.`,
    { hint: 'Set DYNCAMP_URL to the address of the environment, e.g. https://contoso.crm4.dynamics.com.' },
  );
}

/** The organization of the built-in emulator, so that its journal is found without starting it. */
const EMULATOR_ORGANIZATION_ID = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';

/** The URL is known once the emulator runs. */
function emulatorConnection(source: ProfileSource): ConnectionSettings {
  // Not a secret: the emulator accepts any bearer token.
  const signIn = { kind: 'token', token: { from: 'stored', secret: 'any-token-is-accepted' } } as const;
  return { origin: undefined, signIn, source, flowUsers: [], set: {}, organizationId: EMULATOR_ORGANIZATION_ID };
}

const WAYS_ON = [
  'To try dyncamp without an account: --profile emulator.',
  'To connect an organization: `dyncamp profiles add`.',
  'In scripts: set DYNCAMP_URL with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or name a profile with --profile or DYNCAMP_PROFILE.',
].join('\n');

async function profileInUse({ openProfiles, isAttended }: Situation): Promise<ConnectionSettings> {
  const profiles = await openProfiles();
  const name = profiles.inUse();
  if (name === undefined) throw new SettingsError('NOT_CONNECTED', 'No organization is set.', { hint: WAYS_ON });
  if (isAttended) return connectionOf({ kind: 'profile', name, chosenBy: 'profiles use' }, async () => profiles);
  throw new SettingsError(
    'PROFILE_NOT_NAMED',
    `The default profile ("${name}") applies on a terminal only; this run must name its organization.`,
    { hint: `Give --profile ${name} or set DYNCAMP_PROFILE=${name}.` },
  );
}

/** Throws when another organization than the pinned one answers: a restored or copied environment, or a wrong URL. */
export function confirmOrganization(settings: ConnectionSettings, organizationId: string): void {
  const { organizationId: pinned, source } = settings;
  if (pinned === undefined || pinned.toLowerCase() === organizationId.toLowerCase()) return;
  const name = source.kind === 'profile' ? source.name : 'environment';
  const hint = `If the environment was replaced on purpose: \`dyncamp profiles remove ${name}\`, then \`dyncamp profiles add ${name}\`.`;
  throw new SettingsError(
    'ORGANIZATION_CHANGED',
    `${settings.origin ?? 'The server'} is now organization ${organizationId}, but profile "${name}" was added for ${pinned}. Nothing was changed.`,
    { hint },
  );
}
