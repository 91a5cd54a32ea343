/** `dyncamp profiles add`: questions on a terminal, options in scripts, and one connection to see that it works. */
import { type Command, Option } from 'commander';
import { DyncampError, SettingsError, UsageError } from '../../errors.ts';
import type { Context } from '../../run/context.ts';
import type { Profile } from '../../settings/profile.ts';
import type { ProfileStore } from '../../settings/profile-store.ts';
import { exitCodeOf } from '../../terminal/exit-codes.ts';
import { ask, confirm } from '../../terminal/prompt.ts';
import { notice, reportError, warn } from '../../terminal/report-error.ts';
import { filePath, keyValue, repeatable } from '../options.ts';
import type { ProfileOptions, SignInWay } from './profile-answers.ts';

export type ProfilesAddOptions = ProfileOptions & {
  readonly replace?: boolean | undefined;
  readonly use?: boolean | undefined;
  /** False with --no-verify: do not connect, and pin no organization id. */
  readonly verify: boolean;
};

const SIGN_IN_WAYS: readonly SignInWay[] = [
  'browser',
  'device-code',
  'client-secret',
  'certificate',
  'federated-token-file',
  'managed-identity',
  'azure-cli',
];

const AFTER = `
On a terminal it asks for missing values. It connects once, to test the sign-in
and to remember the organization's id; if another organization answers at the
same URL later, commands stop. Secrets stay where they are, unless you give
--store-secret.

Examples:
  $ dyncamp profiles add
  $ dyncamp profiles add prod --url https://contoso.crm4.dynamics.com \\
      --sign-in browser --use
  $ dyncamp profiles add job --url https://contoso.crm4.dynamics.com \\
      --sign-in client-secret --secret-file /run/secrets/dyncamp \\
      --tenant contoso.onmicrosoft.com \\
      --client-id 11111111-2222-3333-4444-555555555555`;

export function define(command: Command, context: Context): void {
  command
    .argument('[name]', 'name of the profile')
    .option('--url <url>', 'address of the environment, e.g. https://contoso.crm4.dynamics.com')
    .addOption(new Option('--sign-in <way>', 'how to sign in').choices(SIGN_IN_WAYS))
    .option('--tenant <id>', 'tenant id or domain')
    .option('--client-id <id>', 'application (client) id')
    .option('--secret-env <name>', 'variable with the client secret (default: AZURE_CLIENT_SECRET)')
    .option('--secret-file <file>', 'file with the client secret, read at each sign-in', filePath)
    .option('--store-secret', 'keep the secret itself in the settings file, readable by you only')
    .option('--certificate <file>', 'PEM file with the certificate (and its key)', filePath)
    .option('--key <file>', 'PEM file with the private key, if it is separate', filePath)
    .option('--passphrase-env <name>', 'variable with the passphrase of the key')
    .option('--passphrase-file <file>', 'file with the passphrase of the key', filePath)
    .option('--token-file <file>', 'file with the federated token', filePath)
    .option(
      '--flow-user <id>',
      'user whose additions remove may also remove, e.g. Marketo’s sync user (repeatable)',
      repeatable,
    )
    .option('--set <column=value>', 'column value for people who are created (repeatable)', keyValue)
    .option('--replace', 'replace a profile with the same name')
    .option('--use', 'make it the default profile')
    .option('--no-verify', 'do not connect now')
    .addHelpText('after', AFTER)
    .action((name: string | undefined, options: ProfilesAddOptions) => addProfile(context, name, options));
}

