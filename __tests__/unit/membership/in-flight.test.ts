import fc from 'fast-check';
import { type Claims, trackInFlight } from '../../../src/membership/in-flight.ts';

describe('trackInFlight', () => {
  it('keeps the claims of a chunk until those that began before its end have ended', () => {
    const inFlight = trackInFlight();
    const [first, second] = [inFlight.begin(), inFlight.begin()];
    expect(first.claim('lead', 'ann')).toBe(true);
    first.end();
    expect(second.claim('lead', 'ann')).toBe(false);
    const third = inFlight.begin();
    expect(third.isTaken('lead', 'ann')).toBe(true);
    second.end();
    expect(third.claim('lead', 'ann')).toBe(true);
  });

  it('takes a key once within a chunk', () => {
    const claims = trackInFlight().begin();
    expect([claims.claim('lead', 'ann'), claims.claim('lead', 'ann'), claims.claim('lead', 'bob')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('tells a lead from a contact of the same id, and both from an address', () => {
    const inFlight = trackInFlight();
    const claims = inFlight.begin();
    expect(claims.claim('lead', 'ann')).toBe(true);
    expect([claims.isTaken('contact', 'ann'), claims.isTaken('email', 'ann')]).toEqual([false, false]);
    expect([claims.claim('contact', 'ann'), claims.claim('email', 'ann')]).toEqual([true, true]);
    claims.end();
    const later = inFlight.begin();
    expect([later.isTaken('lead', 'ann'), later.isTaken('contact', 'ann'), later.isTaken('email', 'ann')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({
        kind: fc.constant('claim' as const),
        chunk: fc.nat(5),
        of: fc.constantFrom('lead' as const, 'contact' as const, 'email' as const),
        key: fc.constantFrom('a', 'b', 'c'),
      }),
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
            if (chunk.claims.claim(step.of, step.key)) chunk.keys.add(`${step.of} ${step.key}`);
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
      expect(claims.claim('lead', 'ann')).toBe(true);
      claims.end();
    }
  });
});
