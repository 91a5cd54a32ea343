/**
 * What an answer, a lost connection or an error says about the server: throttled, busy, locked, or nothing that passes. Pure.
 * Rules: Microsoft's "Service protection API limits"; the transient errors of PowerApps-Samples and ServiceClient.
 */
import { DyncampError } from '../errors.ts';
import { type HttpResponse, type LossReason, UnknownResultError } from './http.ts';
import { dateOf } from './server-time.ts';

export type AttemptResult =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'error'; readonly error: unknown };

/** Temporary trouble with one attempt. */
export type Trouble =
  /** Service protection: certainly not done. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** A gateway or the database is overloaded, or a row is locked: the outcome is unknown. `retryAfterMs` if the server named a time. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number | undefined }
  /** An unusable answer to a read: empty, broken off, or without what was asked for. Only the caller can tell. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'not-sent'; readonly reason: LossReason }
  | { readonly kind: 'lost'; readonly reason: LossReason };

const TOO_MANY_REQUESTS = '0x80072322';
/** Requests, execution time, concurrency ("Service protection API limits": -2147015902, -2147015903, -2147015898). */
const THROTTLING_CODES = new Set([TOO_MANY_REQUESTS, '0x80072321', '0x80072326']);
/** Generic SQL error (a deadlock among others), and what else several writes to one row at a time may be refused with (U33), with any status. */
const LOCK_CODES = new Set(['0x80044150', '0x80040255', '0x80040251']);
const SQL_TIMEOUT = '0x80044151';
const TIMEOUT_STATUSES = new Set([408, 504]);
/** Besides the locks: SQL time-out, Azure SQL workers and resources, query throttling, database governor, "Too many requests". */
const BUSY_CODES = new Set([SQL_TIMEOUT, '0x80072324', '0x80072323', '0x80048544', '0x8004a001', '0x8005f103']);
const BUSY_STATUSES = new Set([408, 502, 503, 504]);
const PUT_OFF_STATUSES = new Set([429, 502, 503]);
/** ServiceClient treats generic 500s that name these as transient. */
const BUSY_TEXT = /sql timeout|timeout expired|deadlock/i;

/** How much of a body is searched for a code: it comes before the trace. */
const SEARCHED_CHARACTERS = 4_096;

export function isMultipart({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  return /^\s*multipart\//i.test(headers['content-type'] ?? '');
}

function errorCode(body: string): string | undefined {
  return /"code"\s*:\s*"(0x[0-9a-f]{8})"/i.exec(body.slice(0, SEARCHED_CHARACTERS))?.[1]?.toLowerCase();
}

/** A 500 is final unless it names trouble of the database, or is not from Dataverse (a page of a server in between). */
function isPassing500(body: string, code: string | undefined): boolean {
  if (code !== undefined && BUSY_CODES.has(code)) return true;
  if (!body.trimStart().startsWith('{')) return true;
  return BUSY_TEXT.test(body.slice(0, SEARCHED_CHARACTERS));
}

/** Undefined when the answer is final. A multipart answer is not classified as a whole: its parts are. */
export function responseTrouble(response: HttpResponse, nowMs: number): Trouble | undefined {
  if (response.status < 400 || isMultipart(response)) return undefined;
  const header = response.headers['retry-after'];
  const waitMs = retryAfterMs(header, dateOf(response) ?? nowMs);
  if (response.status === 429) return { kind: 'throttled', retryAfterMs: waitMs };
  const code = errorCode(response.body);
  const isLocked = LOCK_CODES.has(code ?? '');
  if (response.status < 500 && response.status !== 408 && !isLocked) return undefined;
  if (THROTTLING_CODES.has(code ?? '')) return { kind: 'throttled', retryAfterMs: waitMs };
  if (
    isLocked ||
    BUSY_STATUSES.has(response.status) ||
    (response.status === 500 && isPassing500(response.body, code))
  ) {
    return { kind: 'busy', retryAfterMs: header === undefined ? undefined : waitMs };
  }
  return undefined;
}

export function troubleOf(result: AttemptResult, nowMs: number): Trouble | undefined {
  if (result.kind === 'response') return responseTrouble(result.response, nowMs);
  if (!(result.error instanceof UnknownResultError)) return undefined;
  const { notSent, reason } = result.error;
  return { kind: notSent ? 'not-sent' : 'lost', reason };
}

/**
 * `timeout`: the service did not get done, or did not answer, in time: less at a time may help. `locked`: another write held what this one
 * needed (U33).
 */
export function writeTrouble(error: unknown): 'timeout' | 'locked' | undefined {
  if (error instanceof UnknownResultError) return error.reason === 'timeout' ? 'timeout' : undefined;
  if (!(error instanceof DyncampError)) return undefined;
  if (LOCK_CODES.has(error.dataverseCode ?? '')) return 'locked';
  return error.dataverseCode === SQL_TIMEOUT || TIMEOUT_STATUSES.has(error.status ?? 0) ? 'timeout' : undefined;
}

/** Whether the server does nothing now, for anybody: it throttles or is busy. Time-outs and locks depend on what was sent. */
export function putsOff(error: unknown): boolean {
  if (!(error instanceof DyncampError) || writeTrouble(error) !== undefined) return false;
  const { dataverseCode = '', status = 0 } = error;
  return PUT_OFF_STATUSES.has(status) || THROTTLING_CODES.has(dataverseCode) || BUSY_CODES.has(dataverseCode);
}

/** For a 429 without a time. Dataverse always names one; this is the fallback of Microsoft's samples, rounded up. */
export const DEFAULT_RETRY_AFTER_MS = 5_000;

/** A 0 or a past date must not lead to a tight loop. */
const LEAST_RETRY_AFTER_MS = 1_000;

/** Far beyond any wait, and still a valid JavaScript date. */
const LONGEST_RETRY_AFTER_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Milliseconds to wait by the Retry-After header (RFC 9110 §10.2.3). Takes seconds (fractions too) or an HTTP date; the default when missing or unreadable. `nowMs`: the server's clock
 * if known.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Math.ceil(Number(text) * 1_000));
  // Every HTTP date starts with a weekday; Date.parse alone would take "-7" for a year. The asctime form has no zone; all mean GMT.
  const zoned = text.endsWith('GMT') ? text : `${text} GMT`;
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(date) ? DEFAULT_RETRY_AFTER_MS : bounded(date - nowMs);
}

const bounded = (ms: number): number => Math.min(LONGEST_RETRY_AFTER_MS, Math.max(LEAST_RETRY_AFTER_MS, ms));
