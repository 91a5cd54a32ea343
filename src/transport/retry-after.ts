/** The Retry-After header (RFC 9110 §10.2.3). */

/** For a 429 without a time. Dataverse always names one; this is the fallback of Microsoft's samples, rounded up. */
export const DEFAULT_RETRY_AFTER_MS = 5_000;

/** A 0 or a past date must not lead to a tight loop. */
const LEAST_RETRY_AFTER_MS = 1_000;

/** Far beyond any wait, and still a valid JavaScript date. */
const LONGEST_RETRY_AFTER_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Milliseconds to wait. Takes seconds (fractions too) or an HTTP date; the default when missing or unreadable. `nowMs`: the server's clock
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
