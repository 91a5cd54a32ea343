/** `dyncamp profiles show`: what would be used, and where each value comes from. Never a secret. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { loginHost } from '../../auth/authority.ts';
import type { Context } from '../../run/context.ts';
import {
  type ConnectionSettings,
  type SettingsSource,
  type SignInSettings,
  variable,
} from '../../settings/connection-settings.ts';
import { describeSecret } from '../../settings/secrets.ts';
import { connectionOf, EMULATOR_PROFILE } from '../../settings/settings.ts';
import { type OutputFormat, writeRows } from '../../terminal/output.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../listing.ts';

const AFTER = `
Without a name, shows what a command would use now.

Examples:
  $ dyncamp profiles show
  $ dyncamp profiles show prod
  $ dyncamp profiles show --json`;

export function define(command: Command, context: Context): void {
  command.argument('[name]', 'name of the profile');
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action((name: string | undefined, options: OutputOptions) =>
      showProfile(context, name, outputFormat(options, context.terminal)),
    );
}

async function showProfile(context: Context, name: string | undefined, format: OutputFormat): Promise<void> {
  const settings =
    name === undefined
      ? await context.settings()
      : await connectionOf({ kind: 'profile', name, chosenBy: '--profile' }, context.openProfiles);
  const { source } = settings;
  const rows =
    source.kind === 'profile' && source.name === EMULATOR_PROFILE
      ? [...emulatorRows(settings, context), ...folderRows(context)]
      : [
          ...settingsRows(settings),
          ...folderRows(context),
          ...signInRows(settings.signIn, source),
          ...signInHostRows(settings, context),
        ];
  await writeRows(context.terminal, { rows, columns: ['setting', 'value', 'source'], format });
}

type Row = { readonly setting: string; readonly value: string; readonly source: string };

/** Nothing of it is stored but its data. */
function emulatorRows(
  { source, organizationId = '' }: ConnectionSettings,
  { stateDirectory }: Context,
): readonly Row[] {
  const values = {
    url: 'on 127.0.0.1, while a command runs',
    'organization id': organizationId,
    'sign-in': 'none needed',
    data: join(stateDirectory, 'emulator'),
  };
  return [
    { setting: 'profile', value: 'emulator', source: describeSource(source) },
    ...Object.entries(values).map(([setting, value]) => ({ setting, value, source: 'built in' })),
  ];
}

function settingsRows(settings: ConnectionSettings): readonly Row[] {
  const source = describeSource(settings.source);
  const isEnvironment = settings.source.kind === 'environment';
  const rows: Row[] = [
    { setting: 'profile', value: settings.source.kind === 'profile' ? settings.source.name : '(none)', source },
    {
      setting: 'url',
      value: settings.origin ?? '',
      source: isEnvironment ? 'DYNCAMP_URL' : source,
    },
    { setting: 'organization id', value: settings.organizationId ?? '(not pinned)', source },
  ];
  if (settings.flowUsers.length > 0) {
    const where = isEnvironment ? 'DYNCAMP_FLOW_USERS' : source;
    rows.push({ setting: 'flow users', value: settings.flowUsers.join(', '), source: where });
  }
  for (const [column, value] of Object.entries(settings.set)) rows.push({ setting: `set ${column}`, value, source });
  return rows;
}

function folderRows({ env, stateDirectory, configDirectory }: Context): readonly Row[] {
  const row = (setting: string, value: string, name: string): Row => ({
    setting,
    value,
    source: env[name] ? name : 'default',
  });
  return [row('state', stateDirectory, 'DYNCAMP_STATE_DIR'), row('settings', configDirectory, 'DYNCAMP_CONFIG_DIR')];
}

function describeSource(source: SettingsSource): string {
  return source.kind === 'environment' ? 'environment' : `profile (${source.chosenBy})`;
}

/** The variables of connectionFromEnvironment() that are not secret. */
const VARIABLES: Readonly<Record<string, string>> = {
  tenantId: 'AZURE_TENANT_ID',
  clientId: 'AZURE_CLIENT_ID',
  certificatePath: 'AZURE_CLIENT_CERTIFICATE_PATH',
  tokenFile: 'AZURE_FEDERATED_TOKEN_FILE',
};

/** Ways of signing in that ask Entra ID themselves; the others are given a token. */
const ASKING: readonly SignInSettings['kind'][] = [
  'clientSecret',
  'certificate',
  'federatedTokenFile',
  'browser',
  'deviceCode',
];

function signInHostRows({ origin, signIn }: ConnectionSettings, { env }: Context): readonly Row[] {
  if (origin === undefined || !ASKING.includes(signIn.kind)) return [];
  const given = variable(env, 'AZURE_AUTHORITY_HOST');
  const source = given === undefined ? 'follows from the url' : 'AZURE_AUTHORITY_HOST';
  return [{ setting: 'sign-in host', value: loginHost(origin, given), source }];
}

/** The way of signing in and its values; of a secret only where it is. */
function signInRows(signIn: SignInSettings, source: SettingsSource): readonly Row[] {
  const from = describeSource(source);
  return Object.entries(signIn).flatMap(([key, value]: [string, unknown]) => {
    const setting = key === 'kind' ? 'sign-in' : `sign-in ${key}`;
    const named = source.kind === 'environment' ? VARIABLES[key] : undefined;
    if (typeof value === 'string') return [{ setting, value, source: named ?? from }];
    const secret = secretOf(signIn, key);
    return secret === undefined ? [] : [{ setting, value: '(secret)', source: describeSecret(secret) }];
  });
}

function secretOf(signIn: SignInSettings, key: string) {
  if (signIn.kind === 'token' && key === 'token') return signIn.token;
  if (signIn.kind === 'clientSecret' && key === 'secret') return signIn.secret;
  return signIn.kind === 'certificate' && key === 'passphrase' ? signIn.passphrase : undefined;
}
