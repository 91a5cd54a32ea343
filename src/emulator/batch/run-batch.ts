/**
 * Runs the parts of a batch in order. Parts outside change sets commit one by one; the first failure stops the rest unless
 * `odata.continue-on-error` was asked for. [documented]
 */

import { faultFor, isThrottle } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import type { PartLogEntry } from '../request-log.ts';
import { partOperation } from '../router.ts';
import { readPreferences, type WireAnswer, type WireRequest } from '../wire.ts';
import { type BatchItem, readItems } from './read-batch.ts';
import { type BatchRun, type ItemOutcome, type PlannedItem, runItem } from './run-item.ts';
import { multipartAnswer, partsOf } from './write-batch.ts';

type BatchResult = {
  answer: WireAnswer;
  parts: PartLogEntry[];
  /** A fault in a part cut the connection: nobody gets the answer. */
  isCut: boolean;
  /** A fault in a part wants the answer cut short. */
  isTruncated: boolean;
  fault?: string;
  /** Longest wait that a part was told. */
  retryAfterSeconds: number;
};

export async function runBatch(instance: Instance, run: BatchRun): Promise<BatchResult> {
  const read = readItems(instance, run.wire);
  if (read.kind === 'unreadable') return withoutParts(read.answer);
  const planned = plan(instance, run, read.items);
  const throttled = throttledAnswer(instance, planned);
  if (throttled !== undefined) return withoutParts(throttled);
  return summary(instance, await runPlanned(instance, run, planned), isContinuing(run));
}

function withoutParts(answer: WireAnswer): BatchResult {
  return { answer, parts: [], isCut: false, isTruncated: false, retryAfterSeconds: 0 };
}

function plan(instance: Instance, { wire, throttledWith }: BatchRun, items: readonly BatchItem[]): PlannedItem[] {
  if (throttledWith === undefined) return decideParts(instance, wire, items);
  const fault = { effect: 'throttle-requests', answer: throttledWith } as const;
  return items.map((item) => ({ item, fault }));
}

function isContinuing({ wire }: BatchRun): boolean {
  return readPreferences(wire.headers.prefer).continueOnError;
}

async function runPlanned(instance: Instance, run: BatchRun, planned: readonly PlannedItem[]): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  for (const item of planned) {
    const outcome = await runItem(instance, run, item);
    outcomes.push(outcome);
    if (outcome.isCut || (outcome.failedWith !== undefined && !isContinuing(run))) break;
  }
  return outcomes;
}

function summary(instance: Instance, outcomes: readonly ItemOutcome[], isContinued: boolean): BatchResult {
  const stoppedWith = isContinued ? undefined : outcomes.at(-1)?.failedWith;
  const items = outcomes.map((outcome) => outcome.item);
  const faults = outcomes.flatMap((outcome) => outcome.fault ?? []);
  const waits = items.flatMap(partsOf).map(({ answer }) => Number(answer.headers['Retry-After'] ?? 0));
  return {
    answer: multipartAnswer(items, outerStatus(instance, stoppedWith)),
    parts: outcomes.flatMap((outcome) => outcome.parts),
    isCut: outcomes.some((outcome) => outcome.isCut),
    isTruncated: outcomes.some((outcome) => outcome.isTruncated),
    retryAfterSeconds: Math.max(0, ...waits),
    ...(faults.length === 0 ? {} : { fault: faults.join(',') }),
  };
}

/** U21 (batchOuterStatus): always 400, or the status of the part that stopped it. */
function outerStatus({ conditions }: Instance, stoppedWith: number | undefined): number {
  if (stoppedWith === undefined) return 200;
  return conditions.switches.batchOuterStatus === 'of-the-part' ? stoppedWith : 400;
}

/** Decides for every part, before any runs, which fault meets it: throttling of a whole batch must come before its first commit. */
function decideParts(instance: Instance, wire: WireRequest, items: readonly BatchItem[]): PlannedItem[] {
  if (instance.faults.isEmpty()) return items.map((item) => ({ item }));
  return items.map((item) => {
    const requests = item.kind === 'request' ? [item.request] : item.requests;
    const faults = requests.map(({ method, url }) => {
      const operation = partOperation(instance.schema, { method, url });
      return faultFor(instance, { method, target: url, operation, isInBatch: true }, wire.origin);
    });
    const fault = faults.find((each) => each !== undefined);
    return fault === undefined ? { item } : { item, fault };
  });
}

/** U21 (batchThrottling): a throttled part answers for the whole batch, or for itself. */
function throttledAnswer({ conditions }: Instance, planned: readonly PlannedItem[]): WireAnswer | undefined {
  if (conditions.switches.batchThrottling === 'part') return undefined;
  return planned.find(({ fault }) => fault !== undefined && isThrottle(fault))?.fault?.answer;
}
