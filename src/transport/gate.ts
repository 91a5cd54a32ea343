/**
 * One semaphore per process and organization: limits requests in flight, first come first served, and admits none while a Retry-After
 * runs. pace.ts decides the limit.
 */
import { TemporaryError } from '../errors.ts';
import { type Clock, type Policy, type Send, UnknownResultError } from './http.ts';
import { afterAnswer, allowed, type Pace, type PaceBounds, slowDown, slowDownAfterTimeout, startPace } from './pace.ts';
import { retryAfterMs } from './retry-after.ts';
import { responseTrouble } from './retry-decision.ts';
import { dateOf } from './server-time.ts';
import { stopped, type Waiting } from './waiting.ts';

type GateOptions = PaceBounds & {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Longest time in ms that the gate may stay closed without a break. After that, waiting requests get a TemporaryError. */
  readonly maxWaitMs: number;
};

export type Gate = {
  readonly policy: Policy;
  /** Closes the gate for the time named by the headers of a throttled part of a batch. */
  throttled(headers: Readonly<Record<string, string>>): void;
  /** Requests that may be in flight now. */
  limit(): number;
  /** Share of the usual batch size to put into one request: 1, less after time-outs. */
  batchShare(): number;
};

/** Processes that share an identity are told to wait until the same moment. Each comes back up to this much later, never earlier. */
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

/** Admits callers in order: never while it is closed, never more than the limit. */
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
    if (!isOpen && closed.until - closed.since > maxWaitMs) rejectWaiters(closedTooLong(closed.until));
    // After a stop nobody waits for a closed gate. At an open one they only wait for requests that are being answered.
    if (!isOpen && stop?.aborted === true) rejectWaiters(stopped());
    if (queue.size === 0) alarm?.abort();
    else if (!isOpen) wakeIn(closed.until - now);
  }

  function rejectWaiters(error: Error): void {
    for (const waiter of queue) waiter.leave(error);
  }

  /** One sleep for the whole queue. It ends early when the queue is empty, so that a stopped process need not wait for it. */
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

  function joinQueue(signal: AbortSignal | undefined): Promise<void> {
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
      const turn = joinQueue(signal);
      letIn();
      await turn.finally(letIn);
    },
    leave(): void {
      inFlight -= 1;
      letIn();
    },
    /** Never shortens a closure. */
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
