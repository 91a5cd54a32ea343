/** Goes over the people of a run, pass by pass: works on them, tells events, counts and writes what became of them, shows how far it is. */
import type { Context } from '../context.ts';
import type { InputPlace, InputRow, InputRows } from '../input/input-row.ts';
import { changePeople } from '../membership/change-people.ts';
import type { ChunkReport } from '../membership/chunk-report.ts';
import { openProgress } from '../terminal/progress.ts';
import { warn } from '../terminal/report-error.ts';
import type { EventTeller } from './deliver.ts';
import type { RunEnding } from './ending.ts';
import { everySecond } from './every-second.ts';
import { openInputSize } from './input-size.ts';
import type { Pass, Passing } from './passes.ts';
import { cameText, progressLine } from './progress-line.ts';
import type { ChangeRequest } from './request.ts';
import type { Going } from './run-change.ts';
import { startTally, type Tallying } from './summary.ts';

type GoingOver = Going & { readonly teller: EventTeller; readonly tally: Tallying };

/** Batches in flight beyond the requests that the pace allows: being planned or written down while others are on the wire. */
const BATCHES_IN_HAND = 2;

export async function goOver(context: Context, request: ChangeRequest, going: GoingOver): Promise<void> {
  const said = new Set<string>();
  const note = (report: ChunkReport): Promise<string> => {
    return tellReport(context, request, { ...going, said }, report);
  };
  for await (const pass of going.passes(passingOf(context, request, going))) {
    await makePass(context, request, going, { ...pass, note });
  }
}

function passingOf(context: Context, request: ChangeRequest, going: GoingOver): Passing {
  const { rows, input, sources, ending, tally } = going;
  // Its rows are not read from the input.
  const planning = { ...going, drains: false, input: { ...input, size: {} } };
  return {
    rows: { [Symbol.asyncIterator]: () => notingItsEnd(rows(), ending) },
    sources: input.sources,
    usesStdin: sources.usesStdin,
    signal: ending.signal,
    endReason: ending.reason,
    tally: tally.current,
    noteStay: tally.noteStay,
    size: input.size,
    preview: (pass, note) => makePass(context, request, planning, { ...pass, note }),
  };
}

async function* notingItsEnd(rows: InputRows, ending: RunEnding): AsyncGenerator<readonly InputRow[]> {
  try {
    yield* rows;
  } finally {
    ending.noteInputEnd();
  }
}

type Noted = Pass & {
  /** Gives what came of it so far, for the line of progress. */
  readonly note: (report: ChunkReport) => string | Promise<string>;
};

async function makePass(context: Context, { options }: ChangeRequest, going: GoingOver, pass: Noted): Promise<void> {
  const { setup, drains, shard, ending } = going;
  const progress = await openProgress(context.terminal, context.clock);
  const { total, label } = pass;
  const size = openInputSize({ ...(total === undefined ? going.input.size : { total }), signal: ending.signal });
  const startedAt = context.clock.now();
  let done = 0;
  let came = '';
  let last: InputPlace | undefined;
  const show = (): void => {
    const waitingSeconds = ending.waitingSeconds();
    // Before the first batch is done there is nothing to say, unless the server keeps it waiting.
    if (done === 0 && waitingSeconds === 0) return;
    const seconds = (context.clock.now() - startedAt) / 1000;
    progress.update(progressLine({ label, done, share: size.share(last), seconds, waitingSeconds, came }));
  };
  const stopShowing = everySecond(context.clock, show);
  let fatal: Error | undefined;
  const pace = () => setup.session.dataverse.pace();
  const reports = changePeople({
    rows: size.counted(pass.rows),
    work: (chunk, claims) => ending.during(chunk.length, pass.work(chunk, claims)),
    get batchSize() {
      return Math.max(1, Math.round(options.batchSize * pace().batchShare));
    },
    // More would only wait at the gate, and cost memory.
    get limit() {
      return context.options.concurrency ?? pace().limit + BATCHES_IN_HAND;
    },
    clock: context.clock,
    stop: ending.signal,
    drains,
    shard: pass.isWhole === true ? undefined : shard,
    excludes: (row) => pass.isWhole !== true && setup.exclusions?.excludesRow(row) === true,
  });
  try {
    for await (const report of reports) {
      came = await pass.note(report);
      done += report.outcomes.length;
      last = report.outcomes.at(-1)?.place ?? last;
      show();
      fatal ??= report.fatal;
    }
  } finally {
    await stopShowing();
    await progress.stop();
  }
  if (fatal !== undefined) throw fatal;
}

async function tellReport(
  context: Context,
  request: ChangeRequest,
  going: GoingOver & { readonly said: Set<string> },
  report: ChunkReport,
): Promise<string> {
  const { ending, teller, tally, said } = going;
  if (report.fatal !== undefined) ending.noteInputEnd();
  await sayOnce(context, report.warnings, said);
  if (!(await teller.tell(report.events))) ending.end('reader-gone');
  await noteOutcomes(request, report, going);
  if (going.files.failure() !== undefined) ending.end('file-failed');
  return cameText(tally.current());
}

async function sayOnce(context: Context, warnings: readonly string[], said: Set<string>): Promise<void> {
  for (const message of warnings) {
    if (!said.has(message)) await warn(context.terminal, 'CAMPAIGN', message);
    said.add(message);
  }
}

async function noteOutcomes(
  request: ChangeRequest,
  report: ChunkReport,
  { setup, files, tally }: GoingOver,
): Promise<void> {
  const chunk = startTally();
  for (const outcome of report.outcomes) {
    tally.add(outcome);
    chunk.add(outcome);
  }
  const { campaignId, organizationId } = setup.session;
  const origin = { command: request.command, campaignId, organizationId };
  if (files.hasResults)
    for (const outcome of report.outcomes)
      await files.write(request.options.dryRun === true ? { ...outcome, dryRun: true } : outcome, origin);
  setup.session.run.count(chunk.current().counts);
}
