/** What was asked and answered, for tests that look at the wire. */

export type PartLogEntry = { method: string; path: string; status: number; operation: string; contentId?: string };

export type RequestLogEntry = {
  /** Counted from 1. */
  number: number;
  /** ISO 8601, with milliseconds. */
  time: string;
  method: string;
  /** Path and query as sent. */
  path: string;
  operation: string;
  /** 0 where the connection was cut without an answer. */
  status: number;
  ms: number;
  bytesIn: number;
  bytesOut: number;
  /** systemuserid that the work was done as. */
  user?: string;
  /** Parts of a batch, in order. */
  parts?: readonly PartLogEntry[];
  /** Arrived before a Retry-After given to the same user had passed. */
  isInsideRetryAfter: boolean;
  /** Kind of the fault that fired. */
  fault?: string;
  /** An error of the emulator's own, with its stack. */
  error?: string;
};

export type RequestLog = {
  add(entry: Omit<RequestLogEntry, 'number'>): void;
  entries(): readonly RequestLogEntry[];
  clear(): void;
};

/** Older entries are dropped, so that a server that runs for days does not grow. */
const KEPT = 20_000;

export function openRequestLog(onRequest: ((entry: RequestLogEntry) => void) | undefined): RequestLog {
  let kept: RequestLogEntry[] = [];
  let count = 0;
  return {
    add(entry) {
      count += 1;
      const numbered = { number: count, ...entry };
      kept.push(numbered);
      if (kept.length > 2 * KEPT) kept = kept.slice(-KEPT);
      onRequest?.(numbered);
    },
    entries: () => kept,
    clear: () => void kept.splice(0),
  };
}
