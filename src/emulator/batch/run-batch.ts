/**
 * Runs the parts of a batch in order. Parts outside change sets commit one by one; the first failure stops the rest unless
 * `odata.continue-on-error` was asked for. [documented]
 */

import { randomUUID } from 'node:crypto';
import { answerError } from '../answer-error.ts';
import { payloadError } from '../errors/path-errors.ts';
import type { ODataError } from '../errors.ts';
import type { Execution } from '../execute.ts';
import type { Instance } from '../instance.ts';
import { readPreferences } from '../preferences.ts';
import type { PartLogEntry } from '../request-log.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { requireCrlf } from './line-ends.ts';
import { newBoundary } from './part-requests.ts';
import { decideParts, type PlannedItem, throttledAnswer } from './plan-batch.ts';
import { type BatchItem, boundaryOf, readBatch } from './read-batch.ts';
import { runItem } from './run-item.ts';
import { type AnsweredItem, type AnsweredPart, writeBatch } from './write-batch.ts';

const MAX_PARTS = 1000;

export type BatchRun = { wire: WireRequest; execution: Execution; sleep: (ms: number) => Promise<void> };

export type BatchResult = {
  answer: WireAnswer;
  parts: PartLogEntry[];
  /** A fault in a part cut the connection: nobody gets the answer. */
  isCut: boolean;
  /** A fault in a part wants the answer cut short. */
  isTruncated: boolean;
  fault?: string;
};

export async function runBatch(instance: Instance, { wire, execution, sleep }: BatchRun): Promise<BatchResult> {
  const items = readItems(instance, wire);
  if (!Array.isArray(items)) return { answer: items, parts: [], isCut: false, isTruncated: false };
  const planned = decideParts(instance, wire, items);
  const throttled = throttledAnswer(instance, planned);
  if (throttled !== undefined) return { answer: throttled, parts: [], isCut: false, isTruncated: false };
  return runPlanned(instance, { wire, execution, sleep }, planned);
}

function readItems(instance: Instance, wire: WireRequest): BatchItem[] | WireAnswer {
  const boundary = boundaryOf(wire.headers['content-type']);
  if (boundary === undefined)
    throw payloadError('', 'Microsoft.OData.ODataException: The batch request needs a boundary.');
  let items: BatchItem[];
  try {
    if (instance.conditions.switches.batchLineEnds === 'strict') requireCrlf(wire.body);
    items = readBatch(wire.body, boundary);
  } catch (error) {
    return unreadable(error, wire);
  }
  const count = items.reduce((sum, item) => sum + (item.kind === 'request' ? 1 : item.requests.length), 0);
  if (count > MAX_PARTS) throw tooManyParts();
  return items;
}

/** An unreadable stream is answered as 400 with one part that names the failure. [documented] */
function unreadable(error: unknown, wire: WireRequest): WireAnswer {
  const part = answerError(error, wire).answer;
  return multipartAnswer([{ kind: 'answer', part: { answer: part } }], 400);
}

function tooManyParts(): ODataError {
  return payloadError(
    '',
    `Microsoft.OData.ODataException: The current change set or batch exceeds the maximum of ${MAX_PARTS} operations.`,
  );
}

async function runPlanned(instance: Instance, run: BatchRun, planned: readonly PlannedItem[]): Promise<BatchResult> {
  const { continueOnError } = readPreferences(run.wire.headers.prefer);
  const answered: AnsweredItem[] = [];
  const parts: PartLogEntry[] = [];
  const faults: string[] = [];
  let stoppedWith: number | undefined;
  let isCut = false;
  let isTruncated = false;
  for (const item of planned) {
    const outcome = await runItem(instance, run, item);
    parts.push(...outcome.parts);
    if (outcome.fault !== undefined) faults.push(outcome.fault);
    isTruncated ||= outcome.isTruncated;
    isCut = outcome.isCut;
    if (isCut) break;
    answered.push(outcome.item);
    if (outcome.failedWith !== undefined && !continueOnError) {
      stoppedWith = outcome.failedWith;
      break;
    }
  }
  const answer = multipartAnswer(answered, outerStatus(instance, stoppedWith));
  return { answer, parts, isCut, isTruncated, ...(faults.length === 0 ? {} : { fault: faults.join(',') }) };
}

/** U21 (batchOuterStatus): always 400, or the status of the part that stopped it. */
function outerStatus({ conditions }: Instance, stoppedWith: number | undefined): number {
  if (stoppedWith === undefined) return 200;
  return conditions.switches.batchOuterStatus === 'of-the-part' ? stoppedWith : 400;
}

function multipartAnswer(items: readonly AnsweredItem[], status: number): WireAnswer {
  const boundary = newBoundary('batchresponse');
  return {
    status,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}`, 'OData-Version': '4.0' },
    body: writeBatch(items.map(numbered), boundary),
  };
}

/** Every part has a request id of its own. */
function numbered(item: AnsweredItem): AnsweredItem {
  if (item.kind === 'answer') return { kind: 'answer', part: withRequestId(item.part) };
  return { ...item, parts: item.parts.map(withRequestId) };
}

function withRequestId({ answer, ...part }: AnsweredPart): AnsweredPart {
  return { ...part, answer: { ...answer, headers: { REQ_ID: randomUUID(), ...answer.headers } } };
}
