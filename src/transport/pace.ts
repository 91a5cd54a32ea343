/**
 * How much to send at a time, learned from what the service has taken so far in this run. Pure; gate.ts holds the state and the queue.
 *
 * | | begins with | grows | shrinks |
 * |---|---|---|---|
 * | requests at once | 4 | by one after a round of good answers, up to `x-ms-dop-hint` | by half after a 429 or a time-out |
 * | writes to one row (a list) at once | 1 | doubles while that gets more people done per second; later one more is tried now and then | back to the limit before, where more brought nothing; to 1 for the rest of the run after a refused lock or a time-out |
 * | people in one call | 250; 100 with an operation each | to what takes ten seconds, at most 1,000 | to what takes ten seconds; by half after a time-out or "too many" |
 * | calls for many people | always | after a pause of 20 calls one is tried again | everybody alone, after four in a row were refused a lock that no other write of ours held |
 */

import type { HttpResponse } from './http.ts';

export type PaceBounds = {
  /** --concurrency. Undefined: no limit of the user's. */
  readonly concurrency: number | undefined;
  /** Processes that share this user: the service's hint is for all of them together. */
  readonly shards: number;
};

/** What one call carries, or may carry. */
export type Load = {
  /** People named by actions that take many. */
  readonly members: number;
  /** Operations for one person each: creations, single additions and removals. */
  readonly singles: number;
};

/** The writes to one row. */
type Lane = {
  readonly limit: number;
  /** `by-one` once a limit brought nothing. `never` for the rest of the run, once the service refused a lock or a call timed out. */
  readonly grows: 'twofold' | 'by-one' | 'never';
  /** The limit before the last raise, and the people per millisecond at that limit: what the raise is compared with. */
  readonly before: { readonly limit: number; readonly speed: number } | undefined;
  /** Calls left before the limit changes, and what the calls at this limit have done so far. */
  readonly callsLeft: number;
  readonly people: number;
  readonly ms: number;
};

export type Pace = {
  readonly bounds: PaceBounds;
  /** Requests at once. A fraction, because each good answer raises it by a part of one. */
  readonly limit: number;
  readonly ceiling: number;
  /**
   * Requests left in the service's budget, if known. It does not set the pace (Microsoft: these headers are for debugging), but slows down
   * near the end of the budget: several requests that get a 429 together make the service ask for longer waits.
   */
  readonly left: number | undefined;
  /** When the limit was last halved (epoch ms). */
  readonly cutAtMs: number;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly sizes: Load;
  /** Most members in one call: lower once the service refused a call as too large. */
  readonly mostMembers: number;
  /** Calls for many that were refused a lock, in a row, and calls left before another one is tried. */
  readonly locked: { readonly calls: number; readonly pause: number };
};

/** The lowest `x-ms-dop-hint` of Dataverse ("Send parallel requests"). Every run starts here, and stays here without a hint. */
const LOWEST_HINT = 4;
const FIRST_LANE: Lane = { limit: 1, grows: 'twofold', before: undefined, callsLeft: 1, people: 0, ms: 0 };
/** A doubled limit must get this much more done per second; a smaller gain may be noise. */
const LEAST_GAIN = 1.1;
/** One more in flight must bring this part of its proportional gain: every batch in flight takes memory. */
const LEAST_SHARE = 0.5;
/** After a limit that brought nothing: calls per write in flight before the next limit is tried. */
const PATIENCE = 10;
/** Even a service that takes 200 ms per person finishes the first call within its limit of two minutes. */
export const FIRST_SIZES: Load = { members: 250, singles: 100 };
/** Of a list: no known code base sends more. It is also the largest batch of rows. */
export const MAX_MEMBERS_PER_CALL = 1000;
/** A batch has 1,000 parts, some of them reads. */
const MOST: Load = { members: MAX_MEMBERS_PER_CALL, singles: 950 };
const TARGET_MS = 10_000;
/** One person whose write always fails can spoil two calls; four in a row are not one person's fault. */
const MOST_LOCKED_CALLS = 4;
const PAUSED_CALLS = 20;

const ceilingFor = (hint: number, { concurrency, shards }: PaceBounds): number =>
  Math.max(1, Math.min(Math.floor(hint / shards), concurrency ?? Number.POSITIVE_INFINITY));

export function startPace(bounds: PaceBounds): Pace {
  const ceiling = ceilingFor(LOWEST_HINT, bounds);
  return {
    bounds,
    limit: ceiling,
    ceiling,
    left: undefined,
    cutAtMs: Number.NEGATIVE_INFINITY,
    lanes: new Map(),
    sizes: FIRST_SIZES,
    mostMembers: MOST.members,
    locked: { calls: 0, pause: 0 },
  };
}

export const requestsAtOnce = ({ limit, left = limit }: Pace): number => Math.max(1, Math.floor(Math.min(limit, left)));

export const laneOf = ({ lanes }: Pace, row: string): Lane => lanes.get(row) ?? FIRST_LANE;

/** `members: 0` sends everybody alone. */
export const callSizes = ({ sizes, locked }: Pace): Load => (locked.pause > 0 ? { ...sizes, members: 0 } : sizes);

function numberIn(header = ''): number | undefined {
  const value = Number.parseInt(header.replaceAll(',', ''), 10);
  return Number.isNaN(value) ? undefined : value;
}

