/**
 * Runs the parts of a batch in order. Parts outside change sets commit one by one; the first failure stops the rest unless
 * `odata.continue-on-error` was asked for. [documented]
 */

import { refuse } from '../errors/errors.ts';
import { faultFor, type Interference } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import { partCaller } from '../organization/caller.ts';
import { type Execution, execute, MAX_BATCHED_URL } from '../requests/execute.ts';
import type { PartLogEntry } from '../requests/request-log.ts';
import { partOperation } from '../requests/router.ts';
import {
  answerError,
  type Delivery,
  errorToWire,
  readPreferences,
  type WireAnswer,
  type WireRequest,
} from '../requests/wire.ts';
import { inTurn } from '../timing/write-time.ts';
import { ChangeSetFailure, partRequest, runChangeSet } from './change-set.ts';
import { type BatchItem, type BatchRequest, readItems } from './read-batch.ts';
import { type AnsweredItem, type AnsweredPart, multipartAnswer, newBoundary } from './write-batch.ts';

type BatchRun = {
  wire: WireRequest;
  execution: Execution;
  /** U21 (batchThrottling part): what service protection answers to every part instead of the work. */
  throttledWith?: WireAnswer;
};

type BatchResult = Delivery & { parts: readonly PartLogEntry[]; fault?: string };

type PlannedItem = { item: BatchItem; fault?: Interference | undefined };
type DoneItem = PlannedItem & { answered: AnsweredItem };

export async function runBatch(instance: Instance, run: BatchRun): Promise<BatchResult> {
  const { wire, throttledWith } = run;
  const read = readItems(instance, wire);
  if ('unreadable' in read) return withoutParts(read.unreadable);
  const throttled = throttledWith && ({ effect: 'throttle-requests', answer: throttledWith } as const);
  const planned = read.items.map((item) => ({ item, fault: throttled ?? faultOf(instance, wire, item) }));
  const { batchThrottling, batchOuterStatus } = instance.conditions.switches;
  // U21 (batchThrottling): a throttled part answers for the whole batch, or for itself.
  const refused = planned.find(({ fault }) => fault?.effect.startsWith('throttle-'))?.fault?.answer;
  if (refused !== undefined && batchThrottling === 'outer') return withoutParts(refused);
  const { continueOnError } = readPreferences(wire.headers.prefer);
  const done: DoneItem[] = [];
  let stoppedWith: number | undefined;
  for (const item of planned) {
    const answered = await runItem(instance, run, item);
    done.push({ ...item, answered });
    if (run.execution.work.isOutOfTime) return withoutParts({ status: 504, headers: {}, body: '' });
    if (!continueOnError) stoppedWith = answered.parts.find(({ answer }) => answer.status >= 400)?.answer.status;
    if (isCut(item) || stoppedWith !== undefined) break;
  }
  // U21 (batchOuterStatus): always 400, or the status of the part that stopped it.
  const outerStatus = (status: number): number => (batchOuterStatus === 'of-the-part' ? status : 400);
  const items = done.map(({ answered }) => answered);
  const faults = done.flatMap(({ fault }) => fault?.effect ?? []);
  const waits = items.flatMap(({ parts }) => parts).map(({ answer }) => Number(answer.headers['Retry-After'] ?? 0));
  const whole = done.some(({ fault }) => fault?.truncate) ? 'truncate' : 'answer';
  return {
    kind: done.some(isCut) ? 'cut' : whole,
    answer: multipartAnswer(items, stoppedWith === undefined ? 200 : outerStatus(stoppedWith)),
    parts: done.flatMap((item) => logParts(instance, item)),
    retryAfterSeconds: Math.max(0, ...waits),
    ...(faults.length === 0 ? {} : { fault: faults.join(',') }),
  };
}

function withoutParts(answer: WireAnswer): BatchResult {
  return { kind: 'answer', answer, parts: [] };
}

/** A fault cut the connection: nobody gets the answer. */
function isCut({ fault }: PlannedItem): boolean {
  return fault?.reset !== undefined || fault?.workLaterMs !== undefined;
}

