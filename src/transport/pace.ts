/**
 * How much is sent at a time, by what the service has taken so far in this run. Pure; gate.ts holds the state and the queue.
 *
 * | | begins with | grows | shrinks |
 * |---|---|---|---|
 * | requests at once | 4 | by one after a round of good answers, up to `x-ms-dop-hint` | by half after a 429 or a time-out |
 * | writes to one row (a list) at once | 1 | while it gets more people per second done | to 1 for the rest of the run, after a refused lock or a time-out |
 * | people in one call | 250; 100 with an operation each | to what takes ten seconds, 1,000 at most | to the same; by half after a time-out or "too many" |
 */

import type { HttpResponse } from './http.ts';

/** The lowest `x-ms-dop-hint` of Dataverse ("Send parallel requests"): every run starts here, and stays here without a hint. */
const LOWEST_HINT = 4;

export type PaceBounds = {
  /** --concurrency; undefined: the user sets no limit. */
  readonly concurrency: number | undefined;
  /** Processes that share the identity; the hint is divided by them. */
  readonly shards: number;
};

export type Pace = {
  readonly limit: number;
  readonly ceiling: number;
  /**
   * Requests left in the service's budget, if known. It does not set the pace (Microsoft: these headers are for debugging) but brakes near its
   * end: several requests that run into a 429 together make the service ask for longer waits.
   */
  readonly left: number | undefined;
  /** Good answers since the limit changed. */
  readonly answers: number;
  /** Answers to requests sent before this moment (epoch ms) say nothing about the present limit. */
  readonly cutAtMs: number;
};

const ceilingFor = (hint: number, { concurrency, shards }: PaceBounds): number =>
  Math.max(1, Math.min(Math.floor(hint / shards), concurrency ?? Number.POSITIVE_INFINITY));

export function startPace(bounds: PaceBounds): Pace {
  const ceiling = ceilingFor(LOWEST_HINT, bounds);
  return { limit: ceiling, ceiling, left: undefined, answers: 0, cutAtMs: Number.NEGATIVE_INFINITY };
}

/** Requests that may be in flight. */
export const allowedAtOnce = ({ limit, left = limit }: Pace): number => Math.max(1, Math.min(limit, left));

function numberIn(header = ''): number | undefined {
  const value = Number.parseInt(header.replaceAll(',', ''), 10);
  return Number.isNaN(value) ? undefined : value;
}

/** After an answer that is not a 429. */
export function afterAnswer(
  before: Pace,
  answer: { readonly sentAtMs: number; readonly headers: HttpResponse['headers'] },
  bounds: PaceBounds,
): Pace {
  const hint = numberIn(answer.headers['x-ms-dop-hint']);
  const left = numberIn(answer.headers['x-ms-ratelimit-burst-remaining-xrm-requests']);
  const ceiling = hint === undefined ? before.ceiling : ceilingFor(hint, bounds);
  const pace = { ...before, ceiling, left, limit: Math.min(before.limit, ceiling) };
  if (answer.sentAtMs < pace.cutAtMs) return pace;
  if (pace.answers + 1 < pace.limit) return { ...pace, answers: pace.answers + 1 };
  return { ...pace, limit: Math.min(ceiling, pace.limit + 1), answers: 0 };
}

/** After a 429 or a time-out of a request sent at `sentAtMs`. Requests in flight together halve the limit only once. One goes ahead afterwards. */
export function slowDown(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  if (sentAtMs < pace.cutAtMs) return pace;
  return { ...pace, limit: Math.max(1, Math.floor(pace.limit / 2)), left: 1, answers: 0, cutAtMs: nowMs };
}

/** Writes to one row. */
export type Lane = {
  /** Those that may be in flight. */
  readonly limit: number;
  /** False for the rest of the run once the service refused a lock, or a call timed out. */
  readonly grows: boolean;
  /** The limit before it was raised, and the people per millisecond then. */
  readonly before: { readonly limit: number; readonly speed: number } | undefined;
  /** Calls at the present limit. */
  readonly round: { readonly calls: number; readonly people: number; readonly ms: number };
};

const NO_CALLS: Lane['round'] = { calls: 0, people: 0, ms: 0 };
export const FIRST_LANE: Lane = { limit: 1, grows: true, before: undefined, round: NO_CALLS };
/** What a rise must bring in people per second, as a share of what it would bring if nothing stood in each other's way. */
const LEAST_GAIN = 0.1;
/** From this share on, the next rise doubles. */
const LARGE_GAIN = 0.75;
/** Calls per place before the next rise after one that brought too little. */
const PATIENCE = 10;

