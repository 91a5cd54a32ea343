/** `dyncamp logout`: forgets the sign-in that `dyncamp login` keeps for a profile. */
import type { Command } from 'commander';
import { removeTokenCache } from '../auth/token-cache-file.ts';
import type { Context } from '../run/context.ts';
import { notice } from '../terminal/report-error.ts';

const AFTER = `
Examples:
  $ dyncamp logout                  # for the profile in use
  $ dyncamp logout --profile prod
  $ dyncamp logout --profile prod && dyncamp login --profile prod`;

export function define(command: Command, context: Context): void {
  command
    .description('Sign out: forget the sign-in of a profile on this machine')
    .addHelpText('after', AFTER)
    .action(() => logout(context));
}

async function logout(context: Context): Promise<void> {
  const { tokenCachePath } = await import('../run/sign-in.ts');
  const { personSettings } = await import('../run/sign-in-person.ts');
  const settings = await context.settings();
  personSettings(settings);
  const name = settings.source.kind === 'profile' ? settings.source.name : 'environment';
  const existed = removeTokenCache(tokenCachePath(context, name));
  const done = existed
    ? `The sign-in of profile "${name}" is deleted from this machine.`
    : `No one was signed in for profile "${name}".`;
  await notice(context.terminal, 'SIGNED_OUT', done);
}
