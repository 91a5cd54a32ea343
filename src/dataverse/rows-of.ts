import { type DataverseError, DyncampError, TemporaryError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { refusedRead } from './errors.ts';
import type { OperationResult } from './operation.ts';

/** The rows of a read: those of a collection, or the one row itself. Throws the refusal or the failure. What an answer is, Dataverse has said. */
export function rowsOf(result: OperationResult | undefined): readonly JsonObject[] {
  if (result === undefined) throw new Error('A batch answered fewer parts than it was sent.');
  if (result.kind === 'refused') throw refusedRead(result.error);
  if (result.kind !== 'ok') throw noAnswer(result.error);
  const { body } = result;
  if (body === undefined) throw new Error('A read has no body.');
  return Array.isArray(body.value) ? body.value.filter(isJsonObject) : [body];
}

function noAnswer(cause: Error | undefined): DyncampError {
  if (cause instanceof DyncampError) return cause;
  return new TemporaryError('NO_ANSWER', `Dataverse did not answer: ${cause?.message ?? 'a read was not run'}.`, {
    hint: 'Run the same command again: people who are done are skipped.',
    cause,
  });
}

/** The refusal, if that is what the answer is. */
export const refusedBy = (result: OperationResult | undefined): DataverseError | undefined =>
  result?.kind === 'refused' ? result.error : undefined;
