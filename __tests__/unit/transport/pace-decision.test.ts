import fc from 'fast-check';
import {
  afterAnswer,
  type Pace,
  type PaceBounds,
  slowDown,
  slowDownForRequests,
  startPace,
} from '../../../src/transport/pace-decision.ts';

const FREE = { concurrency: undefined, shards: 1 };

type Play = {
  answers: number;
  latency: (inFlight: number) => number;
  hint?: number | undefined;
  bounds?: PaceBounds;
  busy?: number;
};

/** Plays answers: each takes `latency(inFlight)` and is sent with the limit filled. */
function play(pace: Pace, { answers, latency, hint, bounds = FREE, busy = 0 }: Play): Pace {
  let now = 1_000;
  let current = pace;
  for (let count = 0; count < answers; count += 1) {
    const inFlight = current.limit;
    const answeredAtMs = now + latency(inFlight);
    const busyMs = busy * latency(inFlight);
    current = afterAnswer(current, { sentAtMs: now, answeredAtMs, busyMs, inFlight, kind: 'x', hint }, bounds);
    now = answeredAtMs;
  }
  return current;
}

describe('startPace', () => {
  it.each([
    [undefined, 1, 4],
    [1, 1, 1],
    [3, 1, 3],
    [30, 1, 4],
    [undefined, 2, 2],
    [undefined, 20, 1],
    [1, 2, 1],
  ])('begins low with --concurrency %s, %s processes that share the identity', (concurrency, shards, limit) => {
    expect(startPace({ concurrency, shards }).limit).toBe(limit);
  });
});

describe('afterAnswer', () => {
  it.each([
    ['four answers double it', 4, 8],
    ['twelve answers double it again', 12, 16],
    ['twenty-eight again', 28, 32],
  ])('opens while answers come as fast as before: %s', (_name, answers, limit) => {
    expect(play(startPace(FREE), { answers, latency: () => 100, hint: 50 }).limit).toBe(limit);
  });

  it.each([
    ['the hint of the server', 8, FREE, 8],
    ['a share of the hint', 50, { concurrency: undefined, shards: 8 }, 6],
    ['at least one, however many shards', 8, { concurrency: undefined, shards: 20 }, 1],
    ['--concurrency', 50, { concurrency: 5, shards: 1 }, 5],
    ['four without a hint', undefined, FREE, 4],
    ['a share of four without a hint', undefined, { concurrency: undefined, shards: 2 }, 2],
  ])('never goes beyond %s', (_name, hint, bounds, limit) => {
    expect(play(startPace(bounds), { answers: 500, latency: () => 100, hint, bounds }).limit).toBe(limit);
  });

  it('does not open for requests that never filled it', () => {
    let pace = startPace(FREE);
    for (let now = 0; now < 50; now += 1) {
      pace = afterAnswer(pace, { sentAtMs: now, answeredAtMs: now + 100, inFlight: 1, kind: 'x', hint: 50 }, FREE);
    }
    expect(pace.limit).toBe(4);
  });

  it.each([
    [0.2, 4],
    [0.8, 8],
  ])('halves when answers become slow, but not while it is itself at work for %s of the time', (busy, limit) => {
    const used = play(startPace(FREE), { answers: 40, latency: () => 100, hint: 8 });
    expect(play(used, { answers: 8, latency: () => 300, hint: 8, busy }).limit).toBe(limit);
  });

  describe('while it is itself at work all the time', () => {
    const used = play(startPace(FREE), { answers: 36, latency: () => 100, hint: 8 });
    const waiting = { latency: () => 200, hint: 8, busy: 0.95 };

    it('steps back when answers wait for it, down to one, and is back at once when they do not', () => {
      const busy = play(used, { answers: 21, ...waiting });
      expect(busy.limit).toBe(5);
      expect(play(busy, { answers: 60, ...waiting }).limit).toBe(1);
      expect(play(busy, { answers: 20, latency: () => 100, hint: 8, busy: 0.6 }).limit).toBe(8);
    });

    it('stays where it is when they come as fast as ever, or when it has some time left', () => {
      const busy = play(used, { answers: 21, ...waiting });
      expect(play(busy, { answers: 60, ...waiting, latency: () => 100 }).limit).toBe(5);
      expect(play(used, { answers: 60, ...waiting, busy: 0.85 }).limit).toBe(8);
    });

    it('does not measure later answers by what got done before it stepped back', () => {
      expect(play(used, { answers: 21, ...waiting }).before).toBeUndefined();
    });
  });

  it('settles near what the server can do at a time when more only makes it slower', () => {
    // A server that works on four at a time: beyond that, latency grows with what is in flight.
    const pace = play(startPace(FREE), {
      answers: 400,
      latency: (inFlight) => 100 * Math.max(1, inFlight / 4),
      hint: 50,
    });
    expect(pace.limit).toBeGreaterThanOrEqual(3);
    expect(pace.limit).toBeLessThanOrEqual(9);
  });

  it('goes on opening, and stays, when answers are slower but more gets done', () => {
    const latency = (inFlight: number) => 100 * (1 + inFlight / 20);
    expect(play(startPace(FREE), { answers: 400, latency, hint: 32 }).limit).toBe(32);
  });

  it('opens again after the server has become slower for good', () => {
    const fast = play(startPace(FREE), { answers: 60, latency: () => 100, hint: 8 });
    const slow = play(fast, { answers: 400, latency: () => 1_000, hint: 8 });
    expect(slow.limit).toBe(8);
  });

  it('takes milliseconds of a fast server for noise', () => {
    let count = 0;
    const latency = () => {
      count += 1;
      return count % 3 === 0 ? 20 : 2;
    };
    expect(play(startPace(FREE), { answers: 200, latency, hint: 8 }).limit).toBe(8);
  });

  it('compares like with like: a large kind of request is not a slow server', () => {
    let pace = startPace(FREE);
    for (let now = 0; now < 60; now += 1) {
      const kind = now % 2 === 0 ? 'read' : 'write';
      const took = kind === 'read' ? 100 : 1_500;
      pace = afterAnswer(
        pace,
        { sentAtMs: now * 2_000, answeredAtMs: now * 2_000 + took, inFlight: pace.limit, kind, hint: 8 },
        FREE,
      );
    }
    expect(pace.limit).toBe(8);
  });

  it('stays between one and the ceiling whatever happens', () => {
    const step = fc.record({
      latency: fc.integer({ min: 1, max: 100_000 }),
      hint: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      busy: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      left: fc.option(fc.integer({ min: -1, max: 10 }), { nil: undefined }),
      refused: fc.constantFrom(undefined, slowDown, slowDownForRequests),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let pace = startPace(FREE);
        let now = 0;
        for (const { latency, hint, busy = 0, left, refused } of steps) {
          now += latency;
          const sent = { sentAtMs: now - latency, answeredAtMs: now, inFlight: pace.limit, kind: 'x' };
          pace =
            refused?.(pace, sent.sentAtMs, now) ??
            afterAnswer(pace, { ...sent, busyMs: busy * latency, left, hint }, FREE);
          expect(pace.limit).toBeGreaterThanOrEqual(1);
          expect(pace.limit).toBeLessThanOrEqual(pace.ceiling);
        }
      }),
    );
  });
});

