/** Reads as values: what is asked for, and what an answer must hold to be one; and what their results give. */
import { type DataverseError, DyncampError, TemporaryError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { couldNotRead } from './errors.ts';
import { FETCH_ANNOTATIONS, fetchPath } from './fetchxml.ts';
import { slicesOf } from './groups.ts';
import type { Dataverse, OperationResult, Read } from './operation.ts';

/** A collection. `names`: what each of its rows carries (see Expected). */
export function readRows(path: string, ...names: readonly string[]): Read {
  return { method: 'GET', path, expects: { kind: 'rows', names } };
}

/** The rows of a FetchXML query. Every page has to ask for the annotations: without them it looks like the last. */
export function fetchRows(set: string, xml: string, ...names: readonly string[]): Read {
  return { ...readRows(fetchPath(set, xml), ...names), headers: { prefer: FETCH_ANNOTATIONS } };
}

/** One row, or what a function gives. `names`: properties without which it is not that. */
export function readObject(path: string, ...names: readonly string[]): Read {
  return { method: 'GET', path, expects: { kind: 'object', names } };
}

/** Some seconds of the server's time, and some MB at most. */
const READS_PER_REQUEST = 40;

/** Many reads as a few requests, one after the other. Results in the order of the reads. */
export async function readInTurn(dataverse: Dataverse, reads: readonly Read[]): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  for (const some of slicesOf(reads, READS_PER_REQUEST)) results.push(...(await dataverse.batch(some)));
  return results;
}

/** The body of a read. Throws the refusal or the failure. What an answer is, Dataverse has said. */
export function bodyOf(result: OperationResult | undefined): JsonObject {
  if (result === undefined) throw new Error('A batch answered fewer parts than it was sent.');
  if (result.kind === 'refused') throw couldNotRead(result.error);
  if (result.kind !== 'ok') throw noAnswer(result.error);
  if (result.body === undefined) throw new Error('A read has no body.');
  return result.body;
}

/** The rows of a read: those of a collection, or the one row itself. Throws like bodyOf. */
export function rowsOf(result: OperationResult | undefined): readonly JsonObject[] {
  const body = bodyOf(result);
  return Array.isArray(body.value) ? body.value.filter(isJsonObject) : [body];
}

function noAnswer(cause: Error | undefined): DyncampError {
  if (cause instanceof DyncampError) return cause;
  return new TemporaryError('NO_ANSWER', `Dataverse did not answer: ${cause?.message ?? 'a read was not run'}.`, {
    hint: 'Run the same command again: people who are done are skipped.',
    cause,
  });
}

export const refusedBy = (result: OperationResult | undefined): DataverseError | undefined =>
  result?.kind === 'refused' ? result.error : undefined;