function logParts({ schema }: Instance, { item, answered: { parts } }: DoneItem): PartLogEntry[] {
  return item.requests.map(({ method, url, contentId }, index) => ({
    method,
    path: url,
    operation: partOperation(schema, { method, url }),
    status: (parts[index] ?? parts[0])?.answer.status ?? 0,
    ...(contentId === undefined ? {} : { contentId }),
  }));
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

async function runItem(instance: Instance, run: BatchRun, { item, fault }: PlannedItem): Promise<AnsweredItem> {
  const { waitMs, workLaterMs } = fault ?? {};
  if (waitMs !== undefined) await instance.sleep(waitMs);
  if (workLaterMs !== undefined) {
    // The connection is cut now; this item is still done, and none after it.
    instance.background(async () => {
      await instance.sleep(workLaterMs);
      answerItem(instance, run, { item });
    });
    return NOTHING;
  }
  return inTurn(instance, { requests: item.requests, work: run.execution.work }, (refusal) =>
    answerItem(instance, run, {
      item,
      fault: refusal === undefined ? fault : { effect: 'status', answer: errorToWire(refusal) },
    }),
  );
}

/** Where the answer is not sent. */
const NOTHING: AnsweredItem = { parts: [{ answer: { status: 500, headers: {}, body: '' } }] };

function answerItem(instance: Instance, run: BatchRun, { item, fault }: PlannedItem): AnsweredItem {
  const { lateReads = run.execution.lateReads } = fault ?? {};
  const instead = (answer: WireAnswer): AnsweredItem => {
    if (!item.isChangeSet) return { parts: [{ answer }] };
    return failedSet(instance, { answer, contentId: item.requests[0]?.contentId });
  };
  if (fault?.answer !== undefined) return instead(fault.answer);
  if (fault?.reset === 'before') return NOTHING;
  const own = { ...run, execution: { ...run.execution, lateReads } };
  const answered = item.isChangeSet
    ? answerSet(instance, own, item.requests)
    : { parts: item.requests.map((request) => answerSingle(instance, own, request)) };
  if (fault?.distort !== undefined && answered.boundary === undefined) {
    const { distort } = fault;
    return { parts: answered.parts.map(({ contentId, answer }) => ({ contentId, answer: distort(answer) })) };
  }
  return fault?.answerAfter === undefined ? answered : instead(fault.answerAfter);
}

function answerSingle(instance: Instance, { wire: outer, execution }: BatchRun, request: BatchRequest): AnsweredPart {
  const { contentId } = request;
  try {
    const part = partRequest(outer, request, new Map());
    if (/\/\$batch(?:\?|$)/.test(part.target))
      throw refuse.odataException('A batch request cannot contain another batch request.');
    const caller = partCaller(instance, part, { outer, caller: execution.caller });
    return { contentId, answer: execute(instance, part, { ...execution, caller, maxUrl: MAX_BATCHED_URL }) };
  } catch (error) {
    return { contentId, answer: answerError(error, { ...outer, headers: request.headers }).answer };
  }
}

function answerSet(
  instance: Instance,
  { wire: outer, execution }: BatchRun,
  requests: readonly BatchRequest[],
): AnsweredItem {
  try {
    const parts = runChangeSet(instance, { outer, requests, execution });
    return { boundary: newBoundary('changesetresponse'), parts };
  } catch (error) {
    if (!(error instanceof ChangeSetFailure)) throw error;
    const { contentId, headers } = error.request;
    return failedSet(instance, { contentId, answer: answerError(error.cause, { ...outer, headers }).answer });
  }
}

/** U21 (changeSetError): recorded inside the change set's boundary with its Content-ID (v8); may be a bare part. */
function failedSet({ conditions }: Instance, part: AnsweredPart): AnsweredItem {
  if (conditions.switches.changeSetError === 'bare') return { parts: [{ answer: part.answer }] };
  return { boundary: newBoundary('changesetresponse'), parts: [part] };
}
