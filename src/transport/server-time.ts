/**
 * What time it is by the server's clock, as its answers say (RFC 9110 §6.6.1). It is the one clock that all machines and all runs before an
 * organization share: a machine's own may be wrong, or be set while something is on its way.
 */
import type { Clock, HttpResponse, Policy, Send } from './http.ts';

export type ServerTime = {
  readonly policy: Policy;
  /** Epoch ms; undefined while no answer has named a time. */
  now(): number | undefined;
};

/** A Date header has whole seconds, and was on its way: what differs by no more is the same clock, and the latest time is the truest. */
const SAME_CLOCK_MS = 2_000;

export function readServerTime(clock: Pick<Clock, 'now'>): ServerTime {
  let aheadMs: number | undefined;
  const policy: Policy = (next: Send) => async (request, signal) => {
    const response = await next(request, signal);
    const date = isOfTheOrganization(response) ? dateOf(response) : undefined;
    if (date === undefined) return response;
    const seen = date - clock.now();
    const isSameClock = aheadMs !== undefined && Math.abs(seen - aheadMs) <= SAME_CLOCK_MS;
    aheadMs = isSameClock ? Math.max(seen, aheadMs ?? seen) : seen;
    return response;
  };
  return { policy, now: () => (aheadMs === undefined ? undefined : clock.now() + aheadMs) };
}

/** Errors may come from something in between, with a clock of its own. */
const isOfTheOrganization = ({ status }: HttpResponse): boolean => status >= 200 && status < 300;

/** When an answer says it was made (epoch ms). */
export function dateOf({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? undefined : date;
}
