/** Sends operations and classifies the answers. Writes are sent once; reads are repeated until there is an answer. */

import { DataverseError } from '../errors.ts';
import { type HttpResponse, UnknownResultError } from '../transport/http.ts';
import type { Transport } from '../transport/open-transport.ts';
import type { Trouble } from '../transport/trouble.ts';
import { batchRequest } from './batch-writer.ts';
import { classifyBatch, classifyResponse, isRefusedWhole } from './classify.ts';
import { stopIfNotDataverse, stopIfWebSite } from './identify.ts';
import { encodedLength, MAX_URL, refuseTooLong } from './limits.ts';
import type { BatchPart, Operation, OperationResult, Read, Write } from './operation.ts';
import { concernsEveryone } from './refusals.ts';
import { isRead, operationName, operationRequest } from './requests.ts';

/** The organization's address, how to reach it, and what its answers have shown so far. */
export type Endpoint = {
  /** Of parseOrganizationUrl. */
  readonly origin: string;
  readonly transport: Transport;
  readonly uuid: () => string;
  /** Whether the origin is known to be Dataverse, how many web pages came before it was, and how many parts a batch may have (U35). */
  readonly seen: { isDataverse: boolean; pages: number; mostParts: number };
};

type Exchanged = {
  readonly results: readonly OperationResult[];
  /** The longest among the parts. */
  readonly throttling: Trouble | undefined;
  readonly response: HttpResponse;
  /** The whole batch was refused for one of its parts: alone, that part is refused too. */
  readonly hasBadPart?: boolean;
};

/** A part of a batch that is throttled, or names a time to wait, pauses all requests. Several of one answer slow them down once. */
function watchThrottling(transport: Transport) {
  let longest: (Trouble & { kind: 'throttled' }) | undefined;
  return {
    trouble(response: HttpResponse): Trouble | undefined {
      const trouble = transport.trouble(response);
      const isLonger = trouble?.kind !== 'throttled' || trouble.retryAfterMs > (longest?.retryAfterMs ?? 0);
      if (trouble !== undefined && isLonger) transport.slowDownFor(trouble);
      if (trouble?.kind === 'throttled' && isLonger) longest = trouble;
      return trouble;
    },
    throttling: () => longest,
  };
}

/** @throws DataverseError when everything will be refused: the user, this machine, or what the server is. */
function stopIfAllRefused(results: readonly OperationResult[]): readonly OperationResult[] {
  for (const result of results) if (result.kind === 'refused' && concernsEveryone(result.error)) throw result.error;
  return results;
}

async function exchangeBatch(endpoint: Endpoint, parts: readonly BatchPart[]): Promise<Exchanged> {
  const { origin, transport, seen, uuid } = endpoint;
  if (parts.length > seen.mostParts) return exchangeInTurn(endpoint, parts);
  const response = await transport.send(batchRequest(origin, parts, uuid));
  const isRefused = isRefusedWhole(response) && transport.trouble(response) === undefined;
  if (isRefused && parts.length > 1) {
    // Too many parts, as a rule (U35). Nothing ran.
    const before = seen.mostParts;
    seen.mostParts = Math.min(before, Math.ceil(parts.length / 2));
    const exchanged = await exchangeInTurn(endpoint, parts);
    if (exchanged.hasBadPart === true) seen.mostParts = before;
    return exchanged;
  }
  const watcher = watchThrottling(transport);
  const results = classifyBatch(parts, response, watcher.trouble);
  return { results, throttling: watcher.throttling(), response, hasBadPart: isRefused };
}

/** As many parts at a time as the service takes, in order. What follows a piece that was sent is unknown when it fails. */
async function exchangeInTurn(endpoint: Endpoint, parts: readonly BatchPart[]): Promise<Exchanged> {
  const { mostParts } = endpoint.seen;
  const first = await exchangeBatch(endpoint, parts.slice(0, mostParts));
  const rest = parts.slice(mostParts);
  if (rest.length === 0) return first;
  try {
    const next = await exchangeBatch(endpoint, rest);
    return {
      results: [...first.results, ...next.results],
      throttling: next.throttling ?? first.throttling,
      response: next.response,
      hasBadPart: first.hasBadPart === true || next.hasBadPart === true,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ...first, results: [...first.results, ...rest.map((): OperationResult => ({ kind: 'unknown', error }))] };
  }
}

