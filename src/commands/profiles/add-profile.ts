/** Stores a profile after one connection has shown that it works, with the id of the organization that answered. */
import type { Context } from '../../context.ts';
import { readObject } from '../../dataverse/reads.ts';
import { DyncampError, SettingsError, UsageError } from '../../errors.ts';
import { signInPerson } from '../../run/sign-in-person.ts';
import type { SecretSource } from '../../settings/connection-settings.ts';
import { checkSettingsFile, type Profile } from '../../settings/profile.ts';
import { connectionOf, type ProfileStore } from '../../settings/profile-store.ts';
import { exitCodeOf } from '../../terminal/exit-codes.ts';
import { ask, confirm } from '../../terminal/prompt.ts';
import { notice, reportError, warn } from '../../terminal/report-error.ts';
import type { ProfilesAddOptions } from './add.ts';
import { askedAgain, profileFrom, wantsUse } from './profile-answers.ts';

export async function addProfile(
  context: Context,
  givenName: string | undefined,
  options: ProfilesAddOptions,
): Promise<void> {
  const { terminal } = context;
  const store = await context.openProfiles();
  const name = givenName ?? (await ask(terminal, { text: 'Name of the profile', flag: '<name>', default: 'default' }));
  store.checkName(name);
  refuseToReplace(store, name, options);
  const profile = await workingProfile(context, name, options);
  if (profile === undefined) return;
  await store.save(name, profile);
  await notice(terminal, 'PROFILE_ADDED', `Profile "${name}" is stored in ${store.path}.`);
  if (storesSecret(profile)) {
    await warn(
      terminal,
      'SECRET_STORED',
      `The client secret is in ${store.path}, readable by you only (mode 0600), not encrypted.`,
    );
  }
  if (await wantsUse(terminal, options, name)) await store.use(name);
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
  const { terminal } = context;
  const answered = checked(name, await profileFrom(context, options, before));
  if (!options.verify) return answered;
  try {
    return { ...answered, organizationId: await organizationBehind(context, name, answered) };
  } catch (error) {
    if (!terminal.canAsk || !(error instanceof DyncampError)) throw error;
    await reportError(terminal, error);
    const again = { text: 'Nothing is stored yet. Change the answers and try again?', flag: '--no-verify' };
    if (await confirm(terminal, again)) return workingProfile(context, name, askedAgain(options), answered);
    context.endWith(exitCodeOf(error));
    return undefined;
  }
}

function refuseToReplace(store: ProfileStore, name: string, options: ProfilesAddOptions): void {
  if (options.replace === true || !store.names().includes(name)) return;
  throw new UsageError('PROFILE_EXISTS', `There is a profile "${name}" already.`, {
    hint: 'Give another name, or --replace to put this one in its place.',
  });
}

/** The same check that reading the file does, before anything is written. */
function checked(name: string, profile: Profile): Profile {
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
  const settings = connectionOf(profile, { kind: 'profile', name, chosenBy: '--profile' });
  const { kind } = profile.signIn;
  if (kind === 'browser' || kind === 'deviceCode') {
    const userName = await signInPerson(context, settings, {});
    await notice(context.terminal, 'SIGNED_IN', `Signed in as ${userName}.`);
  }
  const { dataverse, connection } = await context.openDataverse({ settings });
  const answer = await dataverse.read(readObject('WhoAmI', 'OrganizationId'));
  const organizationId = answer.OrganizationId;
  if (typeof organizationId !== 'string') {
    throw new SettingsError(
      'NOT_DATAVERSE',
      `${connection.origin} answered, but not as a Dataverse environment does.`,
      {
        hint: 'Compare the URL: Power Platform admin center > Environments > your environment > Environment URL.',
      },
    );
  }
  await notice(context.terminal, 'CONNECTED', `Connected to ${connection.origin}: organization ${organizationId}.`);
  return organizationId.toLowerCase();
}

function storesSecret({ signIn }: Profile): boolean {
  const secrets: readonly (SecretSource | undefined)[] =
    signIn.kind === 'clientSecret' ? [signIn.secret] : [signIn.kind === 'certificate' ? signIn.passphrase : undefined];
  return secrets.some((secret) => secret?.from === 'stored');
}
