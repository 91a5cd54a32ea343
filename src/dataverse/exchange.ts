/** Operations sent and judged: once for what writes, until there is an answer for what only reads. */

import { randomUUID } from 'node:crypto';
import { DataverseError } from '../errors.ts';
import { type HttpResponse, UnknownResultError } from '../transport/http.ts';
import type { Transport } from '../transport/open-transport.ts';
import type { Trouble } from '../transport/retry-decision.ts';
import { batchRequest } from './batch-writer.ts';
import { callerRefusal, isNoDataverse, isWebSite, noDataverse, saysWhoAnswers, speaksOData } from './errors.ts';
import { judgeBatch, judgeResponse, lackOfProtocolAnswer } from './judge.ts';
import { encodedLength, MAX_URL, refuseTooLong } from './limits.ts';
import type {
  BatchPart,
  Operation,
  OperationResult,
  ProtocolAnswer,
  ProtocolQuestion,
  Read,
  Write,
} from './operation.ts';
import { protocolRequest } from './protocol-questions.ts';
import { operationName, operationRequest } from './requests.ts';

export type Connection = {
  /** Of parseOrganizationUrl. */
  readonly origin: string;
  readonly transport: Transport;
  /** For boundaries, which only have to be different from everything else; default: random. */
  readonly uuid?: (() => string) | undefined;
};

/** Whether the origin is known to be Dataverse, and how many pages came while it was not. */
export type Met = Connection & { readonly met: { isDataverse: boolean; pages: number } };

export function notMet(connection: Connection): Met {
  return { ...connection, met: { isDataverse: false, pages: 0 } };
}

/** Pages for answers, and nothing else, until the URL is blamed: a few may be a proxy's trouble, and a cron job should outlive that. */
const PAGES_OF_A_WEB_SITE = 4;

/** Until the first answer that can tell. Later ones that make no sense were broken on their way. @throws SettingsError NOT_DATAVERSE. */
function meet({ origin, met }: Met, { response, results }: Exchanged, isBatch: boolean): void {
  if (met.isDataverse || !saysWhoAnswers(response)) return;
  const isStrange = results.every(({ kind }) => kind === 'unknown') && !speaksOData(response);
  met.isDataverse = !isStrange && !isWebSite(response, isBatch);
  if (met.isDataverse) return;
  met.pages += 1;
  if (response.status >= 300 || met.pages >= PAGES_OF_A_WEB_SITE) throw noDataverse(origin, response);
}

type Results = readonly OperationResult[];

/** What one exchange gave, and the longest throttling among its parts. */
type Exchanged = {
  readonly results: Results;
  readonly throttling: Trouble | undefined;
  readonly response: HttpResponse;
};

/** A throttled part closes the gate for everybody, once the parts were judged. */
function watch(transport: Transport) {
  let longest: (Trouble & { kind: 'throttled' }) | undefined;
  return {
    trouble(response: HttpResponse): Trouble | undefined {
      const trouble = transport.trouble(response);
      if (trouble?.kind === 'throttled') {
        transport.throttled(response.headers);
        if (longest === undefined || trouble.retryAfterMs > longest.retryAfterMs) longest = trouble;
      }
      return trouble;
    },
    throttling: () => longest,
  };
}

/** @throws AuthenticationError, PrivilegeError when whoever is signed in is refused altogether. */
function stopIfCallerRefused(results: Results): Results {
  for (const result of results) {
    const stop = result.kind === 'refused' ? callerRefusal(result.error) : undefined;
    if (stop !== undefined) throw stop;
  }
  return results;
}

async function exchangeBatch(connection: Met, parts: readonly BatchPart[], signal?: AbortSignal): Promise<Exchanged> {
  const { origin, transport, uuid = randomUUID } = connection;
  const response = await transport.send(batchRequest(origin, parts, uuid), signal);
  const watched = watch(transport);
  return { results: judgeBatch(parts, response, watched), throttling: watched.throttling(), response };
}

async function exchangeOne(connection: Met, operation: Operation, signal?: AbortSignal): Promise<Exchanged> {
  const response = await connection.transport.send(operationRequest(connection.origin, operation), signal);
  const result = judgeResponse(response, operation, connection.transport);
  return { results: [result], throttling: undefined, response };
}

/** A write: sent once. What happened to it when no answer came is for the caller to find out. */
export async function write(connection: Met, operation: Write, signal?: AbortSignal): Promise<OperationResult> {
  try {
    const { results } = await exchangeOne(connection, operation, signal);
    return stopIfCallerRefused(results)[0] ?? { kind: 'not-run' };
  } catch (error) {
    if (error instanceof UnknownResultError) return { kind: 'unknown', error };
    throw error;
  }
}

