import fc from 'fast-check';
import { type Claims, type Creating, trackClaims } from '../../../src/change/claims.ts';

const rowAt = (line: number): Creating => ({ email: 'ann@x.de', place: { source: 'people.csv', line, ref: 'Ann' } });

describe('trackClaims', () => {
  it('says which row somebody is created for, and remembers it when it is done', () => {
    const inFlight = trackClaims();
    const claims = inFlight.begin();
    expect(claims.claimCreation('ann', rowAt(2))).toBeUndefined();
    expect(claims.claimCreation('ann', rowAt(3))).toEqual(rowAt(2));
    expect([claims.creating('ann'), claims.created('ann'), claims.created('bob')]).toEqual([
      rowAt(2),
      rowAt(2),
      undefined,
    ]);
    claims.end();
    const later = inFlight.begin();
    expect([later.creating('ann'), later.created('ann')]).toEqual([undefined, rowAt(2)]);
  });

  it('remembers the last of them only', () => {
    const inFlight = trackClaims();
    for (let chunk = 0; chunk < 300; chunk += 1) {
      const claims = inFlight.begin();
      for (let row = 0; row < 100; row += 1) claims.claimCreation(`${chunk}/${row}`, rowAt(row));
      claims.end();
    }
    const later = inFlight.begin();
    expect([later.created('99/99'), later.created('100/0'), later.created('299/99')]).toEqual([
      undefined,
      rowAt(0),
      rowAt(99),
    ]);
  });

  it('keeps the claims of a chunk until those that began before its end have ended', () => {
    const inFlight = trackClaims();
    const [first, second] = [inFlight.begin(), inFlight.begin()];
    expect(first.claim('lead', 'ann')).toBe(true);
    first.end();
    expect(second.claim('lead', 'ann')).toBe(false);
    const third = inFlight.begin();
    expect(third.isTaken('lead', 'ann')).toBe(true);
    second.end();
    expect(third.claim('lead', 'ann')).toBe(true);
  });

  it('tells a lead from a contact of the same id, and both from an address', () => {
    const inFlight = trackClaims();
    const claims = inFlight.begin();
    expect([claims.claim('lead', 'ann'), claims.claim('lead', 'ann')]).toEqual([true, false]);
    expect([claims.isTaken('contact', 'ann'), claims.creating('ann')]).toEqual([false, undefined]);
    expect([claims.claim('contact', 'ann'), claims.claimCreation('ann', rowAt(2))]).toEqual([true, undefined]);
    claims.end();
    const later = inFlight.begin();
    expect([later.isTaken('lead', 'ann'), later.isTaken('contact', 'ann'), later.creating('ann')]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({
        kind: fc.constant('claim' as const),
        chunk: fc.nat(5),
        of: fc.constantFrom('lead' as const, 'contact' as const, 'creation' as const),
        key: fc.constantFrom('a', 'b', 'c'),
      }),
      fc.record({ kind: fc.constant('end' as const), chunk: fc.nat(5) }),
    ),
    { maxLength: 60 },
  );

  it('gives a person to one of the chunks whose lives overlap, in whatever order they begin and end', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const inFlight = trackClaims();
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
            const isFree =
              step.of === 'creation'
                ? chunk.claims.claimCreation(step.key, rowAt(2)) === undefined
                : chunk.claims.claim(step.of, step.key);
            if (isFree) chunk.keys.add(`${step.of} ${step.key}`);
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
    const inFlight = trackClaims();
    for (let chunk = 0; chunk < 1000; chunk += 1) {
      const claims = inFlight.begin();
      expect(claims.claim('lead', 'ann')).toBe(true);
      claims.end();
    }
  });
});
