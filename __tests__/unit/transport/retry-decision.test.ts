import fc from 'fast-check';
import { backoffMs, decideRetry, MAX_ATTEMPTS } from '../../../src/transport/retry-decision.ts';
import type { Trouble } from '../../../src/transport/trouble.ts';

const BUSY: Trouble = { kind: 'busy', retryAfterMs: undefined };

describe('decideRetry', () => {
  const THROTTLED: Trouble = { kind: 'throttled', retryAfterMs: 7_000 };
  const LOST: Trouble = { kind: 'lost', reason: 'lost' };
  const UNSENT: Trouble = { kind: 'not-sent', reason: 'unreachable' };
  const limits = { maxWaitMs: 600_000, random: () => 0.5 };
  const read = { failures: 1, busy: 0, waitedMs: 0, repeatable: true };
  const write = { ...read, repeatable: false };

  it.each([
    ['a read that was throttled', THROTTLED, read, { kind: 'repeat', afterMs: 7_000 }],
    ['a write that was throttled', THROTTLED, write, { kind: 'repeat', afterMs: 7_000 }],
    ['throttling after many failures', THROTTLED, { ...write, failures: 99 }, { kind: 'repeat', afterMs: 7_000 }],
    ['a read from a busy server', BUSY, read, { kind: 'repeat', afterMs: 250 }],
    ['a write to a busy server', BUSY, write, { kind: 'stop' }],
    ['a read whose answer was lost', LOST, { ...read, failures: 3 }, { kind: 'repeat', afterMs: 1_000 }],
    ['a write whose answer was lost', LOST, write, { kind: 'stop' }],
    ['a write that was never sent', UNSENT, write, { kind: 'repeat', afterMs: 250 }],
    [
      'a server that names a time but no throttling',
      { kind: 'busy', retryAfterMs: 9_000 } as const,
      read,
      { kind: 'repeat', afterMs: 9_000 },
    ],
    ['no trouble', undefined, read, { kind: 'stop' }],
    ['a read while it is busy for long', BUSY, { ...read, failures: 99 }, { kind: 'repeat', afterMs: 15_000 }],
    ['a read that is lost every time', LOST, { ...read, failures: MAX_ATTEMPTS }, { kind: 'give-up' }],
    [
      'a read that timed out three times',
      { kind: 'lost', reason: 'timeout' } as const,
      { ...read, failures: 3 },
      { kind: 'give-up' },
    ],
    [
      'a host that does not exist',
      { kind: 'not-sent', reason: 'unknown-host' } as const,
      { ...write, failures: 3 },
      { kind: 'give-up' },
    ],
    ['an answer too large to take', { kind: 'lost', reason: 'too-large' } as const, read, { kind: 'stop' }],
    ['an untrusted certificate', { kind: 'not-sent', reason: 'certificate' } as const, write, { kind: 'give-up' }],
    ['waiting that would go beyond the budget', THROTTLED, { ...read, waitedMs: 593_001 }, { kind: 'give-up' }],
    ['waiting that just fits', THROTTLED, { ...read, waitedMs: 593_000 }, { kind: 'repeat', afterMs: 7_000 }],
  ])('decides about %s', (_name, trouble, soFar, expected) => {
    expect(decideRetry(trouble, soFar, limits)).toEqual(expected);
  });

  it('never repeats a write of which nobody knows whether it was done', () => {
    const unsure = fc.oneof(
      fc.record({ kind: fc.constant('busy' as const), retryAfterMs: fc.option(fc.nat(), { nil: undefined }) }),
      fc.record({
        kind: fc.constant('lost' as const),
        reason: fc.constantFrom('timeout' as const, 'lost' as const, 'too-large' as const),
      }),
    );
    fc.assert(
      fc.property(unsure, fc.nat(20), fc.nat(), (trouble, failures, waitedMs) => {
        expect(decideRetry(trouble, { failures, busy: 0, waitedMs, repeatable: false }, limits)).toEqual({
          kind: 'stop',
        });
      }),
    );
  });

  it('never waits less than the server asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (retryAfterMs, chance) => {
          const unlimited = { maxWaitMs: Number.POSITIVE_INFINITY, random: () => chance };
          const decision = decideRetry({ kind: 'throttled', retryAfterMs }, write, unlimited);
          expect(decision).toEqual({ kind: 'repeat', afterMs: retryAfterMs });
        },
      ),
    );
  });
});

describe('backoffMs', () => {
  it('doubles up to half a minute, anywhere below', () => {
    expect([1, 2, 3, 7, 8, 50].map((failures) => backoffMs(failures, () => 1))).toEqual([
      500, 1_000, 2_000, 30_000, 30_000, 30_000,
    ]);
    expect(backoffMs(5, () => 0)).toBe(0);
  });
});