/** A batch that writes: sent once, judged part by part. Throws only when nothing of it was done. */
export async function writeBatch(connection: Met, parts: readonly BatchPart[], signal?: AbortSignal): Promise<Results> {
  try {
    const { results } = await exchangeBatch(connection, parts, signal);
    // A refusal of the user stops everything only if nothing was done before it.
    return results.every((result) => result.kind === 'refused') ? stopIfCallerRefused(results) : results;
  } catch (error) {
    if (error instanceof UnknownResultError) return parts.map(() => ({ kind: 'unknown', error }));
    throw error;
  }
}

/** @throws SettingsError when a web page answers whatever is read. */
function stopIfNoDataverse({ origin }: Connection, results: Results): Results {
  const refusals = results.flatMap((result) => (result.kind === 'refused' ? [result.error] : []));
  const [first] = refusals;
  if (first !== undefined && refusals.length === results.length && refusals.every(isNoDataverse))
    throw noDataverse(origin, first);
  return results;
}

type Unanswered = OperationResult & { readonly kind: 'unknown' | 'not-run' };

function isUnanswered(result: OperationResult | undefined): result is Unanswered {
  return result?.kind === 'unknown' || result?.kind === 'not-run';
}

async function exchangeReads(connection: Met, reads: readonly Read[], signal?: AbortSignal): Promise<Exchanged> {
  const [only] = reads;
  const fits = only !== undefined && reads.length === 1 && encodedLength(only.path) <= MAX_URL;
  const exchanged = await (fits ? exchangeOne(connection, only, signal) : exchangeBatch(connection, reads, signal));
  meet(connection, exchanged, !fits);
  return exchanged;
}

/** An answer came and was none; or none came to this part, because the server was busy. */
const troubleOf = ({ kind }: Unanswered): Trouble =>
  kind === 'unknown' ? { kind: 'unclear' } : { kind: 'busy', retryAfterMs: undefined };

/** Only an answer beyond all bounds gets here: the transport repeats or gives up on every other loss of a read. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof UnknownResultError)) return error;
  return new DataverseError('ANSWER_UNREADABLE', `Could not read from Dataverse: ${error.message}.`, { cause: error });
}

function nameOf(reads: readonly Read[]): string {
  const [only] = reads;
  return only !== undefined && reads.length === 1 ? operationName(only) : '$batch (reads)';
}

/**
 * Reads, several in one request, until each is answered or refused; only those that failed for a moment, or had no answer in their answer,
 * are read again.
 * @throws TemporaryError when attempts or waiting are used up; AuthenticationError or PrivilegeError when the user is refused altogether;
 * SettingsError when the URL is no organization's.
 */
export async function readAll(connection: Met, reads: readonly Read[], signal?: AbortSignal): Promise<Results> {
  for (const { path } of reads) refuseTooLong(path);
  const attempts = connection.transport.startAttempts(nameOf(reads));
  let results: Results = reads.map(() => ({ kind: 'not-run' }));
  for (;;) {
    const open = reads.filter((_, index) => isUnanswered(results[index]));
    const { results: fresh, throttling } = await exchangeReads(connection, open, signal).catch((error: unknown) => {
      throw unreadable(error);
    });
    const answers = fresh.values();
    results = results.map((before) => (isUnanswered(before) ? (answers.next().value ?? before) : before));
    const failed = results.find(isUnanswered);
    if (failed === undefined) return stopIfCallerRefused(stopIfNoDataverse(connection, results));
    const cause = failed.error ?? new Error('the server did not answer all parts of a batch');
    await attempts.again(throttling ?? troubleOf(failed), cause, signal);
  }
}

/** Sent as reads are, repeated while the trouble may pass; a refusal is an answer. */
export async function askProtocol(
  connection: Met,
  question: ProtocolQuestion,
  signal?: AbortSignal,
): Promise<ProtocolAnswer> {
  const { transport, origin } = connection;
  const request = protocolRequest(origin, question);
  const attempts = transport.startAttempts(request.operation);
  for (;;) {
    const { status, body } = await transport.send(request, signal).catch((error: unknown) => {
      throw unreadable(error);
    });
    const lack = lackOfProtocolAnswer(question, { status, body });
    if (lack === undefined) return { status, body };
    await attempts.again({ kind: 'unclear' }, new Error(lack), signal);
  }
}
