/** From HTTP answers to results: what was done, what was refused, what nobody knows. */
import type { HttpResponse } from '../transport/http.ts';
import type { Trouble } from '../transport/retry-decision.ts';
import { type AnsweredPart, type BatchAnswer, boundaryOf, readBatch } from './batch-reader.ts';
import { serviceError } from './errors.ts';
import type { BatchPart, JsonObject, OperationResult } from './operation.ts';
import { isRead } from './requests.ts';

export type Judging = {
  /** The transport's view of an answer: trouble that may pass, or none. */
  trouble(response: HttpResponse): Trouble | undefined;
};

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** UnExpected: a 500 that says nothing of what happened; a transaction may have been committed before. */
const UNEXPECTED = '0x80040216';

function done(response: HttpResponse): OperationResult {
  const { status, headers } = response;
  if (response.body.trim() === '') return { kind: 'ok', status, headers };
  try {
    const body: unknown = JSON.parse(response.body);
    if (isJsonObject(body)) return { kind: 'ok', status, headers, body };
    return { kind: 'unknown', error: new Error('the answer is no JSON object') };
  } catch (cause) {
    return { kind: 'unknown', error: new Error('the answer is broken off or no JSON', { cause }) };
  }
}

/** One answer of one operation. */
export function judgeResponse(response: HttpResponse, read: boolean, judging: Judging): OperationResult {
  if (response.status >= 200 && response.status < 300) return done(response);
  const error = serviceError(response);
  const trouble = judging.trouble(response);
  if (trouble?.kind === 'throttled') return { kind: 'not-run', error };
  const isVague = trouble !== undefined || (response.status >= 500 && error.dataverseCode === UNEXPECTED && !read);
  if (isVague) return read ? { kind: 'not-run', error } : { kind: 'unknown', error };
  return { kind: 'refused', error };
}

/** A change set is done when all of its operations are; one refusal is the refusal of all. */
function judgeChangeSet(
  responses: readonly HttpResponse[],
  size: number,
  isComplete: boolean,
  judging: Judging,
): OperationResult {
  const results = responses.map((response) => judgeResponse(response, false, judging));
  const failed = results.find((result) => result.kind !== 'ok');
  if (failed !== undefined) return failed;
  const [first] = responses;
  if (isComplete && responses.length === size && first !== undefined) {
    return { kind: 'ok', status: first.status, headers: first.headers };
  }
  return { kind: 'unknown', error: new Error('the answer to a change set is incomplete') };
}

function judgePart(answered: AnsweredPart, part: BatchPart, judging: Judging): OperationResult {
  if (answered.kind === 'unreadable')
    return { kind: 'unknown', error: new Error('a part of the answer cannot be read') };
  if ('changeSet' in part) {
    const responses = answered.kind === 'single' ? [answered.response] : answered.responses;
    const isComplete = answered.kind === 'single' || answered.isComplete;
    return judgeChangeSet(responses, part.changeSet.length, isComplete, judging);
  }
  if (answered.kind === 'single') return judgeResponse(answered.response, isRead(part), judging);
  return { kind: 'unknown', error: new Error('a change set was answered where none was asked for') };
}

function judgeParts(parts: readonly BatchPart[], answer: BatchAnswer, judging: Judging): OperationResult[] {
  // More answers than questions: none of them can be matched with certainty.
  if (answer.parts.length > parts.length) {
    return parts.map(() => ({
      kind: 'unknown',
      error: new Error('the batch was answered with more parts than it has'),
    }));
  }
  return parts.map((part, index) => {
    const answered = answer.parts[index];
    if (answered !== undefined) return judgePart(answered, part, judging);
    if (answer.isComplete) return { kind: 'not-run' };
    return { kind: 'unknown', error: new Error('the answer broke off before this part') };
  });
}

/** Results in the order of the parts, one per part. The outer status says nothing when the body is in parts (sources disagree on it). */
export function judgeBatch(parts: readonly BatchPart[], response: HttpResponse, judging: Judging): OperationResult[] {
  const boundary = boundaryOf(response.headers['content-type']);
  if (boundary !== undefined) return judgeParts(parts, readBatch(response.body, boundary), judging);
  if (response.status < 300) {
    return parts.map(() => ({ kind: 'unknown', error: new Error('the batch was answered without parts') }));
  }
  // Nothing of a batch is run when it is refused as a whole; but a gateway's error says nothing of what ran behind it.
  const error = serviceError(response);
  const isRefusal = response.status < 500 && judging.trouble(response) === undefined;
  return parts.map(() => (isRefusal ? { kind: 'refused', error } : { kind: 'unknown', error }));
}
