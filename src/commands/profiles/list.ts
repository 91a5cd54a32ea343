/** `dyncamp profiles list`. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { OutputFormat } from '../../terminal/output.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../output-options.ts';

export type ProfilesListRun = (context: Context, format: OutputFormat | undefined) => Promise<void>;

const AFTER = `
Examples:
  $ dyncamp profiles list
  $ dyncamp profiles list --json
  $ dyncamp profiles list -o csv`;

export function defineProfilesList(parent: Command, context: Context, run: ProfilesListRun = profilesListRun): void {
  const command = parent.command('list').description('List the profiles');
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action((options: OutputOptions) => run(context, outputFormat(options)));
}

export async function profilesListRun(context: Context, format: OutputFormat | undefined): Promise<void> {
  const [{ writeRows }, { EMULATOR_PROFILE }] = await Promise.all([
    import('../../terminal/output.ts'),
    import('../../settings/settings.ts'),
  ]);
  const store = await context.openProfiles();
  const stored = store.names().map((name) => {
    const { url, signIn, organizationId } = store.profile(name);
    return { name, url, signIn: signIn.kind, inUse: store.inUse() === name, organizationId: organizationId ?? null };
  });
  const builtIn = { name: EMULATOR_PROFILE, url: 'built in', signIn: 'none', inUse: false, organizationId: null };
  await writeRows(context.terminal, {
    rows: [...stored, builtIn],
    columns: ['name', 'url', 'signIn', 'inUse', 'organizationId'],
    format,
  });
}
