/** Classifies HTTP answers: done, refused, or unknown. The only place that decides what counts as an answer to a read. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { Trouble } from '../transport/trouble.ts';
import { type AnsweredPart, type BatchAnswer, boundaryOf, readBatch } from './batch-reader.ts';
import { serviceError } from './errors.ts';
import type { BatchPart, Expected, Operation, OperationResult } from './operation.ts';
import { operationName } from './requests.ts';

/** Temporary trouble, as the transport sees it; undefined when there is none. */
type TroubleOf = (response: HttpResponse) => Trouble | undefined;

const unknown = (problem: string, cause?: unknown): OperationResult => ({
  kind: 'unknown',
  error: new Error(problem, { cause }),
});

/** UnExpected: a 500 that does not say what happened. The transaction may have been committed before it. */
const UNEXPECTED = '0x80040216';

function done(response: HttpResponse, operation: Operation): OperationResult {
  const { status, headers } = response;
  const isEmpty = response.body.trim() === '';
  if (isEmpty && operation.method !== 'GET') return { kind: 'ok', status, headers };
  if (isEmpty) return unknown(`the answer is HTTP ${status} with no content`);
  try {
    const body: unknown = JSON.parse(response.body);
    if (!isJsonObject(body)) return unknown('the answer is not a JSON object');
    if (isJsonObject(body.error))
      return unknown(`HTTP ${status} with an error in it: ${serviceError(response).message}`);
    const lack = operation.method === 'GET' ? problemIn(body, operation.expects) : undefined;
    return lack === undefined ? { kind: 'ok', status, headers, body } : unknown(lack);
  } catch (cause) {
    return unknown('the answer is cut off or not JSON', cause);
  }
}

function problemIn(body: JsonObject, expected: Expected): string | undefined {
  if (expected.kind === 'object') {
    const absent = expected.names.find((name) => !isGiven(body[name]));
    return absent === undefined ? undefined : `the answer has no ${absent}`;
  }
  if (!Array.isArray(body.value)) return 'the answer to a query has no list of rows';
  for (const row of body.value) {
    if (!isJsonObject(row)) return 'a row of the answer has no columns';
    const absent = absentOf(row, expected);
    if (absent !== undefined) return `a row of the answer has no ${absent}`;
  }
  return undefined;
}

function absentOf(row: JsonObject, { names, together = [] }: Expected & { readonly kind: 'rows' }): string | undefined {
  const needed = together.some((name) => isGiven(row[name])) ? [...names, ...together] : names;
  return needed.find((name) => !isGiven(row[name]));
}

const isGiven = (value: JsonValue | undefined): boolean => value !== undefined && value !== null && value !== '';

export function classifyResponse(response: HttpResponse, operation: Operation, troubleOf: TroubleOf): OperationResult {
  if (response.status >= 200 && response.status < 300) return done(response, operation);
  const error = serviceError(response, operationName(operation));
  const trouble = troubleOf(response);
  if (trouble?.kind === 'throttled') return { kind: 'not-run', error };
  const isInconclusive =
    trouble !== undefined ||
    (response.status >= 500 && error.dataverseCode === UNEXPECTED && operation.method !== 'GET');
  if (isInconclusive) return { kind: operation.method === 'GET' ? 'not-run' : 'unknown', error };
  return { kind: 'refused', error };
}

/** A change set is done when all its operations are; one refusal refuses them all. */
function classifyChangeSet(
  responses: readonly HttpResponse[],
  operations: readonly Operation[],
  isComplete: boolean,
  troubleOf: TroubleOf,
): OperationResult {
  const [one] = operations;
  const results = responses.flatMap((response, place) => {
    const operation = operations[place] ?? one;
    return operation === undefined ? [] : [classifyResponse(response, operation, troubleOf)];
  });
  const failed = results.find((result) => result.kind !== 'ok');
  if (failed !== undefined) return failed;
  const [first] = responses;
  if (isComplete && responses.length === operations.length && first !== undefined) {
    return { kind: 'ok', status: first.status, headers: first.headers };
  }
  return unknown('the answer to a change set is incomplete');
}

function classifyPart(answered: AnsweredPart, part: BatchPart, troubleOf: TroubleOf): OperationResult {
  const { responses, isChangeSet, isComplete } = answered;
  if (responses === undefined) return unknown('a part of the answer cannot be read');
  if ('changeSet' in part) return classifyChangeSet(responses, part.changeSet, isComplete, troubleOf);
  const [only] = responses;
  if (isChangeSet || only === undefined) return unknown('the answer has a change set that was not requested');
  return classifyResponse(only, part, troubleOf);
}

const isFailure = (answered: AnsweredPart | undefined): boolean =>
  answered?.responses?.some(({ status }) => status >= 400) === true;

function classifyParts(parts: readonly BatchPart[], answer: BatchAnswer, troubleOf: TroubleOf): OperationResult[] {
  // With more answers than parts, none can be matched with certainty.
  if (answer.parts.length > parts.length) {
    return parts.map(() => unknown('the batch was answered with more parts than it has'));
  }
  const results: OperationResult[] = [];
  for (const [index, part] of parts.entries()) {
    const answered = answer.parts[index];
    if (answered !== undefined) results.push(classifyPart(answered, part, troubleOf));
  }
  // The rest was certainly not run only if the service stopped at a failure, which is then the last answered part.
  const hasStopped = answer.isComplete && isFailure(answer.parts.at(-1));
  const rest = parts.slice(results.length).map((): OperationResult => {
    if (hasStopped) return { kind: 'not-run' };
    return unknown('the answer ended before this part');
  });
  return [...results, ...rest];
}

/** A batch that was refused before any of it ran. */
export const isRefusedWhole = ({ status, headers }: HttpResponse): boolean =>
  status === 400 && boundaryOf(headers['content-type']) === undefined;

/** A server that does not know what a batch is has run nothing of it (U43). */
const NOT_IMPLEMENTED = 501;

/** One result per part, in order. When the body is multipart, the outer status is ignored: sources disagree on it. */
export function classifyBatch(
  parts: readonly BatchPart[],
  response: HttpResponse,
  troubleOf: TroubleOf,
): OperationResult[] {
  const boundary = boundaryOf(response.headers['content-type']);
  if (boundary !== undefined) return classifyParts(parts, readBatch(response.body, boundary), troubleOf);
  if (response.status < 300) {
    return parts.map(() => unknown('the batch was answered without parts'));
  }
  // A batch refused as a whole did not run. A gateway's error does not say what ran behind it.
  const isRefusal = (response.status < 500 || response.status === NOT_IMPLEMENTED) && troubleOf(response) === undefined;
  return parts.map((part) => {
    const error = serviceError(response, 'changeSet' in part ? undefined : operationName(part));
    return isRefusal ? { kind: 'refused', error } : { kind: 'unknown', error };
  });
}