/** After an answer that is not a 429. */
export function afterAnswer(pace: Pace, headers: HttpResponse['headers']): Pace {
  const hint = numberIn(headers['x-ms-dop-hint']);
  const ceiling = hint === undefined ? pace.ceiling : ceilingFor(hint, pace.bounds);
  const left = numberIn(headers['x-ms-ratelimit-burst-remaining-xrm-requests']);
  return { ...pace, ceiling, left, limit: Math.min(pace.limit + 1 / pace.limit, ceiling) };
}

/**
 * After a 429 or a time-out of a request sent at `sentAtMs`. Requests that were in flight together halve the limit only once. Afterwards one
 * request goes first, to see whether the service takes any.
 */
export function slowDown(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  if (sentAtMs < pace.cutAtMs) return pace;
  return { ...pace, limit: Math.max(1, pace.limit / 2), left: 1, cutAtMs: nowMs };
}

/** What one call carried, how much of it the service did, and what prevented the rest. */
export type WriteResult = {
  readonly sent: Load;
  readonly done: Load;
  readonly trouble: 'locked' | 'timeout' | 'too-many' | undefined;
};

export type WriteCall = WriteResult & {
  /** Writes to each row in flight when this one was sent, itself included. */
  readonly rows: readonly { readonly id: string; readonly inFlight: number }[];
  readonly ms: number;
  /** It waited for a Retry-After or was repeated, so `ms` does not measure the service. */
  readonly hasWaited: boolean;
};

export function afterWrite(before: Pace, call: WriteCall): Pace {
  const { sent, done, trouble, rows, ms } = call;
  const pace = { ...before, locked: lockedAfter(before, call) };
  const { sizes, lanes } = pace;
  if (trouble === 'too-many') return resized({ ...pace, mostMembers: Math.min(pace.mostMembers, sent.members / 2) });
  if (trouble !== undefined) {
    const alone = { ...pace, lanes: new Map([...lanes, ...rows.map(({ id }) => [id, ONE_AT_A_TIME] as const)]) };
    // The size that failed is not sent again.
    const half = (kind: keyof Load): number => Math.min(sizes[kind], sent[kind] / 2 || sizes[kind]);
    return trouble === 'locked' ? alone : resized(alone, half);
  }
  const people = done.members + done.singles;
  if (people === 0 || call.hasWaited) return pace;
  const ceiling = Math.floor(pace.limit);
  const measured = { ...pace, lanes: new Map(lanes) };
  for (const { id, inFlight } of rows)
    measured.lanes.set(id, laneAfter(laneOf(pace, id), { people, ms, inFlight, ceiling }));
  return resized(measured, (kind) => {
    const inTime = (done[kind] * TARGET_MS) / Math.max(1, ms) || sizes[kind];
    // A call for a few people takes as long as a request does: a quick one is no reason to send less, a slow one none to send more.
    return ms <= TARGET_MS ? Math.max(sizes[kind], inTime) : Math.min(sizes[kind], inTime);
  });
}

const ONE_AT_A_TIME: Lane = { ...FIRST_LANE, grows: 'never' };

/** Learns only from calls sent while the limit was reached: others do not show what that many at once bring. */
function laneAfter(
  lane: Lane,
  call: { readonly people: number; readonly ms: number; readonly inFlight: number; readonly ceiling: number },
): Lane {
  const { limit, grows, before } = lane;
  if (grows === 'never' || call.inFlight < limit) return lane;
  const [people, ms] = [lane.people + call.people, lane.ms + Math.max(1, call.ms)];
  if (lane.callsLeft > 1) return { ...lane, callsLeft: lane.callsLeft - 1, people, ms };
  // Little's law: throughput is what is in flight divided by how long each takes.
  const speed = (limit * people) / ms;
  const least = grows === 'twofold' ? LEAST_GAIN : 1 + LEAST_SHARE / (before?.limit ?? 1);
  if (before !== undefined && speed < before.speed * least)
    return { ...FIRST_LANE, limit: before.limit, grows: 'by-one', callsLeft: PATIENCE * before.limit };
  const raised = Math.max(limit, Math.min(call.ceiling, grows === 'twofold' ? 2 * limit : limit + 1));
  // One more brings less than twice as many, so it takes more calls to measure.
  const callsLeft = grows === 'twofold' ? Math.ceil(raised / 2) : 2 * raised;
  return { ...FIRST_LANE, limit: raised, grows, callsLeft, before: { limit, speed } };
}

/** A refused lock counts only if no other write of ours can have held it. */
function lockedAfter({ locked }: Pace, { sent, done, trouble, rows }: WriteCall): Pace['locked'] {
  if (sent.members === 0) return { ...locked, pause: Math.max(0, locked.pause - (sent.singles > 0 ? 1 : 0)) };
  if (done.members > 0) return { calls: 0, pause: 0 };
  if (trouble !== 'locked' || rows.some(({ inFlight }) => inFlight > 1)) return locked;
  const calls = locked.calls + 1;
  return { calls, pause: calls < MOST_LOCKED_CALLS ? 0 : PAUSED_CALLS };
}

function resized(pace: Pace, sizeOf: (kind: keyof Load) => number = (kind) => pace.sizes[kind]): Pace {
  const size = (kind: keyof Load, most: number) => Math.max(1, Math.floor(Math.min(sizeOf(kind), most)));
  return { ...pace, sizes: { members: size('members', pace.mostMembers), singles: size('singles', MOST.singles) } };
}
