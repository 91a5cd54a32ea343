/** `dyncamp login`: a person signs in, for a profile whose way of signing in is browser or device code. */
import type { Command } from 'commander';
import type { Context } from '../run/context.ts';
import { notice } from '../terminal/report-error.ts';

type LoginOptions = {
  readonly device?: boolean | undefined;
};

const AFTER = `
Examples:
  $ dyncamp login                          # for the profile in use
  $ dyncamp login --profile prod
  $ dyncamp login --profile prod --device  # on a machine without a browser`;

export function define(command: Command, context: Context): void {
  command
    .option('--device', 'show a code to enter in a browser on any device')
    .addHelpText('after', AFTER)
    .action((options: LoginOptions) => login(context, options));
}

async function login(context: Context, options: LoginOptions): Promise<void> {
  const { signInPerson } = await import('../run/sign-in-person.ts');
  const settings = await context.settings();
  const userName = await signInPerson(context, settings, options);
  await notice(context.terminal, 'SIGNED_IN', `Signed in to ${settings.origin} as ${userName}.`);
}
