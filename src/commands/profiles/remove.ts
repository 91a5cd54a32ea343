/** `dyncamp profiles remove`. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { removeTokenCache } from '../../auth/token-cache-file.ts';
import { UsageError } from '../../errors.ts';
import type { Context } from '../../run/context.ts';
import { EMULATOR_PROFILE } from '../../settings/settings.ts';
import { confirm } from '../../terminal/prompt.ts';
import { notice } from '../../terminal/report-error.ts';

type ProfilesRemoveOptions = {
  readonly yes?: boolean | undefined;
};

const AFTER = `
The journal stays: it belongs to the organization, not to the profile.

Examples:
  $ dyncamp profiles remove old
  $ dyncamp profiles remove old --yes
  $ dyncamp profiles remove old --yes --quiet && dyncamp profiles list`;

export function define(command: Command, context: Context): void {
  command
    .argument('<name>', 'name of the profile')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', AFTER)
    .action((name: string, options: ProfilesRemoveOptions) => removeProfile(context, name, options));
}

async function removeProfile(context: Context, name: string, options: ProfilesRemoveOptions): Promise<void> {
  const { tokenCachePath } = await import('../../run/sign-in.ts');
  if (name === EMULATOR_PROFILE) {
    throw new UsageError('PROFILE_BUILT_IN', 'The profile "emulator" is built in: it cannot be removed.', {
      hint: `To begin with new data, delete its folder: ${join(context.stateDirectory, 'emulator')}`,
    });
  }
  const store = await context.openProfiles();
  const { url } = store.profile(name);
  const question = { text: `Remove profile "${name}" (${url})?`, flag: '--yes' };
  if (options.yes !== true && !(await confirm(context.terminal, question))) return;
  await store.remove(name);
  removeTokenCache(tokenCachePath(context, name));
  await notice(context.terminal, 'PROFILE_REMOVED', `Profile "${name}" is removed.`);
}
