/**
 * When a request is sent again, and after how long: every rule, as values. Sleeping is retry.ts's part.
 * Rules: Microsoft's "Service protection API limits"; the transient errors of PowerApps-Samples and ServiceClient.
 */
import { type HttpResponse, type LossReason, UnknownResultError } from './http.ts';
import { retryAfterMs } from './retry-after.ts';
import { dateOf } from './server-time.ts';

export type Settled =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'error'; readonly error: unknown };

/** What went wrong with one attempt, as far as it may pass by itself. */
export type Trouble =
  /** Service protection: surely not done. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** A gateway or the database is overloaded: done or not, nobody knows. `retryAfterMs` if the server named a time. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number | undefined }
  /** An answer to a read that is none: empty, broken off, or without what was asked for. Only who asked can tell. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'not-sent'; readonly reason: LossReason }
  | { readonly kind: 'lost'; readonly reason: LossReason };

export type RetryDecision =
  /** Take what came, good or bad. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'repeat'; readonly afterMs: number }
  /** It may pass, but not within the budget; what was asked for was not done. */
  | { readonly kind: 'give-up' };

/** Attempts for troubles without a time of their own; with the longest back-off they cover about two minutes. */
export const MAX_ATTEMPTS = 9;
/** A time-out costs minutes each; a name that does not exist and a proxy that says no mostly stay so. */
const FEW_ATTEMPTS = 3;
const HARDLY_PASSING: ReadonlySet<LossReason> = new Set(['timeout', 'unknown-host', 'proxy']);
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

const TOO_MANY_REQUESTS = '0x80072322';
/** Requests, execution time, concurrency ("Service protection API limits": -2147015902, -2147015903, -2147015898). */
const THROTTLING_CODES = new Set([TOO_MANY_REQUESTS, '0x80072321', '0x80072326']);
/** SQL error and time-out, Azure SQL workers and resources, query throttling, database governor, "Too many requests". */
const BUSY_CODES = new Set([
  '0x80044150',
  '0x80044151',
  '0x80072324',
  '0x80072323',
  '0x80048544',
  '0x8004a001',
  '0x8005f103',
]);
const BUSY_STATUSES = new Set([408, 502, 503, 504]);
/** ServiceClient treats generic 500s that name these as transient. */
const BUSY_TEXT = /sql timeout|timeout expired|deadlock/i;

/** The part of a body that is searched for a code: error bodies are short, and a trace after the code is of no interest. */
const SEARCHED_CHARACTERS = 4_096;

export function isMultipart(response: HttpResponse): boolean {
  return /^\s*multipart\//i.test(response.headers['content-type'] ?? '');
}

function errorCode(body: string): string | undefined {
  return /"code"\s*:\s*"(0x[0-9a-f]{8})"/i.exec(body.slice(0, SEARCHED_CHARACTERS))?.[1]?.toLowerCase();
}

/** A 500 is final unless it names the database's trouble, or is no answer of Dataverse at all (a page of some server in between). */
function isPassing500(body: string, code: string | undefined): boolean {
  if (code !== undefined && BUSY_CODES.has(code)) return true;
  if (!body.trimStart().startsWith('{')) return true;
  return BUSY_TEXT.test(body.slice(0, SEARCHED_CHARACTERS));
}

/** The trouble of an answer; undefined when it is final. An answer in parts is never judged as a whole: its parts are. */
export function responseTrouble(response: HttpResponse, nowMs: number): Trouble | undefined {
  if (response.status < 400 || isMultipart(response)) return undefined;
  const header = response.headers['retry-after'];
  const waitMs = retryAfterMs(header, dateOf(response) ?? nowMs);
  if (response.status === 429) return { kind: 'throttled', retryAfterMs: waitMs };
  if (response.status < 500 && response.status !== 408) return undefined;
  const code = errorCode(response.body);
  if (THROTTLING_CODES.has(code ?? '')) return { kind: 'throttled', retryAfterMs: waitMs };
  if (BUSY_STATUSES.has(response.status) || (response.status === 500 && isPassing500(response.body, code))) {
    return { kind: 'busy', retryAfterMs: header === undefined ? undefined : waitMs };
  }
  return undefined;
}

export function troubleOf(settled: Settled, nowMs: number): Trouble | undefined {
  if (settled.kind === 'response') return responseTrouble(settled.response, nowMs);
  if (!(settled.error instanceof UnknownResultError)) return undefined;
  const { notSent, reason } = settled.error;
  return { kind: notSent ? 'not-sent' : 'lost', reason };
}

/** Exponential with full jitter: anything from nothing to 0.5 s, 1 s, 2 s … 30 s. `random` gives [0, 1). */
export function backoffMs(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1)));
}

function attemptsFor(trouble: Trouble): number {
  if (trouble.kind === 'throttled') return Number.POSITIVE_INFINITY;
  if (trouble.kind === 'busy' || trouble.kind === 'unclear') return MAX_ATTEMPTS;
  if (trouble.reason === 'certificate') return 1;
  return HARDLY_PASSING.has(trouble.reason) ? FEW_ATTEMPTS : MAX_ATTEMPTS;
}

function waitFor(trouble: Trouble, failures: number, random: () => number): number {
  if (trouble.kind === 'throttled') return trouble.retryAfterMs;
  const backoff = backoffMs(failures, random);
  return trouble.kind === 'busy' ? Math.max(trouble.retryAfterMs ?? 0, backoff) : backoff;
}

export type SoFar = {
  /** Attempts that failed otherwise than by throttling, this one included. */
  readonly failures: number;
  /** How long this request has waited between attempts. */
  readonly waitedMs: number;
  /** Whether it may be repeated when nobody knows if it was done. */
  readonly repeatable: boolean;
};

/** Throttled and unsent requests are repeated whatever they are; others only when marked repeatable. */
export function decideRetry(
  trouble: Trouble | undefined,
  soFar: SoFar,
  limits: { readonly maxWaitMs: number; readonly random: () => number },
): RetryDecision {
  if (trouble === undefined) return { kind: 'stop' };
  const surelyNotDone = trouble.kind === 'throttled' || trouble.kind === 'not-sent';
  if (!surelyNotDone && !soFar.repeatable) return { kind: 'stop' };
  if (trouble.kind === 'lost' && trouble.reason === 'too-large') return { kind: 'stop' };
  if (soFar.failures >= attemptsFor(trouble)) return { kind: 'give-up' };
  const afterMs = waitFor(trouble, soFar.failures, limits.random);
  return soFar.waitedMs + afterMs > limits.maxWaitMs ? { kind: 'give-up' } : { kind: 'repeat', afterMs };
}
