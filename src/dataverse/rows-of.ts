import { isJsonObject, type JsonObject } from '../json.ts';
import type { OperationResult } from './operation.ts';

/** The rows of a read: those of a collection, or the one row itself. Throws the refusal or the failure. What an answer is, Dataverse has said. */
export function rowsOf(result: OperationResult | undefined): readonly JsonObject[] {
  if (result === undefined) throw new Error('A batch answered fewer parts than it was sent.');
  if (result.kind === 'refused' || result.kind === 'unknown') throw result.error;
  if (result.kind === 'not-run') throw result.error ?? new Error('A read was not run.');
  const { body } = result;
  if (body === undefined) throw new Error('A read has no body.');
  return Array.isArray(body.value) ? body.value.filter(isJsonObject) : [body];
}