describe('slowDown', () => {
  const wide: Pace = { ...startPace(FREE), limit: 16, ceiling: 50 };

  it('halves', () => {
    expect(slowDown(wide, 10, 20).limit).toBe(8);
  });

  it('halves once for all that were in flight together', () => {
    const once = slowDown(wide, 10, 20);
    expect(slowDown(once, 15, 21).limit).toBe(8);
    expect(slowDown(once, 22, 30).limit).toBe(4);
  });

  it('keeps one', () => {
    expect(slowDown({ ...wide, limit: 1 }, 10, 20).limit).toBe(1);
  });

  it('does not count the late answers of before', () => {
    const cut = slowDown(wide, 10, 900);
    const late = afterAnswer(cut, { sentAtMs: 800, answeredAtMs: 1_000, inFlight: 16, kind: 'x', hint: 50 }, FREE);
    expect(late.round.answers).toBe(0);
  });

  it.each([
    ['eight answers change nothing', 8, 8],
    ['then it grows by one', 16, 9],
    ['slowly, up to just below where it was cut', 120, 15],
    ['it stays there for long', 190, 15],
    ['and goes on when that was calm', 260, 19],
  ])('is careful afterwards: %s', (_name, answers, limit) => {
    expect(play(slowDown(wide, 10, 900), { answers, latency: () => 100, hint: 50 }).limit).toBe(limit);
  });
});

describe('slowDownForRequests', () => {
  const used: Pace = { ...startPace(FREE), limit: 16, ceiling: 50, doubling: false, cutFrom: 40 };
  const limitAfter = (answers: number, pace = slowDownForRequests(used, 10, 900)): number =>
    play(pace, { answers, latency: () => 100, hint: 50 }).limit;

  it.each([
    ['halves', 0, 8],
    ['doubles up to where it was', 8, 16],
    ['and stays there for long', 100, 16],
    ['before it thinks of more', 130, 17],
  ])('%s', (_name, answers, limit) => {
    expect(limitAfter(answers)).toBe(limit);
  });

  it('does so again when the next one is refused as well', () => {
    const twice = slowDownForRequests(slowDownForRequests(used, 10, 900), 950, 990);
    expect(limitAfter(0, twice)).toBe(4);
    expect(limitAfter(4, twice)).toBe(8);
  });

  it('counts once for all that were in flight together', () => {
    const once = slowDownForRequests(used, 10, 20);
    expect(slowDownForRequests(once, 15, 21)).toBe(once);
  });
});
