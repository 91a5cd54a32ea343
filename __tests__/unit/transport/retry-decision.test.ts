import fc from 'fast-check';
import { UnknownResultError } from '../../../src/transport/http.ts';
import {
  backoffMs,
  decideRetry,
  MAX_ATTEMPTS,
  responseTrouble,
  type Trouble,
  troubleOf,
} from '../../../src/transport/retry-decision.ts';
import { response } from './scripted-send.ts';

const NOW = 1_000_000;
const BUSY: Trouble = { kind: 'busy', retryAfterMs: undefined };

function refusal(status: number, code: string, message = 'text') {
  return response(status, { body: JSON.stringify({ error: { code, message } }) });
}

describe('responseTrouble', () => {
  it.each([
    ['429 without a word', response(429), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['429 with a time', response(429, { headers: { 'retry-after': '7' } }), { kind: 'throttled', retryAfterMs: 7_000 }],
    ['too many requests, as a 503', refusal(503, '0x80072322'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['too much execution time, as a 500', refusal(500, '0x80072321'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['too many at a time', refusal(503, '0x80072326'), { kind: 'throttled', retryAfterMs: 5_000 }],
    ['408', response(408), BUSY],
    ['502 with a page', response(502, { body: '<html>' }), BUSY],
    ['503 with a time', response(503, { headers: { 'retry-after': '3' } }), { kind: 'busy', retryAfterMs: 3_000 }],
    ['504', response(504), BUSY],
    ['a SQL error', refusal(500, '0x80044150'), BUSY],
    ['a SQL time-out', refusal(500, '0x80044151'), BUSY],
    ['the database governor', refusal(500, '0x8004A001'), BUSY],
    ['a 500 that names a deadlock', refusal(500, '0x80040216', 'Transaction was deadlocked'), BUSY],
    ['a 500 that is a page of some server in between', response(500, { body: '<html>' }), BUSY],
    ['a 500 without a body', response(500), BUSY],
  ])('sees in %s something that may pass', (_name, answer, expected) => {
    expect(responseTrouble(answer, NOW)).toEqual(expected);
  });

  it.each([
    ['200', response(200)],
    ['a bad request', refusal(400, '0x80040203')],
    ['401', response(401)],
    ['403', refusal(403, '0x80040220')],
    ['404', refusal(404, '0x80040217')],
    ['405', response(405)],
    ['412', refusal(412, '0x80040237')],
    ['413', response(413)],
    ['a plug-in that failed', refusal(500, '0x80040224')],
    ['duplicates found, as a 500', refusal(500, '0x80040333')],
    ['501', refusal(501, '0x80040800')],
    ['429 whose body is in parts', response(429, { headers: { 'content-type': 'multipart/mixed; boundary=x' } })],
    ['503 whose body is in parts', response(503, { headers: { 'content-type': 'Multipart/Mixed;boundary="x"' } })],
  ])('takes %s for final', (_name, answer) => {
    expect(responseTrouble(answer, NOW)).toBeUndefined();
  });
});

describe('troubleOf', () => {
  it('tells what was not sent from what was lost', () => {
    const unsent = new UnknownResultError('x', 'unreachable');
    const lost = new UnknownResultError('x', 'timeout');
    expect(troubleOf({ kind: 'error', error: unsent }, NOW)).toEqual({ kind: 'not-sent', reason: 'unreachable' });
    expect(troubleOf({ kind: 'error', error: lost }, NOW)).toEqual({ kind: 'lost', reason: 'timeout' });
  });

  it('takes every other error for final', () => {
    expect(troubleOf({ kind: 'error', error: new TypeError('bug') }, NOW)).toBeUndefined();
  });
});

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
