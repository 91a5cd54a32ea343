/**
 * The one gate of a process to its organization: bounds what is in flight, and while a Retry-After runs lets nobody through.
 * pace-decision.ts decides how wide it is.
 */
import { TemporaryError } from '../errors.ts';
import { afterAnswerInTime, afterTimeout, type BatchShare, FULL_SHARE } from './batch-share.ts';
import { createDoor } from './door.ts';
import { type Clock, type HttpRequest, type HttpResponse, type Policy, type Send, UnknownResultError } from './http.ts';
import {
  afterAnswer,
  allowed,
  type Pace,
  type PaceBounds,
  slowDown,
  slowDownForRequests,
  startPace,
} from './pace-decision.ts';
import { paceAnswer, type Sent } from './pace-headers.ts';
import { retryAfterMs } from './retry-after.ts';
import { hasTooManyRequests, responseTrouble } from './retry-decision.ts';
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
  /** How much of the usual batch should go into one request now: 1, less after time-outs. */
  batchShare(): number;
};

/** Processes that share an identity were all told the same moment: each comes back up to this much later, never earlier. */
const SPREAD_MS = 1_000;

function closedTooLong(untilMs: number): TemporaryError {
  const until = new Date(untilMs).toISOString();
  return new TemporaryError('THROTTLED', `Dataverse throttles and asks to wait until ${until}.`, {
    hint: 'Run the same command again later, or allow more time with --max-wait.',
  });
}

export function createGate(options: GateOptions): Gate {
  const { clock } = options;
  let pace: Pace = startPace(options);
  let batches: BatchShare = FULL_SHARE;
  const busyMs = (): number => clock.busyMs?.() ?? 0;
  const door = createDoor({ ...options, limit: () => allowed(pace), tooLong: closedTooLong });

  function close(ms: number, sentAtMs: number, slower = slowDown): void {
    door.closeFor(ms + (options.shards > 1 ? Math.round(options.random() * SPREAD_MS) : 0));
    pace = slower(pace, sentAtMs, clock.now());
  }

  function learn(request: HttpRequest, response: HttpResponse, sent: Sent): void {
    const now = clock.now();
    batches = afterAnswerInTime(batches);
    const trouble = responseTrouble(response, now);
    if (trouble?.kind === 'throttled')
      close(trouble.retryAfterMs, sent.atMs, hasTooManyRequests(response) ? slowDownForRequests : slowDown);
    else pace = afterAnswer(pace, paceAnswer(request, response, sent, { nowMs: now, busyMs: busyMs() }), options);
  }

  const policy: Policy = (next: Send) => async (request, signal) => {
    await door.enter(signal);
    const sent = { atMs: clock.now(), inFlight: door.inFlight(), busyMs: busyMs() };
    try {
      const response = await next(request, signal);
      learn(request, response, sent);
      return response;
    } catch (error) {
      const isTimeout = error instanceof UnknownResultError && error.reason === 'timeout';
      if (isTimeout) {
        pace = slowDown(pace, sent.atMs, clock.now());
        batches = afterTimeout(batches, sent.atMs, clock.now());
      }
      throw error;
    } finally {
      door.leave();
    }
  };

  return {
    policy,
    throttled: (headers) => close(retryAfterMs(headers['retry-after'], clock.now()), clock.now()),
    limit: () => allowed(pace),
    batchShare: () => batches.share,
  };
}
