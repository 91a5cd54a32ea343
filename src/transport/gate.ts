/**
 * One queue per process and organization, first come first served: for all requests, and for writes to one row, which the service may not
 * take at the same time. Nobody is let in while a Retry-After runs. pace.ts decides how much.
 */
import { TemporaryError } from '../errors.ts';
import { type Clock, type Policy, type Send, UnknownResultError } from './http.ts';
import {
  afterAnswer,
  afterCall,
  allowedAtOnce,
  FIRST_LANE,
  FIRST_WRITES,
  type Load,
  type Pace,
  type PaceBounds,
  slowDown,
  startPace,
  type WriteCall,
  type Writes,
} from './pace.ts';
import { responseTrouble, type Trouble } from './retry-decision.ts';
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
  /** Heeds what a part of a batch met: nobody is let in during its Retry-After. */
  heed(trouble: Trouble): void;
  /** Waits until these rows may be written to. What is sent then still passes the policy. */
  writeTurn(rowIds: readonly string[]): Promise<WriteTurn>;
  allowed(): Allowed;
};

export type WriteTurn = {
  /** What the call may carry. */
  readonly sizes: Load;
  /** Ends it with what was sent and what came of it. */
  end(call: WriteCall): void;
};

export type Allowed = {
  /** Requests in flight. */
  readonly requests: number;
  /** Writes to one row in flight; undefined while none is under way. */
  readonly writes: number | undefined;
  /** People in one call, where the service is too slow for more; undefined: as many as one likes. */
  readonly people: number | undefined;
};

/** Processes that share an identity are told to wait until the same moment. Each comes back up to this much later, never earlier. */
const SPREAD_MS = 1_000;
/** The lane of all requests; those of rows have their ids. */
const ALL = '';

export function createGate(options: GateOptions): Gate {
  const { clock, waiting, random, shards } = options;
  let pace: Pace = startPace(options);
  let writes: Writes = FIRST_WRITES;
  const limitOf = (lane: string): number =>
    lane === ALL ? allowedAtOnce(pace) : (writes.lanes.get(lane) ?? FIRST_LANE).limit;
  const queue = createQueue(options, limitOf);

  function heed(trouble: Trouble, sentAtMs = clock.now()): void {
    if (trouble.kind !== 'throttled' && trouble.kind !== 'busy') return;
    if (trouble.kind === 'throttled') pace = slowDown(pace, sentAtMs, clock.now());
    if (trouble.retryAfterMs === undefined) return;
    queue.closeFor(trouble.retryAfterMs + (shards > 1 ? Math.round(random() * SPREAD_MS) : 0));
  }

  const policy: Policy = (next: Send) => async (request, signal) => {
    await queue.enter([ALL]);
    const sentAtMs = clock.now();
    try {
      const response = await next(request, signal);
      const trouble = responseTrouble(response, clock.now());
      if (trouble !== undefined) heed(trouble, sentAtMs);
      else pace = afterAnswer(pace, { sentAtMs, headers: response.headers }, options);
      return response;
    } catch (error) {
      const hasTimedOut = error instanceof UnknownResultError && error.reason === 'timeout';
      if (hasTimedOut) pace = slowDown(pace, sentAtMs, clock.now());
      throw error;
    } finally {
      queue.leave([ALL]);
    }
  };

  async function writeTurn(rowIds: readonly string[]): Promise<WriteTurn> {
    const inFlight = await queue.enter(rowIds);
    const rows = rowIds.map((id, place) => ({ id, inFlight: inFlight[place] ?? 0 }));
    const [sentAtMs, waitedMs] = [clock.now(), waiting.waitedMs()];
    return {
      sizes: writes.sizes,
      end(call) {
        const hasWaited = waiting.waitedMs() !== waitedMs;
        writes = afterCall(writes, call, { rows, ms: clock.now() - sentAtMs, hasWaited, ceiling: pace.limit });
        queue.leave(rowIds);
      },
    };
  }

  return {
    policy,
    heed: (trouble) => heed(trouble),
    writeTurn,
    allowed() {
      const busy = queue.busyLanes().filter((lane) => lane !== ALL);
      const { members } = writes.sizes;
      return {
        requests: allowedAtOnce(pace),
        writes: busy.length === 0 ? undefined : Math.max(...busy.map(limitOf)),
        people: members < FIRST_WRITES.sizes.members ? members : undefined,
      };
    },
  };
}

type Waiter = { readonly lanes: readonly string[]; enter(): void; reject(error: Error): void };

/** Lets callers in, in order: never while it is closed, never more than a lane's limit, and into all of their lanes at once. */
function createQueue({ clock, waiting, maxWaitMs }: GateOptions, limitOf: (lane: string) => number) {
  const waiters = new Set<Waiter>();
  const inFlight = new Map<string, number>();
  const count = (lane: string): number => inFlight.get(lane) ?? 0;
  let closed = { since: 0, until: 0 };
  let alarm: AbortController | undefined;
  waiting.stop?.addEventListener('abort', letIn, { once: true });

  function letIn(): void {
    const leftMs = closed.until - clock.now();
    if (leftMs > 0) {
      waitOrReject(leftMs);
      return;
    }
    /** Lanes that somebody waits for who came earlier. */
    const wanted = new Set<string>();
    for (const waiter of waiters) {
      if (waiter.lanes.every((lane) => !wanted.has(lane) && count(lane) < limitOf(lane))) waiter.enter();
      else for (const lane of waiter.lanes) wanted.add(lane);
    }
  }

  function waitOrReject(leftMs: number): void {
    const isTooLong = closed.until - closed.since > maxWaitMs;
    // After a stop nobody waits for a closed gate. At an open one they only wait for requests that are being answered.
    if (isTooLong || waiting.stop?.aborted === true) {
      for (const waiter of waiters) waiter.reject(isTooLong ? closedTooLong(closed.until) : stopped());
      waiters.clear();
      // A process that ends need not wait for it.
      alarm?.abort();
    } else if (alarm === undefined && waiters.size > 0) {
      alarm = new AbortController();
      const wake = (): void => {
        alarm = undefined;
        letIn();
      };
      waiting.sleep(leftMs, 'throttled', alarm.signal).then(wake, wake);
    }
  }

  return {
    /** Resolves to how many are in each lane then. */
    enter(lanes: readonly string[]): Promise<readonly number[]> {
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          lanes,
          enter() {
            waiters.delete(waiter);
            for (const lane of lanes) inFlight.set(lane, count(lane) + 1);
            resolve(lanes.map(count));
          },
          reject,
        };
        waiters.add(waiter);
        letIn();
      });
    },
    leave(lanes: readonly string[]): void {
      for (const lane of lanes) inFlight.set(lane, count(lane) - 1);
      letIn();
    },
    /** Never shortens a closure. */
    closeFor(ms: number): void {
      const now = clock.now();
      const since = now < closed.until ? closed.since : now;
      closed = { since, until: Math.max(closed.until, now + ms) };
    },
    busyLanes: () => [...inFlight].filter(([, among]) => among > 0).map(([lane]) => lane),
  };
}

function closedTooLong(untilMs: number): TemporaryError {
  const until = new Date(untilMs).toISOString();
  return new TemporaryError('THROTTLED', `Dataverse throttles and asks to wait until ${until}.`, {
    hint: 'Run the same command again later, or allow more time with --max-wait.',
  });
}
