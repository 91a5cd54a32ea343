/**
 * The queue before the network, one per process and organization, first come first served. Limits all requests, and the writes to each row,
 * of which the service may refuse several at once. Nothing is sent while a Retry-After runs. pace.ts decides how much may be sent.
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
import { responseTrouble, type Trouble } from './trouble.ts';
import type { Waiting } from './waiting.ts';

type GateOptions = PaceBounds & {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Longest time in ms that the gate may stay closed without a break. A request that would have to wait longer gets a TemporaryError. */
  readonly maxWaitMs: number;
};

export type WriteTurn = {
  /** What the call may carry. `members: 0`: everybody is sent alone. */
  readonly sizes: Load;
  /** The service takes one write at a time to one of the rows: reads that can follow later should not hold up the next write. */
  readonly isOneAtATime: boolean;
  /** Lets the next write in, and tells the pace what this one did. */
  end(result: WriteResult): void;
};

export type Allowed = {
  readonly requests: number;
  /** Writes to one row in flight. Undefined while hardly anything is written, because most people who are read need no change. */
  readonly writes: number | undefined;
  /** People in one call, where the service is too slow for more. Undefined: no limit. */
  readonly people: number | undefined;
};

/** The lane of all requests. The lane of a row is named by the row's id. */
const ALL = '';

export type Gate = ReturnType<typeof createGate>;

export function createGate(options: GateOptions) {
  const { clock, waiting } = options;
  let pace = startPace(options);
  const limitOf = (lane: string): number => (lane === ALL ? requestsAtOnce(pace) : laneOf(pace, lane).limit);
  const queue = createQueue(options, limitOf);
  /** The rows of the last write, and the answers since it was sent. */
  let written = { rowIds: [] as readonly string[], answersSince: 0 };

  /** Slows down, and waits where the service asks for it. Trouble of a part of a batch counts as that of an answer. */
  function slowDownFor(trouble: Trouble, sentAtMs = clock.now()): void {
    if (trouble.kind !== 'throttled' && trouble.kind !== 'busy') return;
    if (trouble.kind === 'throttled') pace = slowDown(pace, sentAtMs, clock.now());
    if (trouble.retryAfterMs !== undefined) waiting.closeFor(trouble.retryAfterMs);
  }

  const policy: Policy = (next) => async (request) => {
    await queue.enter([ALL]);
    const sentAtMs = clock.now();
    try {
      const response = await next(request);
      written = { ...written, answersSince: written.answersSince + 1 };
      const trouble = responseTrouble(response, clock.now());
      if (trouble === undefined) pace = afterAnswer(pace, response.headers);
      else slowDownFor(trouble, sentAtMs);
      return response;
    } catch (error) {
      const hasTimedOut = error instanceof UnknownResultError && error.reason === 'timeout';
      if (hasTimedOut) pace = slowDown(pace, sentAtMs, clock.now());
      throw error;
    } finally {
      queue.leave([ALL]);
    }
  };

  /** Waits until these rows may be written to. The request that follows still has to pass the policy. */
  async function writeTurn(rowIds: readonly string[]): Promise<WriteTurn> {
    const inFlight = await queue.enter(rowIds);
    if (rowIds.length > 0) written = { rowIds, answersSince: 0 };
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

  return { policy, slowDownFor: (trouble: Trouble) => slowDownFor(trouble), writeTurn, allowed };
}

/** Lets callers in by turns. A caller enters all of its lanes together: one that held some and waited for others could block everybody. */
function createQueue({ waiting, maxWaitMs }: GateOptions, limitOf: (lane: string) => number) {
  const waiters = new Set<{ readonly lanes: readonly string[]; enter(): void }>();
  const inFlight = new Map<string, number>();
  const count = (lane: string): number => inFlight.get(lane) ?? 0;

  function letIn(): void {
    /** Lanes that an earlier caller waits for: nobody overtakes in them. */
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
    /** Resolves to the number of callers in each lane, this one included. */
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