/** After a call that was done. `inFlight`: writes to the row when it was sent, itself included: with fewer than the limit it proves nothing. */
export function laneAfter(
  lane: Lane,
  call: { readonly people: number; readonly ms: number; readonly inFlight: number },
  ceiling: number,
): Lane {
  const { limit, before, round } = lane;
  if (!lane.grows || call.people === 0 || call.inFlight < limit) return lane;
  const calls = round.calls + 1;
  const [people, ms] = [round.people + call.people, round.ms + Math.max(1, call.ms)];
  if (calls < limit / 2) return { ...lane, round: { calls, people, ms } };
  // Little's law: so many in flight, each so long.
  const speed = (limit * people) / ms;
  const gain = before && (speed / before.speed - 1) / (limit / before.limit - 1);
  if (before !== undefined && gain !== undefined && gain < LEAST_GAIN)
    return { ...lane, limit: before.limit, before: undefined, round: { ...NO_CALLS, calls: -PATIENCE * before.limit } };
  const raised = Math.min(ceiling, gain !== undefined && gain >= LARGE_GAIN ? limit * 2 : limit + 1);
  return {
    ...lane,
    limit: Math.max(limit, raised),
    before: raised > limit ? { limit, speed } : undefined,
    round: NO_CALLS,
  };
}

/** What one call carries, or may carry. */
export type Load = {
  /** People named by actions that take many. */
  readonly members: number;
  /** Operations for one person each: creations, single additions and removals. */
  readonly singles: number;
};

export type WriteCall = {
  readonly sent: Load;
  readonly done: Load;
  /** By row. */
  readonly peopleDone: ReadonlyMap<string, number>;
  readonly trouble: 'locked' | 'timeout' | undefined;
  /** Members of a call that was refused for their number (U16). */
  readonly tooMany: number | undefined;
};

export type Writes = {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly sizes: Load;
  /** The service refused more members. */
  readonly mostMembers: number;
};

/** No known code base sends more members in one call; a batch has 1,000 parts, some of them reads. */
const MOST: Load = { members: 1000, singles: 950 };
const TARGET_MS = 10_000;
/** A service that takes 200 ms for each is done with the first call within its two minutes. */
export const FIRST_WRITES: Writes = {
  lanes: new Map(),
  sizes: { members: 250, singles: 100 },
  mostMembers: MOST.members,
};

export function afterCall(
  writes: Writes,
  call: WriteCall,
  sent: {
    /** How many wrote to each row when it was sent, itself included. */
    readonly rows: readonly { readonly id: string; readonly inFlight: number }[];
    readonly ms: number;
    /** For a Retry-After or a repetition: how long it took says nothing. */
    readonly hasWaited: boolean;
    readonly ceiling: number;
  },
): Writes {
  const { lanes, sizes } = writes;
  const withLanes = (laneOf: (row: { readonly id: string; readonly inFlight: number }) => Lane): Writes['lanes'] =>
    new Map([...lanes, ...sent.rows.map((row) => [row.id, laneOf(row)] as const)]);
  if (call.trouble !== undefined) {
    const one = withLanes(() => ({ ...FIRST_LANE, grows: false }));
    if (call.trouble === 'locked') return { ...writes, lanes: one };
    // Never the same size again.
    return sized({ ...writes, lanes: one }, (kind) => Math.min(sizes[kind], call.sent[kind] / 2 || sizes[kind]));
  }
  if (call.tooMany !== undefined)
    return sized({ ...writes, mostMembers: Math.min(writes.mostMembers, call.tooMany / 2) }, (kind) => sizes[kind]);
  if (call.peopleDone.size === 0 || sent.hasWaited) return writes;
  const measured = {
    ...writes,
    lanes: withLanes(({ id, inFlight }) => {
      const people = call.peopleDone.get(id) ?? 0;
      return laneAfter(lanes.get(id) ?? FIRST_LANE, { people, ms: sent.ms, inFlight }, sent.ceiling);
    }),
  };
  return sized(measured, (kind) => {
    const inTime = (call.done[kind] * TARGET_MS) / Math.max(1, sent.ms) || sizes[kind];
    // What was quick may only grow, and what was slow only shrink: a few people take as long as their request.
    return sent.ms <= TARGET_MS ? Math.max(sizes[kind], inTime) : Math.min(sizes[kind], inTime);
  });
}

function sized(writes: Writes, sizeOf: (kind: keyof Load) => number): Writes {
  const mostMembers = Math.max(1, Math.floor(writes.mostMembers));
  const size = (kind: keyof Load, most: number) => Math.max(1, Math.min(Math.floor(sizeOf(kind)), most));
  return {
    ...writes,
    mostMembers,
    sizes: { members: size('members', mostMembers), singles: size('singles', MOST.singles) },
  };
}
