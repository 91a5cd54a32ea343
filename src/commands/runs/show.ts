/** `dyncamp runs show RUN`: the result of one run. */
import type { Command } from 'commander';
import { sourceName } from '../../input/input-row.ts';
import { TAKEN_AGAIN } from '../../input/outcome.ts';
import type { FailedRow, Journal, RunRecord } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { numberText, outcomesInWords, plural, reasonText, shortRunId } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeJson, writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { safeText } from '../../terminal/safe-text.ts';
import { localTime } from '../../terminal/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { wrapLines } from '../../terminal/wrap-text.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../listing.ts';
import { addOrganizationOption, type OrganizationOption, openJournalOf, RUN_ARGUMENT } from './local-journal.ts';
import { type RunRow, reportedText, runRow } from './run-row.ts';

type RunsShowOptions = OutputOptions &
  OrganizationOption & {
    readonly failed?: boolean | undefined;
  };

const AFTER = `
RUN is an id, its first characters if they are unique, or "last": the newest
run. "Not confirmed" (openIntents) counts changes that were sent and that no
answer confirmed: the next run on the campaign checks them. "Not delivered"
(undeliveredEvents) counts events that no reader has received; those of
--no-events were meant for none.

--failed shows the rows of the input that failed or were not attempted, and why:
at most the first 10,000, as long as the journal keeps the run (30 days). The
result of every row, with its columns, is in the file of --results.

Examples:
  $ dyncamp runs show last
  $ dyncamp runs show 5f0c9a1e --failed
  $ dyncamp runs show 5f0c9a1e --failed -o csv > failed.csv
  $ dyncamp runs show 5f0c9a1e -o json | jq .counts`;

export function define(command: Command, context: Context): void {
  command
    .argument('<run>', RUN_ARGUMENT)
    .option('--failed', 'show the rows that failed or were not attempted, and why');
  addOutputOptions(addOrganizationOption(command))
    .addHelpText('after', AFTER)
    .action((id: string, options: RunsShowOptions) => context.endWith(showRun(context, id, options)));
}

type ShownRun = RunRow & {
  readonly events: number;
  /** Unconfirmed changes; not counted while the run is alive. */
  readonly openIntents: number;
  readonly undeliveredEvents: number;
};

async function showRun(context: Context, text: string, options: RunsShowOptions): Promise<number> {
  const { terminal } = context;
  const local = await openJournalOf(context, text, options);
  const { journal, run } = local;
  if (options.failed === true) return showFailed(context, local, options);
  const shown = shownRun(journal, run);
  const format = outputFormat(options, terminal);
  if (format === 'json') await writeJson(terminal, shown);
  else if (format === 'table')
    await writeRows(terminal, { rows: fieldsOf(shown), columns: ['field', 'value'], format });
  else await writeRows(terminal, { rows: [shown], columns: Object.keys(shown), format });
  for (const taken of journal.reportedBy(run.id)) await notice(terminal, 'DONE_BY_OTHER_RUN', reportedText(run, taken));
  await reportNextSteps(context, shown);
  return EXIT.done;
}

/** RESULTS_COLUMNS has the same names: `--only-failed` takes them. `run`, which a results file does not have, shows where they come from. */
const FAILED_COLUMNS = [
  'source',
  'line',
  'ref',
  'outcome',
  'code',
  'message',
  'command',
  'campaignId',
  'organizationId',
  'run',
];

async function showFailed(
  { terminal }: Context,
  { journal, organizationId, run }: Awaited<ReturnType<typeof openJournalOf>>,
  options: RunsShowOptions,
): Promise<number> {
  const format = outputFormat(options, terminal);
  const origin = { command: run.command, campaignId: run.campaignId, organizationId, run: run.id };
  const rows = function* (): Iterable<FailedRow> {
    for (const row of journal.failedRows(run.id)) yield { ...row, ...origin };
  };
  const count =
    format === 'table'
      ? await writeReasons(terminal, journal.failedRows(run.id))
      : await writeRows(terminal, { rows: rows(), columns: FAILED_COLUMNS, format });
  const all = Object.entries(run.counts).reduce(
    (sum, [outcome, people]) => sum + (TAKEN_AGAIN.has(outcome) ? people : 0),
    0,
  );
  if (count === 0) await notice(terminal, 'NOTHING', `No row of run ${shortRunId(run.id)} failed.`);
  if (all > count && count > 0)
    await notice(terminal, 'MORE', `Showing the first ${numberText(count)} of ${numberText(all)}.`);
  return EXIT.done;
}

/** A table would cut the reason, which is what they are read for. Gives their number. */
async function writeReasons({ stdout }: Terminal, rows: Iterable<FailedRow>): Promise<number> {
  let count = 0;
  let source = '';
  for (const row of rows) {
    const { line, ref, outcome, message = '' } = row;
    if (row.source !== source) await stdout.write(`${safeText(sourceName(row.source))}\n`);
    source = row.source;
    const who = ref === '' ? '' : ` (${ref})`;
    const text = `  line ${line}${who}: ${reasonText(outcome, message)}`;
    await stdout.write(`${wrapLines(safeText(text), stdout.columns)}\n`);
    count += 1;
  }
  return count;
}

function shownRun(journal: Journal, run: RunRecord): ShownRun {
  const counted = { events: 0, undeliveredEvents: 0 };
  for (const event of journal.events({ runId: run.id })) {
    counted.events += 1;
    if (!event.delivered) counted.undeliveredEvents += 1;
  }
  const open = journal.openIntents(run.campaignId).filter((intent) => intent.runId === run.id);
  return { ...runRow(run), ...counted, openIntents: open.length };
}

/** For people: in words, what matters most first, and the times of their own clock. */
function fieldsOf(shown: ShownRun): readonly { readonly field: string; readonly value: string }[] {
  const { id, command, campaign, campaignId, started, finished, status, exitCode, counts, ...shownCounts } = shown;
  return [
    ['Run', id],
    ['Command', command],
    ['Campaign', campaign],
    ['Campaign id', campaignId],
    ['Started', localTime(started)],
    ['Ended', finished === null ? 'not yet' : localTime(finished)],
    ['Status', status],
    ['Exit code', exitCode === null ? '-' : String(exitCode)],
    ...outcomesInWords({ outcomes: counts }),
    ['Events', numberText(shownCounts.events)],
    ['Not delivered', numberText(shownCounts.undeliveredEvents)],
    ['Not confirmed', numberText(shownCounts.openIntents)],
  ].map(([field = '', value = '']) => ({ field, value }));
}

async function reportNextSteps(
  { terminal }: Context,
  { id, status, openIntents, undeliveredEvents }: ShownRun,
): Promise<void> {
  if (status === 'running') await notice(terminal, 'RUNNING', 'The run is still in progress.');
  if (openIntents > 0)
    await notice(
      terminal,
      'OPEN_INTENTS',
      'Some changes are not confirmed: the next run on this campaign checks them in Dynamics and reports them.',
    );
  if (status !== 'running' && undeliveredEvents > 0)
    await notice(
      terminal,
      'UNTOLD_EVENTS',
      `${plural(undeliveredEvents, 'event')} of the run not delivered yet. \`dyncamp events replay --run ${id}\` prints them, and so does the next run on this campaign.`,
    );
}
