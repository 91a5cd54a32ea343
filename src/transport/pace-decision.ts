/**
 * How many requests may be in flight: as many as the server wants, and no more. Pure; gate.ts holds the state.
 * Starts low and doubles; halves on a 429 and when answers become slower without more getting done, unless this process was too busy to
 * take them, or only two are left; then grows by one at a time, and thinks twice before it goes where it was cut last. After a 429 for too
 * many requests it doubles up to where it was. Steps back while this process itself is what everything waits for.
 */

/** The lowest `x-ms-dop-hint` that Dataverse gives ("Send parallel requests"): where every run begins, and where it stays without a hint. */
const LOWEST_HINT = 4;
/** Answers this many times slower than usual count as slow … */
const SLOW = 1.7;
/** … unless at least this share of what was opened last brought more work done. */
const GAIN = 0.3;
/** Whoever is at work for this share of the time comes late to the answers: that they are slow is no news of the server. */
const BUSY = 0.5;
/** Whoever is at work for this share of the time gets hardly more done with more in flight … */
const SATURATED = 0.9;
/** … and no less with less, once answers take this many times as long as usual: they wait for this process, in its memory. */
const QUEUEING = 1.3;
/**
 * Slow answers alone leave this many in flight: with one the server has nothing to do while this process is at work on an answer, and no
 * latency shows what that costs. Two are too many only for a 429 or a time-out, or when this process is at work all the time.
 */
const ALWAYS_WORTH_IT = 2;
/** Answers within this time are fast, however they vary: below it, milliseconds are noise. */
const FAST_MS = 25;
/** After a cut: good answers before one more is tried … */
const CAUTION = 10;
/** … and before as many are tried as did not go well. */
const GREAT_CAUTION = 100;
/** A server that has become slower for good is believed at last; quickly only when no more was in flight than always is. */
const USUAL_DRIFT = 1.0005;
/** How far one quick answer pulls what is usual: it may have been a small one. */
const QUICK_WEIGHT = 0.2;

export type PaceBounds = {
  /** --concurrency; no bound of the user's when undefined. */
  readonly concurrency: number | undefined;
  /** Processes that share the identity; the hint is divided by them. */
  readonly shards: number;
};

type Round = {
  readonly answers: number;
  readonly inFlight: number;
  readonly slowness: number;
  readonly full: boolean;
  readonly waitedMs: number;
  readonly busyMs: number;
};

export type Pace = {
  /** Requests that may be in flight, as far as speed goes; allowed() says how many really. */
  readonly limit: number;
  /** Requests that may still be started before the service's budget is used up, where that is known. */
  readonly left: number | undefined;
  readonly ceiling: number;
  readonly doubling: boolean;
  /** The limit that was too much, until it has been reached again without trouble. */
  readonly cutFrom: number;
  /** Good answers since the limit was last changed. */
  readonly steady: number;
  /** Requests sent before this moment say nothing about the present limit. */
  readonly cutAtMs: number;
  /** The limit before it was last opened, and what was done at a time then: requests in flight ÷ slowness. */
  readonly before: { readonly limit: number; readonly done: number } | undefined;
  /** Usual milliseconds per kind of request, near the lowest seen. */
  readonly usualMs: ReadonlyMap<string, number>;
  readonly round: Round;
};

export type Answer = {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** For how much of that time this process was at work; default 0. */
  readonly busyMs?: number;
  /** Requests in flight when it was sent, itself included. */
  readonly inFlight: number;
  /** Requests of one kind and size are compared with each other. */
  readonly kind: string;
  /** `x-ms-dop-hint` of the answer. */
  readonly hint: number | undefined;
  /** Requests that may still be started, by the answer's `x-ms-ratelimit-*` headers. */
  readonly left?: number | undefined;
};

const EMPTY_ROUND: Round = { answers: 0, inFlight: 0, slowness: 0, full: false, waitedMs: 0, busyMs: 0 };

function ceilingFor(hint: number | undefined, bounds: PaceBounds): number {
  const wanted = Math.floor((hint ?? LOWEST_HINT) / bounds.shards);
  return Math.max(1, Math.min(wanted, bounds.concurrency ?? Number.POSITIVE_INFINITY));
}

export function startPace(bounds: PaceBounds): Pace {
  const ceiling = ceilingFor(undefined, bounds);
  return {
    limit: ceiling,
    left: undefined,
    ceiling,
    doubling: true,
    cutFrom: Number.POSITIVE_INFINITY,
    steady: 0,
    cutAtMs: Number.NEGATIVE_INFINITY,
    before: undefined,
    usualMs: new Map(),
    round: EMPTY_ROUND,
  };
}