async function exchangeOne(endpoint: Endpoint, operation: Operation): Promise<Exchanged> {
  const response = await endpoint.transport.send(operationRequest(endpoint.origin, operation));
  const result = classifyResponse(response, operation, endpoint.transport.trouble);
  return { results: [result], throttling: undefined, response };
}

/** Sends a write once. When no answer comes, the result is `unknown` and the caller has to find out. */
export async function write(endpoint: Endpoint, operation: Write): Promise<OperationResult> {
  try {
    const { results } = await exchangeOne(endpoint, operation);
    return stopIfAllRefused(results)[0] ?? { kind: 'not-run' };
  } catch (error) {
    if (error instanceof UnknownResultError) return { kind: 'unknown', error };
    throw error;
  }
}

/** What a message calls them. */
export const WRITES = '$batch (writes)';

/**
 * Sends a batch with writes once and classifies it part by part; again while all its writes are throttled, as a whole or as parts (U21):
 * none of them was done. Throws only when none of it was done.
 */
export async function writeBatch(endpoint: Endpoint, parts: readonly BatchPart[]): Promise<readonly OperationResult[]> {
  const waitForRetry = endpoint.transport.startAttempts(WRITES);
  try {
    let { results, throttling } = await exchangeBatch(endpoint, parts);
    while (
      throttling !== undefined &&
      parts.every((part, place) => isRead(part) || results[place]?.kind === 'not-run')
    ) {
      await waitForRetry(throttling, undefined);
      ({ results, throttling } = await exchangeBatch(endpoint, parts));
    }
    // A refusal of the user ends the run only if nothing was done before it.
    return results.every((result) => result.kind === 'refused') ? stopIfAllRefused(results) : results;
  } catch (error) {
    if (error instanceof UnknownResultError) return parts.map(() => ({ kind: 'unknown', error }));
    throw error;
  }
}

type Unanswered = OperationResult & { readonly kind: 'unknown' | 'not-run' };

function isUnanswered(result: OperationResult | undefined): result is Unanswered {
  return result?.kind === 'unknown' || result?.kind === 'not-run';
}

async function exchangeReads(endpoint: Endpoint, reads: readonly Read[]): Promise<Exchanged> {
  const [only] = reads;
  const fits = only !== undefined && reads.length === 1 && encodedLength(only.path) <= MAX_URL;
  const exchanged = await (fits ? exchangeOne(endpoint, only) : exchangeBatch(endpoint, reads));
  stopIfWebSite(endpoint, { ...exchanged, isBatch: !fits });
  return exchanged;
}

/** `unknown`: the answer was unusable; `not-run`: this part got none because the server was busy. */
const troubleBehind = ({ kind }: Unanswered): Trouble =>
  kind === 'unknown' ? { kind: 'unclear' } : { kind: 'busy', retryAfterMs: undefined };

/** Only an answer that is too large gets here: the transport repeats every other lost read, or gives up on it. */
export function unreadable(error: unknown): unknown {
  if (!(error instanceof UnknownResultError)) return error;
  return new DataverseError('ANSWER_UNREADABLE', `Could not read from Dataverse: ${error.message}.`, { cause: error });
}

/**
 * Reads, several in one request, until each is answered or refused. Repeats only the reads that failed temporarily or got no usable
 * answer.
 * @throws TemporaryError when attempts or waiting are used up; DataverseError when everything will be refused; SettingsError when the URL
 * does not belong to an organization.
 */
export async function readAll(endpoint: Endpoint, reads: readonly Read[]): Promise<readonly OperationResult[]> {
  for (const { path } of reads) refuseTooLong(path);
  const [only] = reads;
  const name = only !== undefined && reads.length === 1 ? operationName(only) : '$batch (reads)';
  const waitForRetry = endpoint.transport.startAttempts(name);
  let results: readonly OperationResult[] = reads.map(() => ({ kind: 'not-run' }));
  for (;;) {
    const open = reads.filter((_, index) => isUnanswered(results[index]));
    const { results: fresh, throttling } = await exchangeReads(endpoint, open).catch((error: unknown) => {
      throw unreadable(error);
    });
    const answers = fresh.values();
    results = results.map((before) => (isUnanswered(before) ? (answers.next().value ?? before) : before));
    const failed = results.find(isUnanswered);
    if (failed === undefined) return stopIfAllRefused(stopIfNotDataverse(endpoint, results));
    const cause = failed.error ?? new Error('the server did not answer all parts of a batch');
    await waitForRetry(throttling ?? troubleBehind(failed), cause);
  }
}
