/**
 * How many requests may be in flight. Pure; gate.ts holds the state. Starts at Dataverse's lowest hint and doubles until a 429, a time-out,
 * or until more requests bring no more answers per second; from then on it rises one by one.
 */
import type { HttpResponse } from './http.ts';

/** The lowest `x-ms-dop-hint` of Dataverse ("Send parallel requests"): every run starts here, and stays here without a hint. */
const LOWEST_HINT = 4;
/** Minimum answers per round: reads and writes alternate, and a round should hold some of each. */
const LEAST_ROUND = 8;
/** The part of an increase in requests that must show as more answers per second. */
const LEAST_GAIN = 0.3;
/** Rounds before the next attempt to rise after one that did not help. */
const PATIENCE = 10;
/** After a time-out, batches shrink down to this share of the usual size … */
const SMALLEST_SHARE = 1 / 16;
/** … and double again after this many answers. */
const ANSWERS_BEFORE_LARGER = 50;

export type PaceBounds = {
  /** --concurrency; undefined: the user sets no limit. */
  readonly concurrency: number | undefined;
  /** Processes that share the identity; the hint is divided by them. */
  readonly shards: number;
};

export type Pace = {
  /** The limit by speed; allowed() gives the effective one. */
  readonly limit: number;
  readonly ceiling: number;
  /** Requests left in the service's budget, if known. */
  readonly left: number | undefined;
  readonly doubles: boolean;
  /** Rounds to wait before the next rise. */
  readonly patience: number;
  /** Answers to requests sent before this moment (epoch ms) do not count for the present limit. */
  readonly cutAtMs: number;
  /** The limit before it was last raised, and the answers per second then. */
  readonly before: { readonly limit: number; readonly perSecond: number } | undefined;
  readonly round: {
    readonly answers: number;
    readonly startedAtMs: number;
    /** The limit was reached; otherwise the round proves nothing about it. */
    readonly isFull: boolean;
  };
  /** Share of the usual batch size, and answers since it changed. */
  readonly batch: { readonly share: number; readonly answers: number };
};

const NO_ROUND: Pace['round'] = { answers: 0, startedAtMs: Number.POSITIVE_INFINITY, isFull: false };

export function startPace(bounds: PaceBounds): Pace {
  const ceiling = ceilingFor(LOWEST_HINT, bounds);
  return {
    limit: ceiling,
    ceiling,
    left: undefined,
    doubles: true,
    patience: 0,
    cutAtMs: Number.NEGATIVE_INFINITY,
    before: undefined,
    round: NO_ROUND,
    batch: { share: 1, answers: 0 },
  };
}

function ceilingFor(hint: number, { concurrency, shards }: PaceBounds): number {
  return Math.max(1, Math.min(Math.floor(hint / shards), concurrency ?? Number.POSITIVE_INFINITY));
}

/**
 * Requests that may be in flight. The remaining budget does not set the pace (Microsoft: these headers are for debugging) but brakes near
 * its end: several requests that run into a 429 together make the service ask for longer waits.
 */
export function allowed({ limit, left }: Pace): number {
  return Math.max(1, Math.min(limit, left ?? limit));
}

/** After a 429 or a time-out of a request sent at `sentAtMs`. Requests in flight together halve the limit only once. One goes first afterwards. */
export function slowDown(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  if (sentAtMs < pace.cutAtMs) return pace;
  return {
    ...pace,
    limit: Math.max(1, Math.floor(pace.limit / 2)),
    left: 1,
    doubles: false,
    patience: 0,
    cutAtMs: nowMs,
    before: undefined,
    round: NO_ROUND,
  };
}

/** Also halves the batch size. */
export function slowDownAfterTimeout(pace: Pace, sentAtMs: number, nowMs: number): Pace {
  const slower = slowDown(pace, sentAtMs, nowMs);
  if (slower === pace) return pace;
  return { ...slower, batch: { share: Math.max(SMALLEST_SHARE, pace.batch.share / 2), answers: 0 } };
}

export type Answer = {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** Requests in flight when it was sent, itself included. */
  readonly inFlight: number;
  readonly headers: HttpResponse['headers'];
};

/** After an answer that is not a 429. */
export function afterAnswer(before: Pace, answer: Answer, bounds: PaceBounds): Pace {
  const { sentAtMs, answeredAtMs, inFlight } = answer;
  const hint = Number.parseInt(answer.headers['x-ms-dop-hint'] ?? '', 10);
  const ceiling = hint >= 1 ? ceilingFor(hint, bounds) : before.ceiling;
  const pace: Pace = {
    ...before,
    ceiling,
    limit: Math.min(before.limit, ceiling),
    left: leftOf(answer),
    batch: largerInTime(before.batch),
  };
  if (sentAtMs < pace.cutAtMs) return pace;
  const round = {
    answers: pace.round.answers + 1,
    startedAtMs: Math.min(pace.round.startedAtMs, sentAtMs),
    isFull: pace.round.isFull || inFlight >= pace.limit,
  };
  const isOver = round.answers >= Math.max(LEAST_ROUND, 2 * pace.limit);
  return isOver ? afterRound({ ...pace, round }, answeredAtMs) : { ...pace, round };
}

/** Takes the last rise back if it brought nothing; else rises, unless it is too early or the limit was not reached. */
function afterRound(pace: Pace, nowMs: number): Pace {
  const { round, before, limit, patience } = pace;
  const next: Pace = { ...pace, before: undefined, round: { ...NO_ROUND, startedAtMs: nowMs } };
  if (!round.isFull) return next;
  const perSecond = (round.answers * 1000) / Math.max(1, nowMs - round.startedAtMs);
  if (before !== undefined && perSecond < before.perSecond * (1 + LEAST_GAIN * (limit / before.limit - 1)))
    return { ...next, limit: before.limit, doubles: false, patience: PATIENCE };
  if (patience > 0) return { ...next, patience: patience - 1 };
  const raised = Math.min(pace.ceiling, pace.doubles ? limit * 2 : limit + 1);
  return raised > limit ? { ...next, limit: raised, before: { limit, perSecond } } : next;
}

function largerInTime({ share, answers }: Pace['batch']): Pace['batch'] {
  if (share === 1) return { share, answers: 0 };
  if (answers + 1 < ANSWERS_BEFORE_LARGER) return { share, answers: answers + 1 };
  return { share: share * 2, answers: 0 };
}

/** Requests that the budgets of requests and of execution time still allow, if each takes as long as this one. */
function leftOf({ headers, sentAtMs, answeredAtMs }: Answer): number | undefined {
  const requests = numberIn(headers['x-ms-ratelimit-burst-remaining-xrm-requests']);
  const seconds = numberIn(headers['x-ms-ratelimit-time-remaining-xrm-requests']);
  if (requests === undefined && seconds === undefined) return undefined;
  const byTime =
    seconds === undefined
      ? Number.POSITIVE_INFINITY
      : Math.floor((seconds * 1_000) / Math.max(1, answeredAtMs - sentAtMs));
  return Math.min(requests ?? Number.POSITIVE_INFINITY, byTime);
}

/** `1,200.00`: with the thousands comma. */
function numberIn(header: string | undefined): number | undefined {
  const value = Number.parseFloat((header ?? '').replaceAll(',', ''));
  return Number.isNaN(value) ? undefined : value;
}