function halved(pace: Pace, nowMs: number, atLeast = 1): Pace {
  return {
    ...pace,
    limit: Math.max(atLeast, Math.floor(pace.limit / 2)),
    doubling: false,
    cutFrom: pace.limit,
    before: undefined,
    steady: 0,
    cutAtMs: nowMs,
    round: EMPTY_ROUND,
  };
}

/**
 * Requests that may be in flight. What is left of the budget does not set the pace (Microsoft: these headers are for debugging), but near
 * its end it is a brake: several requests that run into a 429 together make the service ask for longer waits.
 */
export function allowed(pace: Pace): number {
  return Math.max(1, Math.min(pace.limit, pace.left ?? pace.limit));
}

/** After a 429 or a time-out of a request sent at `sentAtMs`. Several that were in flight together halve once. One goes ahead afterwards. */
export function slowDown(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  return sentAtMs < pace.cutAtMs ? pace : { ...halved(pace, nowMs), left: 1 };
}

/**
 * After a 429 for too many requests in a window of time: how many there were at once was not too much, so that the way back up to there is
 * short.
 */
export function slowDownForRequests(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  const slower = slowDown(pace, sentAtMs, nowMs);
  return slower === pace ? pace : { ...slower, doubling: true, cutFrom: pace.limit + 1 };
}

function withHint(pace: Pace, hint: number | undefined, bounds: PaceBounds): Pace {
  if (hint === undefined) return pace;
  const ceiling = ceilingFor(hint, bounds);
  return { ...pace, ceiling, limit: Math.min(pace.limit, ceiling) };
}

function nextUsual(usual: number | undefined, latencyMs: number, inFlight: number): number {
  if (usual === undefined) return latencyMs;
  if (latencyMs < usual || inFlight <= ALWAYS_WORTH_IT) return usual + (latencyMs - usual) * QUICK_WEIGHT;
  return Math.min(latencyMs, usual * USUAL_DRIFT);
}

function opened(pace: Pace, done: number): Pace {
  const doubling = pace.doubling && pace.limit + 1 < pace.cutFrom;
  const next = doubling ? Math.min(pace.ceiling, pace.limit * 2, pace.cutFrom - 1) : pace.limit + 1;
  const caution = next >= pace.cutFrom ? GREAT_CAUTION : CAUTION;
  const isTooEarly = !doubling && pace.steady < caution;
  if (next > pace.ceiling || next === pace.limit || isTooEarly) return pace;
  const cutFrom = next >= pace.cutFrom ? Number.POSITIVE_INFINITY : pace.cutFrom;
  return { ...pace, limit: next, doubling, steady: 0, cutFrom, before: { limit: pace.limit, done } };
}

/** Whether opening it the last time was worth it. */
function hasGained({ limit, before }: Pace, done: number): boolean {
  return before === undefined || done >= before.done * (1 + GAIN * (limit / before.limit - 1));
}

/** A full round was answered: too much for this process, slower without gain, grow, or stay. */
function endRound(pace: Pace, round: Round, nowMs: number): Pace {
  const slowness = round.slowness / round.answers;
  const done = round.inFlight / round.slowness;
  const next: Pace = { ...pace, round: EMPTY_ROUND };
  const busy = round.busyMs / round.waitedMs;
  if (busy > SATURATED && slowness > QUEUEING)
    return { ...next, limit: Math.max(1, pace.limit - 1), before: undefined };
  if (slowness > SLOW && !hasGained(pace, done)) {
    return busy > BUSY || pace.limit <= ALWAYS_WORTH_IT ? next : halved(pace, nowMs, ALWAYS_WORTH_IT);
  }
  // A limit that was never reached says nothing about a higher one.
  return round.full && busy <= SATURATED ? opened(next, done) : next;
}

/** After an answer that was no throttling. */
export function afterAnswer(before: Pace, answer: Answer, bounds: PaceBounds): Pace {
  const pace = withHint(before, answer.hint, bounds);
  const latencyMs = Math.max(1, answer.answeredAtMs - answer.sentAtMs);
  const usual = nextUsual(pace.usualMs.get(answer.kind), latencyMs, answer.inFlight);
  const measured: Pace = {
    ...pace,
    left: answer.left,
    steady: pace.steady + 1,
    usualMs: new Map(pace.usualMs).set(answer.kind, usual),
  };
  if (answer.sentAtMs < pace.cutAtMs) return measured;
  const round: Round = {
    answers: pace.round.answers + 1,
    inFlight: pace.round.inFlight + answer.inFlight,
    slowness: pace.round.slowness + Math.max(latencyMs, FAST_MS) / Math.max(usual, FAST_MS),
    full: pace.round.full || answer.inFlight >= pace.limit,
    waitedMs: pace.round.waitedMs + latencyMs,
    busyMs: pace.round.busyMs + (answer.busyMs ?? 0),
  };
  return round.answers >= pace.limit ? endRound(measured, round, answer.answeredAtMs) : { ...measured, round };
}
