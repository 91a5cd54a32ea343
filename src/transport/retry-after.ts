/** The Retry-After header (RFC 9110 §10.2.3). */

/** For a 429 that names no time. Dataverse always does; the figure is what Microsoft's samples fall back to, rounded up. */
export const DEFAULT_RETRY_AFTER_MS = 5_000;

/** A server that says 0, or a date gone by, is asked again after a second, not in a tight loop. */
const LEAST_RETRY_AFTER_MS = 1_000;

/** Nobody waits as long; with anything above, times would be none that JavaScript knows. */
const LONGEST_RETRY_AFTER_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Milliseconds to wait: seconds (fractions too) or an HTTP date; the default when missing or unreadable. `nowMs` by the clock of the server
 * where it is known.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Math.ceil(Number(text) * 1_000));
  // Every HTTP date begins with the name of the day; Date.parse alone would take "-7" for a year.
  // The oldest of the three forms (asctime) names no zone; all are meant as GMT.
  const zoned = text.endsWith('GMT') ? text : `${text} GMT`;
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(date) ? DEFAULT_RETRY_AFTER_MS : bounded(date - nowMs);
}

const bounded = (ms: number): number => Math.min(LONGEST_RETRY_AFTER_MS, Math.max(LEAST_RETRY_AFTER_MS, ms));
