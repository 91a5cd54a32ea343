/**
 * The server's clock, from the Date header of its answers (RFC 9110 §6.6.1). It is the one clock that all machines and runs of an
 * organization share: a machine's own may be wrong, or be set while a request is on its way.
 */
import type { Clock, HttpResponse, Policy, Send } from './http.ts';

type ServerTime = {
  readonly policy: Policy;
  /** Epoch ms; undefined while no answer has named a time. */
  now(): number | undefined;
};

/** A Date header has whole seconds and some delay. Within this difference it is the same clock, and the latest time is the most accurate. */
const SAME_CLOCK_MS = 2_000;

export function readServerTime(clock: Pick<Clock, 'now'>): ServerTime {
  let aheadMs: number | undefined;
  const policy: Policy = (next: Send) => async (request) => {
    const response = await next(request);
    // Errors may come from a server in between, with another clock.
    const date = response.status < 300 ? dateOf(response) : undefined;
    if (date === undefined) return response;
    const seen = date - clock.now();
    const isSameClock = aheadMs !== undefined && Math.abs(seen - aheadMs) <= SAME_CLOCK_MS;
    aheadMs = isSameClock ? Math.max(seen, aheadMs ?? seen) : seen;
    return response;
  };
  return { policy, now: () => (aheadMs === undefined ? undefined : clock.now() + aheadMs) };
}

/** The Date header in epoch ms. */
export function dateOf({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? undefined : date;
}
