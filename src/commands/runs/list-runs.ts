/** The run of `dyncamp runs list`. */
import type { Context } from '../../context.ts';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { type Listing, openListing } from '../columns-option.ts';
import { findKnownCampaign } from './find-known-campaign.ts';
import type { RunsListOptions } from './list.ts';
import { openLocalJournal } from './local-journal.ts';
import { runRow, SHORT_ID, shortTimeText } from './run-row.ts';

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
const CSV_COLUMNS = COLUMNS.slice(1);

export async function listRuns(context: Context, options: RunsListOptions): Promise<number> {
  const listing = openListing(context.terminal, options, [...COLUMNS, 'counts']);
  const journal = (await openLocalJournal(context, options))?.journal;
  const more = { isThere: false };
  const count = await writeRows(context.terminal, {
    rows: journal === undefined ? [] : rowsOf(limited(runsOf(journal, options), options.limit, more), listing),
    ...listing.shown(listing.isTable ? TABLE_COLUMNS : CSV_COLUMNS),
  });
  if (journal !== undefined && count === 0) await notice(context.terminal, 'NOTHING', 'The journal has no runs.');
  if (more.isThere) {
    await notice(context.terminal, 'MORE', `The last ${count} runs are shown. -n ${count * 5} shows more.`);
  }
  return EXIT.done;
}

function runsOf(journal: Journal, { campaign, limit }: RunsListOptions): Iterable<RunRecord> {
  // One more than is shown tells whether there are more.
  if (campaign === undefined) return journal.runs({ limit: limit + 1 });
  return journal.runs({ campaignId: findKnownCampaign(journal, campaign), limit: limit + 1 });
}

function* limited(runs: Iterable<RunRecord>, limit: number, more: { isThere: boolean }): Iterable<RunRecord> {
  let left = limit;
  for (const run of runs) {
    if (left === 0) {
      more.isThere = true;
      return;
    }
    yield run;
    left -= 1;
  }
}

function* rowsOf(runs: Iterable<RunRecord>, { isTable, isChosen }: Listing): Iterable<object> {
  for (const run of runs) {
    const row = runRow(run);
    if (isTable) yield { ...row, run: run.id.slice(0, SHORT_ID), started: shortTimeText(run.startedAt) };
    else yield isChosen ? { ...row, run: run.id } : row;
  }
}
