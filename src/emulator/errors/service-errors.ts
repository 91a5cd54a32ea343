/** Service protection, SQL and platform faults. */
import { ODataError } from '../errors.ts';

export type ThrottleKind = 'requests' | 'time' | 'concurrency';

export type ThrottleLimits = { requests: number; executionTimeMs: number; concurrency: number; windowSeconds: number };

const CODES = { requests: '0x80072322', time: '0x80072321', concurrency: '0x80072326' } as const;

export function throttled(kind: ThrottleKind, limits: ThrottleLimits, retryAfterSeconds: number): ODataError {
  return new ODataError(429, CODES[kind], throttleText(kind, limits), { 'Retry-After': String(retryAfterSeconds) });
}

function throttleText(kind: ThrottleKind, limits: ThrottleLimits): string {
  if (kind === 'requests') {
    return `Number of requests exceeded the limit of ${limits.requests} over time window of ${limits.windowSeconds} seconds.`;
  }
  if (kind === 'concurrency') return `Number of concurrent requests exceeded the limit of ${limits.concurrency}.`;
  const milliseconds = limits.executionTimeMs.toLocaleString('en-US');
  return `Combined execution time of incoming requests exceeded limit of ${milliseconds} milliseconds over time window of ${limits.windowSeconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`;
}

export function sqlTimeout(): ODataError {
  return new ODataError(500, '0x80044151', 'SQL timeout expired.');
}

export function unexpected(): ODataError {
  return new ODataError(500, '0x80040216', 'An unexpected error occurred.');
}
