/** `dyncamp login`: a person signs in, for a profile whose way of signing in is browser or device code. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export type LoginOptions = {
  /** Show a code to enter on another device, also when the profile says browser. */
  readonly device?: boolean | undefined;
};

export type LoginRun = (context: Context, options: LoginOptions) => Promise<void>;

const AFTER = `
Examples:
  $ dyncamp login                          # for the profile in use
  $ dyncamp login --profile prod
  $ dyncamp login --profile prod --device  # on a machine without a browser`;

export function defineLogin(parent: Command, context: Context, run: LoginRun = loginRun): void {
  parent
    .command('login')
    .description('Sign in as yourself, for a profile')
    .option('--device', 'show a code to enter in a browser on any device')
    .addHelpText('after', AFTER)
    .action((options: LoginOptions) => run(context, options));
}

export async function loginRun(context: Context, options: LoginOptions): Promise<void> {
  const { login } = await import('../run/sign-in-person.ts');
  await login(context, options);
}
