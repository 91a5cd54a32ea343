import fc from 'fast-check';
import { type Claims, trackInFlight } from '../../../src/membership/in-flight.ts';

describe('trackInFlight', () => {
  it('keeps the claims of a chunk until those that began before its end have ended', () => {
    const inFlight = trackInFlight();
    const [first, second] = [inFlight.begin(), inFlight.begin()];
    expect(first.claim('ann')).toBe(true);
    first.end();
    expect(second.claim('ann')).toBe(false);
    const third = inFlight.begin();
    expect(third.isTaken('ann')).toBe(true);
    second.end();
    expect(third.claim('ann')).toBe(true);
  });

  it('takes a key once within a chunk', () => {
    const claims = trackInFlight().begin();
    expect([claims.claim('ann'), claims.claim('ann'), claims.claim('bob')]).toEqual([true, false, true]);
  });

  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({ kind: fc.constant('claim' as const), chunk: fc.nat(5), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ kind: fc.constant('end' as const), chunk: fc.nat(5) }),
    ),
    { maxLength: 60 },
  );

  it('gives a person to one of the chunks whose lives overlap, in whatever order they begin and end', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const inFlight = trackInFlight();
        const chunks: { claims: Claims; from: number; to: number; keys: Set<string> }[] = [];
        all.forEach((step, now) => {
          if (step.kind === 'begin') {
            chunks.push({ claims: inFlight.begin(), from: now, to: Number.POSITIVE_INFINITY, keys: new Set() });
            return;
          }
          const open = chunks.filter((chunk) => chunk.to === Number.POSITIVE_INFINITY);
          const chunk = open[step.chunk % Math.max(1, open.length)];
          if (chunk === undefined) return;
          if (step.kind === 'claim') {
            if (chunk.claims.claim(step.key)) chunk.keys.add(step.key);
            return;
          }
          chunk.claims.end();
          chunk.to = now;
        });
        for (const one of chunks)
          for (const other of chunks) {
            if (one === other || one.from > other.to || other.from > one.to) continue;
            for (const key of one.keys) expect(other.keys.has(key)).toBe(false);
          }
      }),
    );
  });

  it('forgets: a person of an earlier chunk can be claimed again, however many have passed', () => {
    const inFlight = trackInFlight();
    for (let chunk = 0; chunk < 1000; chunk += 1) {
      const claims = inFlight.begin();
      expect(claims.claim('ann')).toBe(true);
      claims.end();
    }
  });
});
