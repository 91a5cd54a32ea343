/** `dyncamp logout`: forgets the sign-in that `dyncamp login` keeps for a profile. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export type LogoutRun = (context: Context) => Promise<void>;

const AFTER = `
Examples:
  $ dyncamp logout                  # for the profile in use
  $ dyncamp logout --profile prod
  $ dyncamp logout --profile prod && dyncamp login --profile prod`;

export function defineLogout(parent: Command, context: Context, run: LogoutRun = logoutRun): void {
  parent
    .command('logout')
    .description('Forget the sign-in of a profile on this machine')
    .addHelpText('after', AFTER)
    .action(() => run(context));
}

export async function logoutRun(context: Context): Promise<void> {
  const { logout } = await import('../run/sign-in-person.ts');
  await logout(context);
}
