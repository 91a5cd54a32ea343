import {
  afterAnswer,
  afterWrite,
  callSizes,
  laneOf,
  type Pace,
  type PaceBounds,
  requestsAtOnce,
  slowDown,
  startPace,
  type WriteCall,
} from '../../../src/transport/pace.ts';

const ALONE: PaceBounds = { concurrency: undefined, shards: 1 };
const START = startPace(ALONE);
const NOTHING = { members: 0, singles: 0 };

/** After a call for one list, with nobody else at it. */
const writeAfter = (pace: Pace, call: Partial<WriteCall>): Pace =>
  afterWrite(pace, {
    ...{ sent: NOTHING, done: NOTHING, trouble: undefined },
    ...{ rows: [{ id: 'list', inFlight: 1 }], ms: 0, hasWaited: false },
    ...call,
  });

describe('requests at once', () => {
  const hinting = (hint: string | undefined) => (hint === undefined ? {} : { 'x-ms-dop-hint': hint });
  function limits(start: Pace, answers: number, hint: string | undefined): number[] {
    let pace = start;
    const seen = [requestsAtOnce(pace)];
    for (let answer = 0; answer < answers; answer += 1) {
      pace = afterAnswer(pace, hinting(hint));
      if (requestsAtOnce(pace) !== seen.at(-1)) seen.push(requestsAtOnce(pace));
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
    expect(limits(startPace(bounds), 100, hint)).toEqual(expected);
  });

  it('rise by one after as many good answers as there are at once', () => {
    expect(limits(START, 4, '8')).toEqual([4]);
    expect(limits(START, 5, '8')).toEqual([4, 5]);
  });

  it('fall with the hint', () => {
    expect(afterAnswer({ ...START, limit: 8, ceiling: 8 }, hinting('5'))).toMatchObject({ limit: 5, ceiling: 5 });
  });

  it('are halved once by several that met a 429 together, and rise again', () => {
    const pace: Pace = { ...START, limit: 8, ceiling: 8 };
    const once = slowDown(pace, 500, 900);
    expect(once.limit).toBe(4);
    expect(slowDown(once, 600, 950)).toBe(once);
    expect(requestsAtOnce(once)).toBe(1);
    expect(limits(once, 100, '8')).toEqual([1, 4, 5, 6, 7, 8]);
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
    expect(requestsAtOnce(afterAnswer(START, headers))).toBe(expected);
  });
});

