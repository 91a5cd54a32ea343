/**
 * Runs the parts of a batch in order. Parts outside change sets commit one by one; the first failure stops the rest unless
 * `odata.continue-on-error` was asked for. [documented]
 */

import { faultFor, type Interference, isThrottle } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import type { PartLogEntry } from '../request-log.ts';
import { partOperation } from '../router.ts';
import { readPreferences, type WireAnswer, type WireRequest } from '../wire.ts';
import { type BatchItem, readItems } from './read-batch.ts';
import { type BatchRun, type ItemOutcome, type PlannedItem, runItem } from './run-item.ts';
import { multipartAnswer } from './write-batch.ts';

type BatchResult = {
  answer: WireAnswer;
  parts: PartLogEntry[];
  /** A fault in a part cut the connection: nobody gets the answer. */
  isCut: boolean;
  /** A fault in a part wants the answer cut short. */
  isTruncated: boolean;
  fault: string | undefined;
  /** Longest wait that a part was told. */
  retryAfterSeconds: number;
};

export async function runBatch(instance: Instance, run: BatchRun): Promise<BatchResult> {
  const { wire, throttledWith } = run;
  const read = readItems(instance, wire);
  if ('unreadable' in read) return withoutParts(read.unreadable);
  const throttled = throttledWith && ({ effect: 'throttle-requests', answer: throttledWith } as const);
  const planned = read.items.map((item) => ({ item, fault: throttled ?? faultOf(instance, wire, item) }));
  const instead = throttledAnswer(instance, planned);
  if (instead !== undefined) return withoutParts(instead);
  const { continueOnError } = readPreferences(wire.headers.prefer);
  const outcomes: ItemOutcome[] = [];
  for (const item of planned) {
    const outcome = await runItem(instance, run, item);
    outcomes.push(outcome);
    if (run.execution.work.isOutOfTime) return withoutParts(GATEWAY_TIMEOUT);
    if (outcome.isCut || (outcome.failedWith !== undefined && !continueOnError)) break;
  }
  return summary(instance, outcomes, continueOnError);
}

const GATEWAY_TIMEOUT: WireAnswer = { status: 504, headers: {}, body: '' };

function withoutParts(answer: WireAnswer): BatchResult {
  return { answer, parts: [], isCut: false, isTruncated: false, fault: undefined, retryAfterSeconds: 0 };
}

function summary(instance: Instance, outcomes: readonly ItemOutcome[], isContinued: boolean): BatchResult {
  const items = outcomes.map(({ answered }) => answered);
  const stoppedWith = isContinued ? undefined : outcomes.at(-1)?.failedWith;
  const faults = outcomes.flatMap(({ fault }) => fault ?? []);
  const waits = items.flatMap(({ parts }) => parts).map(({ answer }) => Number(answer.headers['Retry-After'] ?? 0));
  return {
    answer: multipartAnswer(items, outerStatus(instance, stoppedWith)),
    parts: outcomes.flatMap(({ parts }) => parts),
    isCut: outcomes.some(({ isCut }) => isCut),
    isTruncated: outcomes.some(({ isTruncated }) => isTruncated),
    retryAfterSeconds: Math.max(0, ...waits),
    fault: faults.length === 0 ? undefined : faults.join(','),
  };
}

/** U21 (batchOuterStatus): always 400, or the status of the part that stopped it. */
function outerStatus({ conditions }: Instance, stoppedWith: number | undefined): number {
  if (stoppedWith === undefined) return 200;
  return conditions.switches.batchOuterStatus === 'of-the-part' ? stoppedWith : 400;
}

/** Decided for every part before any runs: throttling of a whole batch must come before its first commit. */
function faultOf(instance: Instance, { origin }: WireRequest, { requests }: BatchItem): Interference | undefined {
  if (instance.faults.isEmpty()) return undefined;
  const faults = requests.map(({ method, url }) => {
    const operation = partOperation(instance.schema, { method, url });
    return faultFor(instance, { method, target: url, operation, isInBatch: true }, origin);
  });
  return faults.find((each) => each !== undefined);
}

/** U21 (batchThrottling): a throttled part answers for the whole batch, or for itself. */
function throttledAnswer({ conditions }: Instance, planned: readonly PlannedItem[]): WireAnswer | undefined {
  if (conditions.switches.batchThrottling === 'part') return undefined;
  return planned.find(({ fault }) => fault !== undefined && isThrottle(fault))?.fault?.answer;
}
