import {
  afterAnswer,
  allowed,
  type Pace,
  type PaceBounds,
  slowDown,
  slowDownAfterTimeout,
  startPace,
} from '../../../src/transport/pace.ts';

const ALONE: PaceBounds = { concurrency: undefined, shards: 1 };

/** A server that answers so many requests per second, however many are in flight beyond what it works on at a time. */
type Server = { readonly hint?: number; readonly msEach: number; readonly atATime: number };

/** Keeps the limit filled for so many answers; gives the pace and the limits it went through. */
function run(start: Pace, server: Server, answers: number, bounds = ALONE) {
  let pace = start;
  let nowMs = Math.max(start.cutAtMs, 0) + server.msEach;
  const limits = [pace.limit];
  for (let count = 0; count < answers; count += 1) {
    const inFlight = pace.limit;
    // Little's law: so many in flight, so many answers per second.
    const perMs = Math.min(inFlight, server.atATime) / server.msEach;
    const latencyMs = inFlight / perMs;
    const answeredAtMs = nowMs + 1 / perMs;
    const headers: Record<string, string> = server.hint === undefined ? {} : { 'x-ms-dop-hint': String(server.hint) };
    pace = afterAnswer(pace, { sentAtMs: answeredAtMs - latencyMs, answeredAtMs, inFlight, headers }, bounds);
    nowMs = answeredAtMs;
    if (pace.limit !== limits.at(-1)) limits.push(pace.limit);
  }
  return { pace, limits, nowMs };
}

const FREE: Server = { hint: 16, msEach: 100, atATime: 1000 };

describe('the pace', () => {
  it('doubles to the server’s hint while more in flight gets more done', () => {
    expect(run(startPace(ALONE), FREE, 200).limits).toEqual([4, 8, 16]);
  });

  it('stays at the lowest hint that Dataverse gives where there is none', () => {
    expect(run(startPace(ALONE), { msEach: 100, atATime: 1000 }, 200).limits).toEqual([4]);
  });

  it.each<[string, PaceBounds, number]>([
    ['by --concurrency', { concurrency: 5, shards: 1 }, 5],
    ['by the processes that share the identity', { concurrency: undefined, shards: 4 }, 4],
    ['to one at least', { concurrency: undefined, shards: 50 }, 1],
  ])('is bounded %s', (_name, bounds, limit) => {
    expect(run(startPace(bounds), FREE, 300, bounds).pace.limit).toBe(limit);
  });

  it('goes back to where it was when more in flight gets no more done, and tries again one by one much later', () => {
    const { limits } = run(startPace(ALONE), { hint: 50, msEach: 100, atATime: 4 }, 400);
    expect(limits.slice(0, 5)).toEqual([4, 8, 4, 5, 4]);
  });

  it('finds what a server takes that works on several at a time', () => {
    const { pace } = run(startPace(ALONE), { hint: 50, msEach: 100, atATime: 9 }, 2000);
    expect(pace.limit).toBeGreaterThanOrEqual(8);
    expect(pace.limit).toBeLessThanOrEqual(12);
  });

  it('learns nothing from rounds that did not fill it', () => {
    let pace = startPace(ALONE);
    for (let nowMs = 100; nowMs < 10_000; nowMs += 100)
      pace = afterAnswer(
        pace,
        { sentAtMs: nowMs - 100, answeredAtMs: nowMs, inFlight: 1, headers: { 'x-ms-dop-hint': '16' } },
        ALONE,
      );
    expect(pace.limit).toBe(4);
  });

  it('is halved once by a 429 of several that were in flight together, and lets one go ahead', () => {
    const { pace, nowMs } = run(startPace(ALONE), FREE, 100);
    const once = slowDown(pace, nowMs, nowMs + 100);
    expect([once.limit, allowed(once)]).toEqual([8, 1]);
    expect(slowDown(once, nowMs + 50, nowMs + 110)).toBe(once);
    expect(run(once, FREE, 200).limits.slice(0, 4)).toEqual([8, 9, 10, 11]);
  });

  it('makes batches smaller after a time-out, down to a sixteenth, and larger after many answers in time', () => {
    let pace = startPace(ALONE);
    for (let nowMs = 0; nowMs < 10; nowMs += 1) pace = slowDownAfterTimeout(pace, nowMs, nowMs);
    expect(pace.batch.share).toBe(1 / 16);
    expect(run(pace, FREE, 50).pace.batch.share).toBe(1 / 8);
    expect(run(pace, FREE, 500).pace.batch.share).toBe(1);
  });

  it('never lets less than one in, however little is left of the budget', () => {
    const headers = { 'x-ms-ratelimit-burst-remaining-xrm-requests': '0' };
    const pace = afterAnswer(startPace(ALONE), { sentAtMs: 0, answeredAtMs: 100, inFlight: 1, headers }, ALONE);
    expect(allowed(pace)).toBe(1);
  });
});
