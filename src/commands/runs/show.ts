/** `dyncamp runs show RUN`: the result of one run. */

import type { Command } from 'commander';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/summary.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeJson, writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../output-options.ts';
import { addOrganizationOption, type OrganizationOption } from './organization-option.ts';
import { type RunRow, runRow } from './run-row.ts';

type RunsShowOptions = OutputOptions & OrganizationOption;
type RunsShowRequest = { readonly run: string; readonly options: RunsShowOptions };

const AFTER = `
RUN is an id, or its first characters if they are unique. openIntents are
changes that were sent but are not confirmed: the next run on the campaign
checks them. undeliveredEvents are events that no reader has received yet.

Examples:
  $ dyncamp runs show 5f0c9a1e
  $ dyncamp runs show 5f0c9a1e -o json | jq .counts
  $ dyncamp runs show "$(dyncamp runs list -n 1 -o jsonl | jq -r .id)"`;

export function defineRunsShow(parent: Command, context: Context): void {
  const command = parent
    .command('show')
    .description('Show the result of one run')
    .argument('<run>', 'id of the run, or its first characters');
  addOutputOptions(addOrganizationOption(command))
    .addHelpText('after', AFTER)
    .action(async (id: string, options: RunsShowOptions) =>
      context.endWith(await showRun(context, { run: id, options })),
    );
}

type ShownRun = RunRow & {
  readonly events: number;
  /** Unconfirmed changes; not counted while the run is alive. */
  readonly openIntents: number;
  readonly undeliveredEvents: number;
};

async function showRun(context: Context, { run: text, options }: RunsShowRequest): Promise<number> {
  const { findRun, noRunAtAll } = await import('./find-run.ts');
  const { openLocalJournal } = await import('./local-journal.ts');
  const { terminal } = context;
  const local = await openLocalJournal(context, options);
  if (local === undefined) throw noRunAtAll(text);
  const shown = shownRun(local.journal, findRun(local.journal, text));
  const format = outputFormat(options) ?? (terminal.stdout.isTTY ? 'table' : 'jsonl');
  if (format === 'json') await writeJson(terminal, shown);
  else if (format === 'table')
    await writeRows(terminal, { rows: fieldsOf(shown), columns: ['field', 'value'], format });
  else await writeRows(terminal, { rows: [shown], columns: Object.keys(shown), format });
  await reportNextSteps(context, shown);
  return EXIT.done;
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

function fieldsOf(shown: ShownRun): readonly { readonly field: string; readonly value: unknown }[] {
  const { counts, outcomes, ...rest } = shown;
  return [
    ...Object.entries(rest).map(([field, value]) => ({ field, value })),
    ...Object.entries(counts).map(([outcome, people]) => ({ field: outcome, value: people })),
  ];
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
