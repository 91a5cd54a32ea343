/** `dyncamp runs list`: what was run from this machine, newest first. */
import type { Command } from 'commander';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { plural, shortRunId } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { shortLocalTime } from '../../terminal/table.ts';
import { addListingOptions, type Listing, type ListingOptions, openListing } from '../listing.ts';
import { parseCount } from '../options.ts';
import { addOrganizationOption, type OrganizationOption, openLocalJournal } from './local-journal.ts';
import { outcomesOf, runRow } from './run-row.ts';

type RunsListOptions = ListingOptions &
  OrganizationOption & {
    readonly campaign?: string | undefined;
    readonly limit: number;
  };

const DEFAULT_LIMIT = 20;

const AFTER = `
Reads the journal on this machine; sends nothing to Dynamics. It keeps runs
for 30 days, and longer while changes are open or events undelivered.

Examples:
  $ dyncamp runs list
  $ dyncamp runs list --campaign "Spring Launch" -n 5
  $ dyncamp runs list -o json | jq '.[] | select(.exitCode != 0) | .id'`;

export function define(command: Command, context: Context): void {
  command
    .option('--campaign <campaign>', 'only runs on this campaign')
    .option('-n, --limit <n>', 'number of runs to show', parseCount(1), DEFAULT_LIMIT);
  addListingOptions(addOrganizationOption(command), [...COLUMNS, 'counts'])
    .addHelpText('after', AFTER)
    .action((options: RunsListOptions) => context.endWith(listRuns(context, options)));
}

/** What a user may name: `run` is the id, in a table its beginning, which is enough for `runs show`. */
const COLUMNS = [
  'run',
  'id',
  'command',
  'campaign',
  'campaignId',
  'started',
  'finished',
  'status',
  'exitCode',
  'outcomes',
];
const TABLE_COLUMNS = ['run', 'started', 'command', 'campaign', 'status', 'exitCode', 'outcomes'];
const LAYOUT = { leastFirst: ['exitCode', 'command', 'started', 'status'], mayCut: [] };
const CSV_COLUMNS = COLUMNS.slice(1);

async function listRuns(context: Context, options: RunsListOptions): Promise<number> {
  const listing = openListing(context.terminal, options, [...COLUMNS, 'counts']);
  const journal = (await openLocalJournal(context, options))?.journal;
  // One more than is shown tells whether there are more.
  const found = journal === undefined ? [] : [...(await runsOf(journal, options))];
  const count = await writeRows(context.terminal, {
    rows: rowsOf(found.slice(0, options.limit), journal, listing),
    ...listing.shown(listing.isTable ? TABLE_COLUMNS : CSV_COLUMNS),
    layout: LAYOUT,
  });
  if (journal !== undefined && count === 0)
    await notice(context.terminal, 'NOTHING', 'There are no runs on this machine yet.');
  if (found.length > count)
    await notice(context.terminal, 'MORE', `Showing the last ${plural(count, 'run')}. For more: -n ${count * 5}`);
  return EXIT.done;
}

async function runsOf(journal: Journal, options: RunsListOptions): Promise<Iterable<RunRecord>> {
  const limit = options.limit + 1;
  if (options.campaign === undefined) return journal.runs({ limit });
  const { findKnownCampaign } = await import('./find-known-campaign.ts');
  return journal.runs({ campaignId: findKnownCampaign(journal, options.campaign), limit });
}

function* rowsOf(
  runs: readonly RunRecord[],
  journal: Journal | undefined,
  { isTable, isChosen }: Listing,
): Iterable<object> {
  for (const run of runs) {
    const row = runRow(run);
    if (isTable)
      yield {
        ...row,
        run: shortRunId(run.id),
        started: shortLocalTime(run.startedAt),
        outcomes: outcomesOf(run, journal?.reportedBy(run.id) ?? []),
      };
    else yield isChosen ? { ...row, run: run.id } : row;
  }
}
