/**
 * The one gate of a process to its organization: bounds what is in flight, lets requests in by turns, and while a Retry-After runs lets
 * nobody in. pace.ts decides how many may be in flight.
 */
import { TemporaryError } from '../errors.ts';
import { type Clock, type Policy, type Send, UnknownResultError } from './http.ts';
import { afterAnswer, allowed, type Pace, type PaceBounds, slowDown, slowDownAfterTimeout, startPace } from './pace.ts';
import { retryAfterMs } from './retry-after.ts';
import { responseTrouble } from './retry-decision.ts';
import { dateOf } from './server-time.ts';
import { stopped, type Waiting } from './waiting.ts';

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

/** Processes that share an identity were all asked to wait until the same moment: each comes back up to this much later, never earlier. */
const SPREAD_MS = 1_000;

export function createGate(options: GateOptions): Gate {
  const { clock } = options;
  let pace: Pace = startPace(options);
  const semaphore = createSemaphore(options, () => allowed(pace));

  function throttled(ms: number, sentAtMs: number): void {
    semaphore.closeFor(ms + (options.shards > 1 ? Math.round(options.random() * SPREAD_MS) : 0));
    pace = slowDown(pace, sentAtMs, clock.now());
  }

  const policy: Policy = (next: Send) => async (request, signal) => {
    await semaphore.enter(signal);
    const sentAtMs = clock.now();
    const inFlight = semaphore.inFlight();
    try {
      const response = await next(request, signal);
      const answeredAtMs = clock.now();
      const trouble = responseTrouble(response, answeredAtMs);
      if (trouble?.kind === 'throttled') throttled(trouble.retryAfterMs, sentAtMs);
      else pace = afterAnswer(pace, { sentAtMs, answeredAtMs, inFlight, headers: response.headers }, options);
      return response;
    } catch (error) {
      const isTimeout = error instanceof UnknownResultError && error.reason === 'timeout';
      if (isTimeout) pace = slowDownAfterTimeout(pace, sentAtMs, clock.now());
      throw error;
    } finally {
      semaphore.leave();
    }
  };

  return {
    policy,
    throttled: (headers) =>
      throttled(retryAfterMs(headers['retry-after'], dateOf({ headers }) ?? clock.now()), clock.now()),
    limit: () => allowed(pace),
    batchShare: () => pace.batch.share,
  };
}

type Waiter = { readonly enter: () => void; readonly leave: (reason: unknown) => void };

/** Lets callers in one by one, in the order in which they came: never while it is closed, never more than the limit. */
function createSemaphore({ clock, waiting, maxWaitMs }: GateOptions, limit: () => number) {
  const queue = new Set<Waiter>();
  let inFlight = 0;
  let closed = { since: 0, until: 0 };
  let alarm: AbortController | undefined;
  const { stop } = waiting;
  stop?.addEventListener('abort', letIn, { once: true });

  function letIn(): void {
    const now = clock.now();
    const isOpen = now >= closed.until;
    for (const waiter of queue) {
      if (!isOpen || inFlight >= limit()) break;
      inFlight += 1;
      waiter.enter();
    }
    if (!isOpen && closed.until - closed.since > maxWaitMs) sendAway(closedTooLong(closed.until));
    // Nobody waits for a closed gate any more; at an open one it is only for those ahead, who are being answered.
    if (!isOpen && stop?.aborted === true) sendAway(stopped());
    if (queue.size === 0) alarm?.abort();
    else if (!isOpen) wakeIn(closed.until - now);
  }

  function sendAway(error: Error): void {
    for (const waiter of queue) waiter.leave(error);
  }

  /** One sleep for all who wait; it ends early when nobody is left, so that a stopped process need not sit it out. */
  function wakeIn(ms: number): void {
    if (alarm !== undefined) return;
    const mine = new AbortController();
    alarm = mine;
    const wake = (): void => {
      if (alarm === mine) alarm = undefined;
      letIn();
    };
    waiting.sleep(ms, 'throttled', mine.signal).then(wake, wake);
  }

  function stand(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => waiter.leave(signal?.reason);
      const leaveQueue = (): void => {
        queue.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        enter() {
          leaveQueue();
          resolve();
        },
        leave(reason) {
          leaveQueue();
          reject(reason);
        },
      };
      queue.add(waiter);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted === true) onAbort();
    });
  }

  return {
    async enter(signal?: AbortSignal): Promise<void> {
      const turn = stand(signal);
      letIn();
      await turn.finally(letIn);
    },
    leave(): void {
      inFlight -= 1;
      letIn();
    },
    /** Closes for this long from now, or longer if it is closed for longer already. */
    closeFor(ms: number): void {
      const now = clock.now();
      const since = now < closed.until ? closed.since : now;
      closed = { since, until: Math.max(closed.until, now + ms) };
    },
    inFlight: () => inFlight,
  };
}

function closedTooLong(untilMs: number): TemporaryError {
  const until = new Date(untilMs).toISOString();
  return new TemporaryError('THROTTLED', `Dataverse throttles and asks to wait until ${until}.`, {
    hint: 'Run the same command again later, or allow more time with --max-wait.',
  });
}