async function addProfile(context: Context, givenName: string | undefined, options: ProfilesAddOptions): Promise<void> {
  const { terminal } = context;
  const { complaint } = await import('./profile-answers.ts');
  const store = await context.openProfiles();
  const check = (name: string): void => {
    store.checkName(name);
    refuseToReplace(store, name, options);
  };
  const question = {
    text: 'Name of the profile',
    flag: '<name>',
    default: 'default',
    check: (typed: string) => complaint(() => check(typed)),
  };
  const name = givenName ?? (await ask(terminal, question));
  check(name);
  const profile = await workingProfile(context, name, options);
  if (profile === undefined) return;
  await store.save(name, profile);
  await notice(terminal, 'PROFILE_ADDED', `Profile "${name}" is stored in ${store.path}.`);
  if (profile.signIn.kind === 'clientSecret' && profile.signIn.secret.from === 'stored') {
    await warn(
      terminal,
      'SECRET_STORED',
      `The client secret is in ${store.path}, readable by you only (mode 0600), not encrypted.`,
    );
  }
  const useIt = { text: `Make "${name}" the default profile?`, flag: '--use' };
  if (options.use === true || (terminal.canAsk && (await confirm(terminal, useIt)))) await store.use(name);
  await notice(terminal, 'NEXT', `Next: \`dyncamp --profile ${name} sync check\``);
}

/**
 * Undefined when it does not work and is given up; that was said. Asks again with what was answered before as defaults: one wrong answer is
 * no reason to type all of them twice.
 */
async function workingProfile(
  context: Context,
  name: string,
  options: ProfilesAddOptions,
  before?: Profile,
): Promise<Profile | undefined> {
  const { askedAgain, profileFrom } = await import('./profile-answers.ts');
  const { terminal } = context;
  const answered = await checked(name, await profileFrom(context, options, before));
  if (!options.verify) return answered;
  try {
    return { ...answered, organizationId: await organizationBehind(context, name, answered) };
  } catch (error) {
    if (!terminal.canAsk || !(error instanceof DyncampError)) throw error;
    await reportError(terminal, error);
    const again = { text: 'The profile is not stored yet. Change the answers and try again?', flag: '--no-verify' };
    if (await confirm(terminal, again)) return workingProfile(context, name, askedAgain(options), answered);
    await context.endWith(exitCodeOf(error));
    return undefined;
  }
}

function refuseToReplace(store: ProfileStore, name: string, options: ProfilesAddOptions): void {
  if (options.replace === true || !store.names().includes(name)) return;
  throw new UsageError('PROFILE_EXISTS', `Profile "${name}" already exists.`, {
    hint: 'Give another name, or --replace to replace it.',
  });
}

/** The same check that reading the file does, before anything is written. */
async function checked(name: string, profile: Profile): Promise<Profile> {
  const { checkSettingsFile } = await import('../../settings/profile.ts');
  const plain: unknown = JSON.parse(JSON.stringify({ profiles: { [name]: profile } }));
  const result = checkSettingsFile(plain);
  if ('problem' in result) {
    const problem = result.problem.replace(`profiles.${name}.`, '');
    throw new SettingsError('PROFILE_INVALID', `The profile cannot be stored: ${problem}.`, {
      hint: 'Give that value again; `dyncamp profiles add --help` lists the options.',
    });
  }
  return result.ok.profiles[name] ?? profile;
}

/** Signs in, the person first if it is one, and asks who answered (WhoAmI). */
async function organizationBehind(context: Context, name: string, profile: Profile): Promise<string> {
  const { connectionOfProfile } = await import('../../settings/profile-store.ts');
  const settings = connectionOfProfile(profile, { kind: 'profile', name, chosenBy: '--profile' });
  const { kind } = profile.signIn;
  if (kind === 'browser' || kind === 'deviceCode') {
    const { signInPerson } = await import('../../run/sign-in-person.ts');
    const userName = await signInPerson(context, settings);
    await notice(context.terminal, 'SIGNED_IN', `Signed in as ${userName}.`);
  }
  const { dataverse, connection } = await context.openDataverse({ settings });
  const { readObject } = await import('../../dataverse/reads.ts');
  const answer = await dataverse.read(readObject('WhoAmI', 'OrganizationId'));
  const organizationId = answer.OrganizationId;
  if (typeof organizationId !== 'string') {
    throw new SettingsError('NOT_DATAVERSE', `${connection.origin} answered, but is not a Dataverse environment.`, {
      hint: 'Compare the URL: Power Platform admin center > Environments > your environment > Environment URL.',
    });
  }
  await notice(context.terminal, 'CONNECTED', `Connected to ${connection.origin}: organization ${organizationId}.`);
  return organizationId.toLowerCase();
}
