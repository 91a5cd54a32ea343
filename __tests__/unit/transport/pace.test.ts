import {
  afterAnswer,
  afterCall,
  allowedAtOnce,
  FIRST_LANE,
  FIRST_WRITES,
  type Lane,
  laneAfter,
  type Pace,
  type PaceBounds,
  slowDown,
  startPace,
  type WriteCall,
  type Writes,
} from '../../../src/transport/pace.ts';

const ALONE: PaceBounds = { concurrency: undefined, shards: 1 };

describe('requests at once', () => {
  const hinting = (hint: string | undefined) => (hint === undefined ? {} : { 'x-ms-dop-hint': hint });
  function limits(start: Pace, answers: number, hint: string | undefined, bounds = ALONE): number[] {
    let pace = start;
    const seen = [pace.limit];
    for (let sentAtMs = 1000; sentAtMs < 1000 + answers; sentAtMs += 1) {
      pace = afterAnswer(pace, { sentAtMs, headers: hinting(hint) }, bounds);
      if (pace.limit !== seen.at(-1)) seen.push(pace.limit);
    }
    return seen;
  }

  it.each<[string, string | undefined, PaceBounds, number[]]>([
    ['to the server’s hint', '6', ALONE, [4, 5, 6]],
    ['to the lowest hint that Dataverse gives where there is none', undefined, ALONE, [4]],
    ['to --concurrency', '16', { concurrency: 5, shards: 1 }, [4, 5]],
    ['to the share of one of several processes', '16', { concurrency: undefined, shards: 4 }, [1, 2, 3, 4]],
    ['not beyond one where many processes share the identity', '16', { concurrency: undefined, shards: 50 }, [1]],
  ])('rise with each round of good answers %s', (_name, hint, bounds, expected) => {
    expect(limits(startPace(bounds), 100, hint, bounds)).toEqual(expected);
  });

  it('fall with the hint', () => {
    const pace: Pace = { ...startPace(ALONE), limit: 8, ceiling: 8 };
    expect(afterAnswer(pace, { sentAtMs: 0, headers: hinting('5') }, ALONE)).toMatchObject({ limit: 5, ceiling: 5 });
  });

  it('are halved once by several that met a 429 together, and rise again', () => {
    const pace: Pace = { ...startPace(ALONE), limit: 8, ceiling: 8 };
    const once = slowDown(pace, 500, 900);
    expect(once.limit).toBe(4);
    expect(slowDown(once, 600, 950)).toBe(once);
    expect(allowedAtOnce(once)).toBe(1);
    expect(afterAnswer(once, { sentAtMs: 700, headers: hinting('8') }, ALONE)).toEqual({ ...once, left: undefined });
    expect(limits(once, 100, '8')).toEqual([4, 5, 6, 7, 8]);
    expect(slowDown({ ...pace, limit: 1 }, 0, 1).limit).toBe(1);
  });

  it.each([
    ['5,999', 4],
    ['3', 3],
    ['0', 1],
    [undefined, 4],
  ])('brake near the end of the budget: %s requests left', (left, expected) => {
    const headers: Record<string, string> =
      left === undefined ? {} : { 'x-ms-ratelimit-burst-remaining-xrm-requests': left };
    expect(allowedAtOnce(afterAnswer(startPace(ALONE), { sentAtMs: 0, headers }, ALONE))).toBe(expected);
  });
});