describe('writes to one row at once', () => {
  const sent = { members: 1000, singles: 0 };
  /** Calls of 1,000 people, one after the other at the present limit; `msAt` is how long one takes among so many. */
  function limits(msAt: (inFlight: number) => number, calls: number, start: Pace = { ...START, limit: 8 }): number[] {
    let pace = start;
    const seen = [laneOf(pace, 'list').limit];
    for (let call = 0; call < calls; call += 1) {
      const { limit } = laneOf(pace, 'list');
      const rows = [{ id: 'list', inFlight: limit }];
      pace = writeAfter(pace, { sent, done: sent, rows, ms: msAt(limit) });
      if (laneOf(pace, 'list').limit !== seen.at(-1)) seen.push(laneOf(pace, 'list').limit);
    }
    return seen;
  }

  it('double while nothing stands in their way, to the limit of requests', () => {
    expect(limits(() => 1200, 100)).toEqual([1, 2, 4, 8]);
    expect(limits(() => 1200, 100, { ...START, limit: 5.9 })).toEqual([1, 2, 4, 5]);
  });

  it('go back to two where the list takes one after the other, with one waiting for it, and try one more much later', () => {
    // A second for the rows, 200 ms for the way.
    const queued = (inFlight: number): number => Math.max(1200, 1000 * inFlight);
    expect(limits(queued, 20)).toEqual([1, 2, 4, 2]);
    expect(limits(queued, 40)).toEqual([1, 2, 4, 2, 3, 2]);
  });

  it('go back to one where a second gets nothing more done', () => {
    expect(limits((inFlight) => 1200 * inFlight, 5)).toEqual([1, 2, 1]);
  });

  it('find what a server takes that works on several at a time', () => {
    expect(limits((inFlight) => 1200 * Math.max(1, inFlight / 4), 40)).toEqual([1, 2, 4, 8, 4]);
  });

  it('grow by one where one more brings at least half of its share, after a limit that brought nothing', () => {
    // At first a second one gets nothing more done; later two get done twice as much, and each further one so much of its share.
    const later = (share: number) => {
      let calls = 0;
      return (inFlight: number): number => {
        calls += 1;
        if (calls <= 5) return 1200 * inFlight;
        return inFlight <= 2 ? 1200 : (1200 * inFlight) / (2 + share * (inFlight - 2));
      };
    };
    expect(limits(later(1), 200)).toEqual([1, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(limits(later(0.4), 38)).toEqual([1, 2, 1, 2, 3, 2]);
  });

  it('learn nothing from calls that did not fill the limit', () => {
    const two = writeAfter(START, { sent, done: sent, ms: 1200 });
    expect(laneOf(two, 'list').limit).toBe(2);
    expect(laneOf(writeAfter(two, { sent, done: sent, ms: 1200 }), 'list')).toEqual(laneOf(two, 'list'));
  });

  it.each(['locked', 'timeout'] as const)('stay at one for the rest of the run after a call that was %s', (trouble) => {
    const alone = writeAfter(START, { sent, trouble });
    expect(limits(() => 1200, 100, { ...alone, limit: 8 })).toEqual([1]);
    expect(laneOf(alone, 'other list')).toEqual(laneOf(START, 'list'));
  });
});

describe('the size of a call', () => {
  const first = { sent: { members: 250, singles: 0 }, done: { members: 250, singles: 0 } };
  const quick = writeAfter(START, { ...first, ms: 350 });

  it.each([
    ['a quick service', 350, 1000],
    ['ten seconds', 10_000, 250],
    ['a slow service', 50_000, 50],
    ['a very slow one', 10_000_000, 1],
  ])('follows from how long the first one took: %s', (_name, ms, members) => {
    expect(writeAfter(START, { ...first, ms })).toMatchObject({ sizes: { members, singles: 100 } });
  });

  it('does not follow from a call that was not done, or had to wait', () => {
    expect(writeAfter(START, { ...first, ms: 350, hasWaited: true }).sizes).toEqual(START.sizes);
    expect(writeAfter(START, { ...first, done: NOTHING, ms: 350 }).sizes).toEqual(START.sizes);
  });

  it('does not shrink for a few people, who take as long as their request', () => {
    expect(writeAfter(START, { done: { members: 2, singles: 1 }, ms: 900 }).sizes).toEqual(START.sizes);
  });

  it('grows again when the service is quick again', () => {
    const slow = writeAfter(START, { ...first, ms: 50_000 });
    expect(writeAfter(slow, { done: { members: 50, singles: 0 }, ms: 500 }).sizes).toMatchObject({ members: 1000 });
  });

  it('counts creations for themselves', () => {
    const done = { members: 0, singles: 100 };
    expect(writeAfter(START, { done, ms: 1000 }).sizes).toEqual({ members: 250, singles: 950 });
    expect(writeAfter(START, { done, ms: 50_000 }).sizes).toEqual({ members: 250, singles: 20 });
  });

  it('is half of what took too long, once for calls that went together, and one at least', () => {
    const late = { sent: { members: 1000, singles: 0 }, trouble: 'timeout' } as const;
    const half = writeAfter(quick, late);
    expect(half.sizes).toEqual({ members: 500, singles: 100 });
    expect(writeAfter(half, late).sizes).toEqual(half.sizes);
    expect(writeAfter(quick, { sent: { members: 1, singles: 1 }, trouble: 'timeout' }).sizes).toEqual({
      members: 1,
      singles: 1,
    });
  });

  it('never again comes near what was refused as too many (U16)', () => {
    const capped = writeAfter(quick, { sent: { members: 750, singles: 0 }, trouble: 'too-many' });
    expect(capped.sizes).toMatchObject({ members: 375 });
    const done = { members: 375, singles: 0 };
    expect(writeAfter(capped, { sent: done, done, ms: 400 }).sizes).toMatchObject({ members: 375 });
  });
});

describe('calls for many people', () => {
  const many = { members: 250, singles: 0 };
  const one = { members: 0, singles: 1 };
  const locked = { sent: many, trouble: 'locked' } as const;
  const repeated = (start: Pace, times: number, call: Partial<WriteCall>): Pace =>
    Array.from({ length: times }).reduce<Pace>((pace) => writeAfter(pace, call), start);
  const stopped = repeated(START, 4, locked);

  it('end when four in a row were refused a lock that nobody else held; everybody is sent alone', () => {
    expect(callSizes(repeated(START, 3, locked))).toEqual({ members: 250, singles: 100 });
    expect(callSizes(stopped)).toEqual({ members: 0, singles: 100 });
  });

  it('are tried again 20 calls later, and end again with one more', () => {
    expect(callSizes(repeated(stopped, 19, { sent: one, done: one })).members).toBe(0);
    const again = repeated(stopped, 20, { sent: one, done: one });
    expect(callSizes(again).members).toBe(250);
    expect(callSizes(writeAfter(again, locked)).members).toBe(0);
    expect(callSizes(repeated(writeAfter(again, { sent: many, done: many }), 3, locked)).members).toBeGreaterThan(0);
  });

  it('do not end for what another write of ours may have been in the way of, for one person, or for another reason', () => {
    const rows = [{ id: 'list', inFlight: 2 }];
    expect(callSizes(repeated(START, 9, { ...locked, rows })).members).toBe(250);
    expect(callSizes(repeated(START, 9, { sent: one, trouble: 'locked' })).members).toBe(250);
    expect(callSizes(repeated(START, 9, { sent: many })).members).toBe(250);
    expect(callSizes(repeated(stopped, 9, {})).members).toBe(0);
  });
});
