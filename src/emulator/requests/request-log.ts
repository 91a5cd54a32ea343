/** Requests and answers, for tests that look at the wire. */
import type { WireRequest } from './wire.ts';

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
  add(entry: Omit<RequestLogEntry, 'number'>, request: WireRequest): void;
  entries(): readonly RequestLogEntry[];
  clear(): void;
};

/** The older half is dropped once requests and parts together are more than this: a server that runs for days must not grow. */
const MOST_KEPT = 200_000;

export function openRequestLog(
  onRequest: ((entry: RequestLogEntry, request: WireRequest) => void) | undefined,
): RequestLog {
  let kept: RequestLogEntry[] = [];
  let count = 0;
  let weight = 0;
  return {
    add(entry, request) {
      count += 1;
      const numbered = { number: count, ...entry };
      kept.push(numbered);
      weight += weightOf(numbered);
      onRequest?.(numbered, request);
      if (weight <= MOST_KEPT) return;
      kept = kept.slice(Math.ceil(kept.length / 2));
      weight = kept.reduce((sum, each) => sum + weightOf(each), 0);
    },
    entries: () => kept,
    clear() {
      kept = [];
      weight = 0;
    },
  };
}

function weightOf(entry: RequestLogEntry): number {
  return 1 + (entry.parts?.length ?? 0);
}
