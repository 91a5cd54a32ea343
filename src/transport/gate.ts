/**
 * One queue per process and organization, first come first served: for all requests, and for writes to one row, which the service may not
 * take at the same time. Nothing is sent while a Retry-After runs. pace.ts decides how much.
 */
import { type Clock, type Policy, UnknownResultError } from './http.ts';
import {
  afterAnswer,
  afterWrite,
  callSizes,
  FIRST_SIZES,
  type Load,
  laneOf,
  type PaceBounds,
  requestsAtOnce,
  slowDown,
  startPace,
  type WriteResult,
} from './pace.ts';
import { responseTrouble, type Trouble } from './retry-decision.ts';
import type { Waiting } from './waiting.ts';

type GateOptions = PaceBounds & {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Longest time in ms that the gate may stay closed without a break; then what would have to wait longer gets a TemporaryError. */
  readonly maxWaitMs: number;
};

export type WriteTurn = {
  /** What the call may carry; no members: everybody is sent alone. */
  readonly sizes: Load;
  /** The service takes one write at a time to one of the rows: what can be asked afterwards should not hold up the next one. */
  readonly isOneAtATime: boolean;
  /** Ends it with what was sent and what came of it. */
  end(result: WriteResult): void;
};

export type Allowed = {
  /** Requests in flight. */
  readonly requests: number;
  /** Writes to one row in flight; undefined while nothing is written, or as good as nothing: people are read who need no change. */
  readonly writes: number | undefined;
  /** People in one call, where the service is too slow for more; undefined: as many as one likes. */
  readonly people: number | undefined;
};

/** The lane of all requests; those of rows have their ids. */
const ALL = '';

export type Gate = ReturnType<typeof createGate>;

export function createGate(options: GateOptions) {
  const { clock, waiting } = options;
  let pace = startPace(options);
  const limitOf = (lane: string): number => (lane === ALL ? requestsAtOnce(pace) : laneOf(pace, lane).limit);
  const queue = createQueue(options, limitOf);
  /** The rows of the last write, and the answers since it was sent. */
  let written = { rowIds: [] as readonly string[], answersSince: 0 };

  /** What an answer, or a part of a batch, met. */
  function heed(trouble: Trouble, sentAtMs = clock.now()): void {
    if (trouble.kind !== 'throttled' && trouble.kind !== 'busy') return;
    if (trouble.kind === 'throttled') pace = slowDown(pace, sentAtMs, clock.now());
    if (trouble.retryAfterMs !== undefined) waiting.closeFor(trouble.retryAfterMs);
  }

  const policy: Policy = (next) => async (request, signal) => {
    await queue.enter([ALL]);
    const sentAtMs = clock.now();
    try {
      const response = await next(request, signal);
      written = { ...written, answersSince: written.answersSince + 1 };
      const trouble = responseTrouble(response, clock.now());
      if (trouble === undefined) pace = afterAnswer(pace, response.headers);
      else heed(trouble, sentAtMs);
      return response;
    } catch (error) {
      const hasTimedOut = error instanceof UnknownResultError && error.reason === 'timeout';
      if (hasTimedOut) pace = slowDown(pace, sentAtMs, clock.now());
      throw error;
    } finally {
      queue.leave([ALL]);
    }
  };

  /** Waits until these rows may be written to. What is sent then still passes the policy. */
  async function writeTurn(rowIds: readonly string[]): Promise<WriteTurn> {
    const inFlight = await queue.enter(rowIds);
    written = { rowIds, answersSince: 0 };
    const rows = rowIds.map((id, place) => ({ id, inFlight: inFlight[place] ?? 0 }));
    const [sentAtMs, waitedMs] = [clock.now(), waiting.waitedMs()];
    return {
      sizes: callSizes(pace),
      isOneAtATime: rowIds.some((id) => laneOf(pace, id).grows === 'never'),
      end(result) {
        const hasWaited = waiting.waitedMs() !== waitedMs;
        pace = afterWrite(pace, { ...result, rows, ms: clock.now() - sentAtMs, hasWaited });
        queue.leave(rowIds);
      },
    };
  }

  function allowed(): Allowed {
    const requests = requestsAtOnce(pace);
    const { rowIds, answersSince } = written;
    const { members } = pace.sizes;
    return {
      requests,
      writes: rowIds.length === 0 || answersSince > requests ? undefined : Math.max(...rowIds.map(limitOf)),
      people: members < FIRST_SIZES.members ? members : undefined,
    };
  }

  return { policy, heed: (trouble: Trouble) => heed(trouble), writeTurn, allowed };
}

/** Lets callers in, in order: never more than a lane's limit, into all of their lanes at once, and never while nothing may be sent. */
function createQueue({ waiting, maxWaitMs }: GateOptions, limitOf: (lane: string) => number) {
  const waiters = new Set<{ readonly lanes: readonly string[]; enter(): void }>();
  const inFlight = new Map<string, number>();
  const count = (lane: string): number => inFlight.get(lane) ?? 0;

  function letIn(): void {
    /** Lanes in which an earlier caller still waits. */
    const wanted = new Set<string>();
    for (const waiter of waiters) {
      if (waiter.lanes.every((lane) => !wanted.has(lane) && count(lane) < limitOf(lane))) {
        waiters.delete(waiter);
        for (const lane of waiter.lanes) inFlight.set(lane, count(lane) + 1);
        waiter.enter();
      } else for (const lane of waiter.lanes) wanted.add(lane);
    }
  }

  function leave(lanes: readonly string[]): void {
    for (const lane of lanes) inFlight.set(lane, count(lane) - 1);
    letIn();
  }

  return {
    /** Resolves to how many are in each lane then. */
    async enter(lanes: readonly string[]): Promise<readonly number[]> {
      await new Promise<void>((enter) => {
        waiters.add({ lanes, enter });
        letIn();
      });
      const among = lanes.map(count);
      await waiting.untilOpen(maxWaitMs).catch((error: unknown) => {
        leave(lanes);
        throw error;
      });
      return among;
    },
    leave,
  };
}
