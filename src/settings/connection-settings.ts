/** Where to connect and how to sign in. Secrets are named, not held, until a token is needed. */
import type { Profile, SecretSource } from './profile.ts';

export type SignInSettings =
  /** A ready bearer token; from the environment only. */
  { readonly kind: 'token'; readonly token: SecretSource } | Profile['signIn'];

export type ProfileSource = {
  readonly kind: 'profile';
  readonly name: string;
  readonly chosenBy: '--profile' | 'DYNCAMP_PROFILE' | 'profiles use';
};

/** The one source of URL and sign-in. */
export type SettingsSource = ProfileSource | { readonly kind: 'environment' };

export type ConnectionSettings = {
  /** `https://contoso.crm4.dynamics.com`; undefined for the built-in emulator, which has none until it runs. */
  readonly origin: string | undefined;
  readonly signIn: SignInSettings;
  readonly source: SettingsSource;
  /** Ids of users whose additions `remove` treats as a flow action's: earlier application users, Marketo's sync user. */
  readonly flowUsers: readonly string[];
  /** Column values for created people. */
  readonly set: Readonly<Record<string, string>>;
  /** The organization id seen when the profile was added. */
  readonly organizationId?: string | undefined;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Empty means not set: shells and compose files unset variables this way. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
