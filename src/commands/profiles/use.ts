/** `dyncamp profiles use`. */
import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import type { Context } from '../../run/context.ts';
import { EMULATOR_PROFILE } from '../../settings/settings.ts';
import { notice } from '../../terminal/report-error.ts';

const AFTER = `
The default applies on a terminal only. Scripts must name a profile: --profile
or DYNCAMP_PROFILE.

Examples:
  $ dyncamp profiles use prod
  $ dyncamp profiles use prod && dyncamp profiles show
  $ dyncamp profiles use emulator`;

export function define(command: Command, context: Context): void {
  command
    .argument('<name>', 'name of the profile')
    .addHelpText('after', AFTER)
    .action((name: string) => useProfile(context, name));
}

async function useProfile(context: Context, name: string): Promise<void> {
  const { terminal } = context;
  const store = await context.openProfiles();
  const isEmulator = name === EMULATOR_PROFILE;
  if (isEmulator && !terminal.isAttended) throw unattended();
  await store.use(name);
  const what = isEmulator ? 'the built-in practice Dynamics' : store.profile(name).url;
  await notice(terminal, 'PROFILE_IN_USE', `"${name}" is the default profile now: ${what}`);
}

/** A script that chose it would have every later command of its user work on practice data. */
function unattended(): UsageError {
  return new UsageError('PROFILE_BUILT_IN', 'The emulator can be made the default profile on a terminal only.', {
    hint: 'In a script, name it: --profile emulator, or DYNCAMP_PROFILE=emulator.',
  });
}
