/** One item of a batch, a single request or a change set, with the fault that meets it. */

import { partCaller } from '../caller.ts';
import { payloadError } from '../errors/errors.ts';
import { type Execution, execute, MAX_BATCHED_URL } from '../execute.ts';
import type { Interference } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import type { PartLogEntry } from '../request-log.ts';
import { partOperation } from '../router.ts';
import { answerError, type WireAnswer, type WireRequest } from '../wire.ts';
import { ChangeSetFailure, partRequest, runChangeSet } from './change-set.ts';
import type { BatchItem, BatchRequest } from './read-batch.ts';
import { type AnsweredItem, type AnsweredPart, newBoundary } from './write-batch.ts';

export type ItemOutcome = {
  item: AnsweredItem;
  parts: PartLogEntry[];
  failedWith?: number;
  isCut: boolean;
  isTruncated: boolean;
  fault?: string;
};

export async function runItem(instance: Instance, run: BatchRun, { item, fault }: PlannedItem): Promise<ItemOutcome> {
  if (fault?.waitMs !== undefined) await run.sleep(fault.waitMs);
  if (fault?.workLaterMs !== undefined) return doLater(instance, run, { item, fault, ms: fault.workLaterMs });
  const answered = answerItem(instance, withLateReads(run, fault), { item, fault });
  const parts = logParts(instance, item, answered);
  const failedWith = failureOf(answered);
  return {
    item: answered,
    parts,
    ...(failedWith === undefined ? {} : { failedWith }),
    isCut: fault?.reset !== undefined,
    isTruncated: fault?.truncate === true,
    ...(fault === undefined ? {} : { fault: fault.effect }),
  };
}

type Later = { item: BatchItem; fault: Interference; ms: number };

/** The connection is gone at once; this item, and none after it, is still worked on. */
function doLater(instance: Instance, run: BatchRun, { item, fault, ms }: Later): ItemOutcome {
  instance.background(async () => {
    await run.sleep(ms);
    answerItem(instance, run, { item, fault: undefined });
  });
  const nothing: AnsweredItem = { kind: 'answer', part: { answer: NOTHING } };
  return {
    item: nothing,
    parts: logParts(instance, item, nothing),
    isCut: true,
    isTruncated: false,
    fault: fault.effect,
  };
}

function withLateReads(run: BatchRun, fault: Interference | undefined): BatchRun {
  if (fault?.lateReads === undefined) return run;
  return { ...run, execution: { ...run.execution, lateReads: fault.lateReads } };
}

type Faulted = { item: BatchItem; fault: Interference | undefined };

function answerItem(instance: Instance, run: BatchRun, { item, fault }: Faulted): AnsweredItem {
  const instead = fault?.answer ?? (fault?.reset === 'before' ? NOTHING : undefined);
  if (instead !== undefined) return insteadOf(instance, item, instead);
  const answered =
    item.kind === 'request' ? answerSingle(instance, run, item.request) : answerSet(instance, run, item.requests);
  if (fault?.spoil !== undefined && answered.kind === 'answer')
    return { kind: 'answer', part: { ...answered.part, answer: fault.spoil(answered.part.answer) } };
  return fault?.answerAfter === undefined ? answered : insteadOf(instance, item, fault.answerAfter);
}

const NOTHING: WireAnswer = { status: 500, headers: {}, body: '' };

function insteadOf(instance: Instance, item: BatchItem, answer: WireAnswer): AnsweredItem {
  if (item.kind === 'request') return { kind: 'answer', part: { answer } };
  return failedSet(instance, { answer, ...contentIdOf(item.requests[0]) });
}

function answerSingle(instance: Instance, run: BatchRun, request: BatchRequest): AnsweredItem {
  const { wire: outer, execution } = run;
  try {
    const part = partRequest(outer, request, new Map());
    if (/\/\$batch(?:\?|$)/.test(part.target)) throw nestedBatch();
    const caller = partCaller(instance, part, { outer, caller: execution.caller });
    const answer = execute(instance, part, { ...execution, caller, maxUrl: MAX_BATCHED_URL });
    return { kind: 'answer', part: { answer, ...contentIdOf(request) } };
  } catch (error) {
    const { answer } = answerError(error, { ...outer, headers: request.headers });
    return { kind: 'answer', part: { answer, ...contentIdOf(request) } };
  }
}

function nestedBatch() {
  return payloadError('', 'Microsoft.OData.ODataException: A batch request cannot contain another batch request.');
}

function answerSet(instance: Instance, run: BatchRun, requests: readonly BatchRequest[]): AnsweredItem {
  try {
    const parts = runChangeSet(instance, { outer: run.wire, requests, execution: run.execution });
    return { kind: 'change-set', boundary: newBoundary('changesetresponse'), parts };
  } catch (error) {
    if (!(error instanceof ChangeSetFailure)) throw error;
    const { answer } = answerError(error.cause, { ...run.wire, headers: error.request.headers });
    return failedSet(instance, { answer, ...contentIdOf(error.request) });
  }
}

/** U21 (changeSetError): recorded inside the change set's boundary with its Content-ID (v8); may be a bare part. */
function failedSet({ conditions }: Instance, part: AnsweredPart): AnsweredItem {
  if (conditions.switches.changeSetError === 'bare') return { kind: 'answer', part: { answer: part.answer } };
  return { kind: 'change-set', boundary: newBoundary('changesetresponse'), parts: [part] };
}

function contentIdOf(request: BatchRequest | undefined): { contentId?: string } {
  return request?.contentId === undefined ? {} : { contentId: request.contentId };
}

const FIRST_ERROR = 400;

function failureOf(item: AnsweredItem): number | undefined {
  const answers = item.kind === 'answer' ? [item.part.answer] : item.parts.map((part) => part.answer);
  return answers.find((answer) => answer.status >= FIRST_ERROR)?.status;
}

function logParts(instance: Instance, item: BatchItem, answered: AnsweredItem): PartLogEntry[] {
  const requests = item.kind === 'request' ? [item.request] : item.requests;
  const answers = answered.kind === 'answer' ? [answered.part] : answered.parts;
  return requests.map(({ method, url, contentId }, index) => ({
    method,
    path: url,
    operation: partOperation(instance.schema, { method, url }),
    status: (answers[index] ?? answers[0])?.answer.status ?? 0,
    ...(contentId === undefined ? {} : { contentId }),
  }));
}

export type BatchRun = {
  wire: WireRequest;
  execution: Execution;
  sleep: (ms: number) => Promise<void>;
  /** U21 (batchThrottling part): what service protection answers to every part instead of the work. */
  throttledWith?: WireAnswer;
};

export type PlannedItem = { item: BatchItem; fault?: Interference };
