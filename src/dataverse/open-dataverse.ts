/**
 * A Dataverse organization over its Web API. Knows OData, batches and paging, but nothing of marketing. Transport signs in, paces and
 * repeats the requests.
 */
import { DyncampError } from '../errors.ts';
import { type Endpoint, readAll, WRITES, write, writeBatch } from './exchange.ts';
import { MAX_BATCH_PARTS } from './limits.ts';
import type { BatchPart, Dataverse, OperationResult, Read } from './operation.ts';
import { type Pager, pages, withAllPages } from './pages.ts';
import { askProtocol } from './protocol-questions.ts';
import { bodyOf } from './reads.ts';
import { isRead } from './requests.ts';

/** The results of a batch, each read with all its pages. */
async function completed(
  parts: readonly BatchPart[],
  results: readonly OperationResult[],
  complete: (read: Read, first: OperationResult) => Promise<OperationResult>,
): Promise<readonly OperationResult[]> {
  const whole: OperationResult[] = [];
  for (const [place, result] of results.entries()) {
    const part = parts[place];
    whole.push(part !== undefined && isRead(part) ? await complete(part, result) : result);
  }
  return whole;
}

/** A failure on a further page makes only that read unknown: the result of the writes stands. */
async function unknownOnError(whole: Promise<OperationResult>): Promise<OperationResult> {
  try {
    return await whole;
  } catch (error) {
    if (error instanceof DyncampError) return { kind: 'unknown', error };
    throw error;
  }
}

export function openDataverse(options: Omit<Endpoint, 'seen'>): Dataverse {
  const endpoint = { ...options, seen: { isDataverse: false, pages: 0, mostParts: MAX_BATCH_PARTS } };
  const { origin, transport } = options;
  const pager: Pager = {
    origin,
    async readPage(read) {
      const [result] = await readAll(endpoint, [read]);
      return result ?? { kind: 'not-run' };
    },
  };
  return {
    origin,
    send: (operation) => write(endpoint, operation),
    read: async (read) => bodyOf(await withAllPages(pager, read, await pager.readPage(read))),
    pages: (read) => pages(pager, read),
    async batch(parts) {
      if (parts.length === 0) return [];
      const whole = (read: Read, first: OperationResult) => withAllPages(pager, read, first);
      const reads = parts.filter(isRead);
      if (reads.length === parts.length) return completed(reads, await readAll(endpoint, reads), whole);
      const results = await writeBatch(endpoint, parts);
      return completed(parts, results, (read, first) => unknownOnError(whole(read, first)));
    },
    ask: (question) => askProtocol(endpoint, question),
    traffic: transport.traffic,
    serverNow: transport.serverNow,
    writeTurn: transport.writeTurn,
    startAttempts: () => transport.startAttempts(WRITES),
    allowed: transport.allowed,
  };
}
