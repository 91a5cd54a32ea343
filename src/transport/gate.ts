/**
 * The one gate of a process to its organization: bounds what is in flight, and while a Retry-After runs lets nobody through.
 * pace-decision.ts decides how wide it is.
 */
import { TemporaryError } from '../errors.ts';
import { createDoor } from './door.ts';
import { type Clock, type HttpRequest, type HttpResponse, type Policy, type Send, UnknownResultError } from './http.ts';
import { afterAnswer, allowed, type Pace, type PaceBounds, slowDown, startPace } from './pace-decision.ts';
import { retryAfterMs } from './retry-after.ts';
import { responseTrouble } from './retry-decision.ts';
import type { Waiting } from './waiting.ts';

export type GateOptions = PaceBounds & {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long the gate may stay closed at a stretch, in milliseconds; then those who wait get a TemporaryError. */
  readonly maxWaitMs: number;
};

export type Gate = {
  readonly policy: Policy;
  /** Closes the gate for the time that the headers of a throttled answer (a part of a batch) name. */
  throttled(headers: Readonly<Record<string, string>>): void;
  /** Requests that may be in flight now. */
  limit(): number;
};

/** Processes that share an identity were all told the same moment: each comes back up to this much later, never earlier. */
const SPREAD_MS = 1_000;

function closedTooLong(untilMs: number): TemporaryError {
  const until = new Date(untilMs).toISOString();
  return new TemporaryError('THROTTLED', `Dataverse throttles and asks to wait until ${until}.`, {
    hint: 'Run the same command again later, or allow more time with --max-wait.',
  });
}

/** Requests are compared with their like: same operation, size within a factor of two. */
function kindOf(request: HttpRequest): string {
  const size = request.url.length + (request.body?.length ?? 0);
  return `${request.operation} ${Math.ceil(Math.log2(size))}`;
}

function hintOf(response: HttpResponse): number | undefined {
  const hint = Number.parseInt(response.headers['x-ms-dop-hint'] ?? '', 10);
  return hint >= 1 ? hint : undefined;
}

/** `1,200.00`: with the thousands comma. */
function numberIn(header: string | undefined): number | undefined {
  const value = Number.parseFloat((header ?? '').replaceAll(',', ''));
  return Number.isNaN(value) ? undefined : value;
}

/** What the budgets of requests and of execution time still allow to start, if every request takes as long as this one did. */
function leftOf(response: HttpResponse, latencyMs: number): number | undefined {
  const requests = numberIn(response.headers['x-ms-ratelimit-burst-remaining-xrm-requests']);
  const seconds = numberIn(response.headers['x-ms-ratelimit-time-remaining-xrm-requests']);
  if (requests === undefined && seconds === undefined) return undefined;
  const byTime =
    seconds === undefined ? Number.POSITIVE_INFINITY : Math.floor((seconds * 1_000) / Math.max(1, latencyMs));
  return Math.min(requests ?? Number.POSITIVE_INFINITY, byTime);
}

type Sent = { readonly atMs: number; readonly inFlight: number };

export function createGate(options: GateOptions): Gate {
  const { clock } = options;
  let pace: Pace = startPace(options);
  const door = createDoor({ ...options, limit: () => allowed(pace), tooLong: closedTooLong });

  function close(ms: number, sentAtMs: number): void {
    door.closeFor(ms + (options.shards > 1 ? Math.round(options.random() * SPREAD_MS) : 0));
    pace = slowDown(pace, sentAtMs, clock.now());
  }

  function learn(request: HttpRequest, response: HttpResponse, sent: Sent): void {
    const now = clock.now();
    const trouble = responseTrouble(response, now);
    if (trouble?.kind === 'throttled') {
      close(trouble.retryAfterMs, sent.atMs);
      return;
    }
    const measures = { sentAtMs: sent.atMs, answeredAtMs: now, inFlight: sent.inFlight };
    const told = { hint: hintOf(response), left: leftOf(response, now - sent.atMs) };
    pace = afterAnswer(pace, { ...measures, ...told, kind: kindOf(request) }, options);
  }

  const policy: Policy = (next: Send) => async (request, signal) => {
    await door.enter(signal);
    const sent = { atMs: clock.now(), inFlight: door.inFlight() };
    try {
      const response = await next(request, signal);
      learn(request, response, sent);
      return response;
    } catch (error) {
      const isTimeout = error instanceof UnknownResultError && error.reason === 'timeout';
      if (isTimeout) pace = slowDown(pace, sent.atMs, clock.now());
      throw error;
    } finally {
      door.leave();
    }
  };

  return {
    policy,
    throttled: (headers) => close(retryAfterMs(headers['retry-after'], clock.now()), clock.now()),
    limit: () => allowed(pace),
  };
}
