import { afterAnswer, allowed, type Pace, type PaceBounds, startPace } from '../../../src/transport/pace-decision.ts';

type Server = {
  readonly bounds: PaceBounds;
  readonly requests: number;
  /** Milliseconds of the nth request, with so many in flight. */
  readonly latency: (inFlight: number, request: number) => number;
};

/** Numbers between 0 and 1 that look random and are the same every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** As many requests in flight as are allowed, on one clock; gives the milliseconds at which each was answered, and the limits. */
function run({ bounds, requests, latency }: Server) {
  let pace: Pace = startPace(bounds);
  let now = 0;
  let sent = 0;
  const flying: { sentAtMs: number; endsAtMs: number; inFlight: number }[] = [];
  const answeredAtMs: number[] = [];
  const limits: number[] = [];
  while (answeredAtMs.length < requests) {
    while (flying.length < allowed(pace) && sent < requests) {
      sent += 1;
      const inFlight = flying.length + 1;
      flying.push({ sentAtMs: now, endsAtMs: now + latency(inFlight, sent), inFlight });
    }
    flying.sort((a, b) => a.endsAtMs - b.endsAtMs);
    const answer = flying.shift();
    if (answer === undefined) break;
    now = answer.endsAtMs;
    answeredAtMs.push(now);
    const { sentAtMs, inFlight } = answer;
    pace = afterAnswer(pace, { sentAtMs, answeredAtMs: now, inFlight, kind: 'x', hint: bounds.concurrency }, bounds);
    limits.push(pace.limit);
  }
  return { answeredAtMs, limits };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('the pace against a server that does one thing at a time', () => {
  it('leaves two in flight, however slow that makes each of them', () => {
    const { limits } = run({
      bounds: { concurrency: 8, shards: 1 },
      requests: 400,
      latency: (inFlight) => 100 * inFlight,
    });
    expect(limits.slice(50).every((limit) => limit >= 2)).toBe(true);
    expect(Math.min(...limits)).toBe(2);
  });
});

describe('the pace against a server that has become slower for good, whatever is in flight', () => {
  it.each([
    [8, 300],
    [8, 500],
    [20, 300],
  ])('comes back to more than two at a time: %s at most, from 100 to %s ms', (concurrency, slowMs) => {
    const [before, after] = [100, 1000];
    const times = Array.from({ length: 20 }, (_, seed) => {
      const random = dice(seed * 7919 + 1);
      const { answeredAtMs } = run({
        bounds: { concurrency, shards: 1 },
        requests: before + after,
        latency: (_inFlight, request) => (request > before ? slowMs : 100) * (0.95 + 0.1 * random()),
      });
      return (answeredAtMs.at(-1) ?? 0) - (answeredAtMs[before - 1] ?? 0);
    });
    const twoAtATime = (after * slowMs) / 2;
    expect(median(times)).toBeLessThan(twoAtATime / 2);
  });
});
