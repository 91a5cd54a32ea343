/** The run of `dyncamp runs list`. */
import type { Context } from '../../context.ts';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { type OutputFormat, writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { outputFormat } from '../output-options.ts';
import { findKnownCampaign } from './find-known-campaign.ts';
import type { RunsListOptions } from './list.ts';
import { openLocalJournal } from './local-journal.ts';
import { runRow } from './run-row.ts';

/** A terminal shows the beginning of the id: enough for `runs show`. */
const COLUMNS = {
  table: ['run', 'started', 'command', 'campaign', 'status', 'exitCode', 'outcomes'],
  csv: ['id', 'command', 'campaign', 'campaignId', 'started', 'finished', 'status', 'exitCode', 'outcomes'],
} as const;

export async function listRuns(context: Context, options: RunsListOptions): Promise<number> {
  const format: OutputFormat = outputFormat(options) ?? (context.terminal.stdout.isTTY ? 'table' : 'jsonl');
  const journal = (await openLocalJournal(context, options))?.journal;
  const more = { isThere: false };
  const count = await writeRows(context.terminal, {
    rows: journal === undefined ? [] : rowsOf(limited(runsOf(journal, options), options.limit, more), format),
    columns: COLUMNS[format === 'csv' ? 'csv' : 'table'],
    format,
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

/** The short id is a column of the table only: whoever reads JSON has the whole one. */
function* rowsOf(runs: Iterable<RunRecord>, format: OutputFormat): Iterable<object> {
  for (const run of runs) {
    const row = runRow(run);
    yield format === 'table' ? { ...row, run: run.id.slice(0, 8) } : row;
  }
}
