/** `dyncamp profiles use`. */
import type { Command } from 'commander';
import type { Context } from '../../run/context.ts';

const AFTER = `
The default applies on a terminal only. Scripts must name a profile: --profile
or DYNCAMP_PROFILE.

Examples:
  $ dyncamp profiles use prod
  $ dyncamp profiles use prod && dyncamp profiles show
  $ dyncamp profiles use sandbox && dyncamp sync check`;

export function defineProfilesUse(parent: Command, context: Context): void {
  parent
    .command('use')
    .description('Set the default profile')
    .argument('<name>', 'name of the profile')
    .addHelpText('after', AFTER)
    .action((name: string) => useProfile(context, name));
}

async function useProfile(context: Context, name: string): Promise<void> {
  const { notice } = await import('../../terminal/report-error.ts');
  const store = await context.openProfiles();
  await store.use(name);
  await notice(context.terminal, 'PROFILE_IN_USE', `"${name}" is the default profile now: ${store.profile(name).url}`);
}
