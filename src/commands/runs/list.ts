/** `dyncamp runs list`: what was run from this machine, newest first. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addListingOptions, type ListingOptions } from '../columns-option.ts';
import { parseCount } from '../options.ts';
import { addOrganizationOption, type OrganizationOption } from './organization-option.ts';

export type RunsListOptions = ListingOptions &
  OrganizationOption & {
    /** Only runs on this campaign: its id, code or a name that the journal knows. */
    readonly campaign?: string | undefined;
    /** Most runs shown. */
    readonly limit: number;
  };

export type RunsListRun = (context: Context, options: RunsListOptions) => Promise<number>;

const DEFAULT_LIMIT = 20;

const AFTER = `
The journal of this machine is read; nothing is asked of Dynamics. It keeps runs
for 30 days, and longer while something of them is open or untold.

Examples:
  $ dyncamp runs list
  $ dyncamp runs list --campaign "Spring Launch" -n 5
  $ dyncamp runs list -o json | jq '.[] | select(.exitCode != 0) | .id'`;

export function defineRunsList(parent: Command, context: Context, run: RunsListRun = runsListRun): void {
  const command = parent
    .command('list')
    .description('List the last runs, newest first')
    .option('--campaign <campaign>', 'only runs on this campaign')
    .option('-n, --limit <n>', 'show so many', parseCount(1), DEFAULT_LIMIT);
  addListingOptions(addOrganizationOption(command))
    .addHelpText('after', AFTER)
    .action(async (options: RunsListOptions) => context.endWith(await run(context, options)));
}

export async function runsListRun(context: Context, options: RunsListOptions): Promise<number> {
  const { listRuns } = await import('./list-runs.ts');
  return listRuns(context, options);
}