describe('writes to one row at once', () => {
  /** Calls of 1,000 people, one after the other at the present limit; `msAt` is how long one takes among so many. */
  function limits(msAt: (inFlight: number) => number, calls: number, start: Lane = FIRST_LANE): number[] {
    let lane = start;
    const seen = [lane.limit];
    for (let call = 0; call < calls; call += 1) {
      lane = laneAfter(lane, { people: 1000, ms: msAt(lane.limit), inFlight: lane.limit }, 8);
      if (lane.limit !== seen.at(-1)) seen.push(lane.limit);
    }
    return seen;
  }

  it('double while nothing stands in their way, to the limit of requests', () => {
    expect(limits(() => 1200, 100)).toEqual([1, 2, 4, 8]);
  });

  it('stay where the list takes one after the other, with one waiting at its door, and try again much later', () => {
    // A second for the rows, 200 ms for the way.
    const queued = (inFlight: number): number => Math.max(1200, 1000 * inFlight);
    expect(limits(queued, 20)).toEqual([1, 2, 3, 2]);
    expect(limits(queued, 40)).toEqual([1, 2, 3, 2, 3, 2]);
  });

  it('go back to one where a second gets nothing more done', () => {
    expect(limits((inFlight) => 1200 * inFlight, 5)).toEqual([1, 2, 1]);
  });

  it('find what a server takes that works on several at a time', () => {
    expect(limits((inFlight) => 1200 * Math.max(1, inFlight / 4), 70)).toEqual([1, 2, 4, 8, 4, 5, 4]);
  });

  it('learn nothing from calls that did not fill the limit', () => {
    const two = { ...FIRST_LANE, limit: 2 };
    expect(laneAfter(two, { people: 1000, ms: 1200, inFlight: 1 }, 8)).toBe(two);
  });

  it('stay at one for the rest of the run once a lock was refused', () => {
    expect(limits(() => 1200, 100, { ...FIRST_LANE, grows: false })).toEqual([1]);
  });
});

describe('the size of a call', () => {
  const NOTHING = { members: 0, singles: 0 };
  const callAfter = (writes: Writes, call: Partial<WriteCall>, ms = 0, hasWaited = false) =>
    afterCall(
      writes,
      {
        sent: NOTHING,
        done: NOTHING,
        peopleDone: new Map([['list', 1]]),
        trouble: undefined,
        tooMany: undefined,
        ...call,
      },
      { rows: [], ms, hasWaited, ceiling: 8 },
    );
  const first = { done: { members: 250, singles: 0 } };
  const quick = callAfter(FIRST_WRITES, first, 350);

  it.each([
    ['a quick service', 350, 1000],
    ['ten seconds', 10_000, 250],
    ['a slow service', 50_000, 50],
    ['a very slow one', 10_000_000, 1],
  ])('follows from how long the first one took: %s', (_name, ms, members) => {
    expect(callAfter(FIRST_WRITES, first, ms)).toMatchObject({ sizes: { members, singles: 100 } });
  });

  it('does not follow from a call that was not done, or had to wait', () => {
    expect(callAfter(FIRST_WRITES, first, 350, true)).toBe(FIRST_WRITES);
    expect(callAfter(FIRST_WRITES, { peopleDone: new Map() }, 350)).toBe(FIRST_WRITES);
  });

  it('does not shrink for a few people, who take as long as their request', () => {
    expect(callAfter(FIRST_WRITES, { done: { members: 2, singles: 1 } }, 900).sizes).toEqual(FIRST_WRITES.sizes);
  });

  it('grows again when the service is quick again', () => {
    const slow = callAfter(FIRST_WRITES, first, 50_000);
    expect(callAfter(slow, { done: { members: 50, singles: 0 } }, 500).sizes).toMatchObject({ members: 1000 });
  });

  it('counts creations for themselves', () => {
    const done = { members: 0, singles: 100 };
    expect(callAfter(FIRST_WRITES, { done }, 1000).sizes).toEqual({ members: 250, singles: 950 });
    expect(callAfter(FIRST_WRITES, { done }, 50_000).sizes).toEqual({ members: 250, singles: 20 });
  });

  it('is half of what took too long, once for calls that went together, and one at least', () => {
    const late = { sent: { members: 1000, singles: 0 }, trouble: 'timeout' } as const;
    const half = callAfter(quick, late);
    expect(half.sizes).toEqual({ members: 500, singles: 100 });
    expect(callAfter(half, late).sizes).toEqual(half.sizes);
    expect(callAfter(quick, { sent: { members: 1, singles: 1 }, trouble: 'timeout' }).sizes).toEqual({
      members: 1,
      singles: 1,
    });
  });

  it('never again comes near what was refused as too many (U16)', () => {
    const capped = callAfter(quick, { tooMany: 750 });
    expect(capped.sizes).toMatchObject({ members: 375 });
    expect(callAfter(capped, { done: { members: 375, singles: 0 } }, 400).sizes).toMatchObject({ members: 375 });
  });
});
