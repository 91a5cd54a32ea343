/** One pass of a run over its people: several batches at a time, their results in the order of the input. Memory does not grow with it. */

import type { BatchResult, BatchWork } from '../change/batch-result.ts';
import { type Claims, trackClaims } from '../change/claims.ts';
import type { ListMember } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import { OUTCOME_KINDS } from '../events.ts';
import { batchRows } from '../input/batch-rows.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { type Outcome, outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { Allowed } from '../transport/gate.ts';
import type { Clock } from '../transport/http.ts';
import { inOrder } from './in-order.ts';
import { countRefusals, forbiddenForAll } from './mass-refusal.ts';
import { openRunProgress, type RunProgress } from './progress.ts';
import { shardOfRow } from './shard.ts';
import type { OpenRun, Pass, Work } from './strategy.ts';

/** Beyond what the pace allows on the wire: one is planned or recorded meanwhile. */
const BATCHES_IN_HAND = 1;

/** Throws what stopped the pass, after the last result. */
export async function* runPass(run: OpenRun, pass: Pass): AsyncGenerator<BatchResult> {
  const { context, request, session, intake, results, shard } = run;
  const { label, total, isPreview = false } = pass;
  const { inHand, waitingSeconds } = intake;
  const progress = await openRunProgress(context, { label, total, inHand, waitingSeconds });
  const allowed = () => session.dataverse.allowed();
  let fatal: Error | undefined;
  const batches = pipeline({
    rows: pass.rows,
    work: (rows, claims) => intake.during(rows.length, pass.work(rows, claims)),
    get batchSize() {
      return Math.min(request.options.batchSize, allowed().people ?? Number.POSITIVE_INFINITY);
    },
    get limit() {
      return batchesInFlight(context.options.concurrency, allowed());
    },
    clock: context.clock,
    stop: intake.signal,
    // After an error the results file still gets every row as not reached. Not from a pipe, which may never end.
    drains: !isPreview && results !== undefined && !(run.usesStdin && pass.rows === run.rows),
    progress: isPreview ? { ...progress, note: (rows) => progress.note(rows) } : progress,
    leftOut(row) {
      if (pass.isWhole === true) return undefined;
      if (shard !== undefined && shardOfRow(row, shard.of) + 1 !== shard.index) return 'other-shard';
      return row.kind === 'person' && session.exclusions?.excludesRow(row) === true ? 'excluded' : undefined;
    },
  });
  try {
    for await (const result of batches) {
      fatal ??= result.fatal;
      yield result;
    }
  } finally {
    await progress.stop();
  }
  if (fatal !== undefined) throw fatal;
}

/**
 * At most what the gate lets pass, and one in hand: more would wait there, take memory, and be written long after their people were read.
 * `concurrency` (--concurrency) counts all batches, so that 1 means one after the other.
 */
export function batchesInFlight(
  concurrency: number | undefined,
  { requests, writes }: Pick<Allowed, 'requests' | 'writes'>,
): number {
  return Math.min(concurrency ?? Number.POSITIVE_INFINITY, (writes ?? requests) + BATCHES_IN_HAND);
}

export type PipelineOptions = {
  readonly rows: InputRows;
  readonly work: Work;
  /** People in one batch; asked while one is filled. */
  readonly batchSize: number;
  /** Batches in flight; asked before each is begun. */
  readonly limit: number;
  readonly clock: Clock;
  /** Aborted when no more input is taken, as after a signal, or when the reader of the events went away. */
  readonly stop: AbortSignal;
  /** After an error, read the rest of the input and report it as not reached. */
  readonly drains: boolean;
  /** Gets each batch when it is done. Its result is yielded later, after those of the batches before it. */
  readonly progress?: Pick<RunProgress, 'noteKnown' | 'note'>;
  /** The outcome of a row that the work never sees. */
  readonly leftOut?: (row: InputRow) => 'other-shard' | 'excluded' | undefined;
};

export async function* pipeline(options: PipelineOptions): AsyncGenerator<BatchResult, void> {
  const inFlight = trackClaims();
  const refusals = countRefusals();
  let fatal: DyncampError | undefined;
  let hasDone = false;
  const work = async (rows: readonly InputRow[]): Promise<BatchResult> => {
    if (fatal !== undefined)
      return { outcomes: outcomesOf(rows, new Map(), fatal), events: [], warnings: [], planned: [], fatal };
    const claims = inFlight.begin();
    const result = await gather(rows, workOnSome(rows, claims, options), options.progress).finally(claims.end);
    options.progress?.note(rows, result.outcomes);
    hasDone ||= result.outcomes.some(({ outcome }) => OUTCOME_KINDS[outcome] === 'done');
    fatal ??= result.fatal ?? (hasDone ? undefined : forbiddenForAll(result.outcomes)) ?? refusals(result.outcomes);
    return { ...result, fatal: result.fatal ?? fatal };
  };
  const { clock } = options;
  const batches = batchRows(options.rows, { size: () => options.batchSize, clock });
  yield* inOrder(batches, {
    work,
    limit: () => options.limit,
    isStopped: () => options.stop.aborted || (fatal !== undefined && !options.drains),
    stop: options.stop,
  });
}

/** What the work yielded until it ended or threw. */
export async function gather(
  rows: readonly InputRow[],
  work: BatchWork,
  progress?: PipelineOptions['progress'],
): Promise<BatchResult> {
  const outcomes = new Map<InputRow, Outcome>();
  const events: StoredEvent[] = [];
  const warnings: string[] = [];
  const planned: ListMember[] = [];
  let fatal: DyncampError | undefined;
  try {
    for await (const part of work) {
      for (const [row, outcome] of part.outcomes ?? []) outcomes.set(row, outcome);
      events.push(...(part.events ?? []));
      warnings.push(...(part.warnings ?? []));
      planned.push(...(part.planned ?? []));
      progress?.noteKnown(part.known ?? []);
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  return { outcomes: outcomesOf(rows, outcomes, fatal), events, warnings, planned, fatal };
}

/** One per row. Those without an outcome were not reached; theirs says why, by the error that stopped the run. */
function outcomesOf(
  rows: readonly InputRow[],
  outcomes: ReadonlyMap<InputRow, Outcome>,
  error: DyncampError | undefined,
): readonly Outcome[] {
  const reason = { code: error?.code, message: error?.message };
  return rows.map((row) => outcomes.get(row) ?? outcomeOf(row, 'not-reached', reason));
}

/** People who are left out never reach the server. */
async function* workOnSome(
  rows: readonly InputRow[],
  claims: Claims,
  { work, leftOut = () => undefined }: PipelineOptions,
): BatchWork {
  const outcomes = new Map<InputRow, Outcome>();
  for (const row of rows) {
    const outcome = leftOut(row);
    if (outcome !== undefined) outcomes.set(row, outcomeOf(row, outcome));
  }
  yield { outcomes };
  const rest = rows.filter((row) => !outcomes.has(row));
  if (rest.length > 0) yield* work(rest, claims);
}
