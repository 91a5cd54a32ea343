/**
 * A Dataverse organization over its Web API. Knows OData, batches and paging; knows nothing of marketing, and of HTTP only what
 * Transport gives: signed-in, paced and repeated requests.
 */
import { DataverseError } from '../errors.ts';
import { mustSucceed } from './errors.ts';
import { askProtocol, asReads, type Connection, type Met, notMet, readAll, write, writeBatch } from './exchange.ts';
import type { Dataverse, JsonObject, Operation, OperationResult } from './operation.ts';
import { nextPath, pages } from './pages.ts';
import { operationName } from './requests.ts';

export type DataverseOptions = Connection;

async function send(connection: Met, operation: Operation, signal?: AbortSignal): Promise<OperationResult> {
  if (operation.method !== 'GET') return write(connection, operation, signal);
  const [result] = await readAll(connection, [operation], signal);
  return result ?? { kind: 'not-run' };
}

async function readOrThrow(connection: Met, operation: Operation, signal?: AbortSignal): Promise<JsonObject> {
  const result = await send(connection, operation, signal);
  const action = `read ${operationName(operation).replace(/^GET /, '')}`;
  if (result.kind === 'refused') throw mustSucceed(action, result.error);
  if (result.kind !== 'ok' || result.body === undefined) {
    throw new DataverseError('ANSWER_UNREADABLE', `Could not ${action}: the answer is empty.`);
  }
  return result.body;
}

/** What is read in batches fits on a page; a next page that lies elsewhere is an error all the same. Throws SettingsError. */
function refuseForeignPages(origin: string, results: readonly OperationResult[]): readonly OperationResult[] {
  for (const result of results) if (result.kind === 'ok' && result.body !== undefined) nextPath(result.body, origin);
  return results;
}

export function openDataverse(options: DataverseOptions): Dataverse {
  const connection = notMet(options);
  const read = (operation: Operation, signal?: AbortSignal) => readOrThrow(connection, operation, signal);
  return {
    origin: options.origin,
    send: (operation, signal) => send(connection, operation, signal),
    read: (path, signal) => read({ method: 'GET', path }, signal),
    pages: (path, pageOptions) => pages({ origin: options.origin, read }, path, pageOptions),
    async batch(parts, signal) {
      if (parts.length === 0) return [];
      const reads = asReads(parts);
      if (reads === undefined) return writeBatch(connection, parts, signal);
      return refuseForeignPages(options.origin, await readAll(connection, reads, signal));
    },
    ask: (question, signal) => askProtocol(connection, question, signal),
    traffic: () => options.transport.traffic(),
    serverNow: () => options.transport.serverNow(),
    pace: () => ({ limit: options.transport.limit(), batchShare: options.transport.batchShare() }),
  };
}
