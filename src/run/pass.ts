/** One pass of a run over its people: rows in batches through the given work, several in flight, reports in the order of the rows. */

import type { BatchReport } from '../change/batch-report.ts';
import { pipeline } from './pipeline.ts';
import type { OpenRun, Pass } from './plan.ts';
import { openRunProgress } from './progress.ts';

/** Batches in flight beyond the requests that the pace allows: being planned or written down while others are on the wire. */
const BATCHES_IN_HAND = 2;

/** The reports of the batches, in the order of the rows. Throws what ended the pass, after the last report. */
export async function* runPass(run: OpenRun, pass: Pass): AsyncGenerator<BatchReport> {
  const { context, request, session, ending, files, shard } = run;
  const { label, total } = pass;
  const progress = await openRunProgress(context, { label, total, waitingSeconds: ending.waitingSeconds });
  const allowed = () => session.dataverse.allowed();
  let fatal: Error | undefined;
  const reports = pipeline({
    rows: pass.rows,
    work: (rows, claims) => ending.during(rows.length, pass.work(rows, claims)),
    get batchSize() {
      return Math.min(request.options.batchSize, allowed().people ?? Number.POSITIVE_INFINITY);
    },
    // More would only wait at the gate, cost memory, and be written long after it was read.
    get limit() {
      const { requests, writes } = allowed();
      return context.options.concurrency ?? (writes ?? requests) + BATCHES_IN_HAND;
    },
    clock: context.clock,
    stop: ending.signal,
    // After an error the rest of the input is read on and reported; not from a pipe that may never end.
    drains: pass.isPreview !== true && files.hasResults && !(run.usesStdin && pass.rows === run.rows),
    shard: pass.isWhole === true ? undefined : shard,
    onDone: (outcomes) => (pass.isPreview === true ? progress.note(outcomes.length) : progress.noteOutcomes(outcomes)),
    excludes: (row) => pass.isWhole !== true && session.exclusions?.excludesRow(row) === true,
  });
  try {
    for await (const report of reports) {
      fatal ??= report.fatal;
      yield report;
    }
  } finally {
    await progress.stop();
  }
  if (fatal !== undefined) throw fatal;
}

/** Makes a pass of which only what it throws matters. */
export async function previewPass(run: OpenRun, pass: Omit<Pass, 'isPreview'>): Promise<void> {
  for await (const _ of runPass(run, { ...pass, isPreview: true }));
}
