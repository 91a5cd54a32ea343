/** `dyncamp runs undo RUN`: takes back what one run did. */
import { type Command, Option } from 'commander';
import type { Context } from '../../run/context.ts';
import type { PeopleCommandOptions } from '../../run/request.ts';
import { filePath, parseCountOrShare } from '../options.ts';
import { addOrganizationOption, type OrganizationOption } from './organization-option.ts';

export type RunsUndoOptions = OrganizationOption &
  Pick<
    PeopleCommandOptions,
    | 'dryRun'
    | 'results'
    | 'report'
    | 'events'
    | 'eventEmail'
    | 'maxFailures'
    | 'allowSharedList'
    | 'partialView'
    | 'yes'
  > & {
    /** Take people out of a campaign that is inactive; nobody can be put back into one. */
    readonly allowInactive?: boolean | undefined;
  };
export type RunsUndoRequest = { readonly run: string; readonly options: RunsUndoOptions };
export type RunsUndoRun = (context: Context, request: RunsUndoRequest) => Promise<number>;

const AFTER = `
Takes out whom the run added, if they are still in as the run put them in, and
puts back whom it removed. People whom it created stay in Dynamics and are
named. Undoing is a run of its own: it has its events and can be undone.
Without a terminal it needs --yes, and 8 characters or more of the run's id.

Examples:
  $ dyncamp runs undo 5f0c9a1e --dry-run --results plan.csv
  $ dyncamp runs undo 5f0c9a1e --yes
  $ dyncamp runs undo "$(dyncamp runs list -n 1 -o jsonl | jq -r .id)" --yes`;

export function defineRunsUndo(parent: Command, context: Context, run: RunsUndoRun = runsUndoRun): void {
  const command = parent
    .command('undo')
    .description('Take out whom a run added and put back whom it removed')
    .argument('<run>', 'id of the run, or its beginning')
    .option('--dry-run', 'read only: say what would happen, write nothing')
    .option('--results <file>', 'write what became of each person to this .csv or .jsonl file', filePath)
    .option('--report <file>', 'write the summary to this JSON file', filePath)
    .option('--no-events', 'print no events; they are kept for `dyncamp events replay`')
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events').choices(['full', 'none']).default('full'),
    )
    .option('--max-failures <n|p%>', 'up to this many failed people are a warning (exit 0)', parseCountOrShare)
    .option('--allow-inactive', 'take people out of a campaign that is inactive')
    .option('--allow-shared-list', 'write to an own list that another campaign uses too')
    .option('--partial-view', 'go on although the user does not see every row')
    .option('--yes', 'answer yes to what would be asked');
  addOrganizationOption(command)
    .addHelpText('after', AFTER)
    .action(async (id: string, options: RunsUndoOptions) => context.endWith(await run(context, { run: id, options })));
}

export async function runsUndoRun(context: Context, request: RunsUndoRequest): Promise<number> {
  const { undoRun } = await import('./undo-run.ts');
  return undoRun(context, request);
}
