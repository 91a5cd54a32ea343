import { SettingsError, TemporaryError } from '../../../src/errors.ts';
import { UnknownResultError } from '../../../src/transport/http.ts';
import { retry } from '../../../src/transport/retry.ts';
import { MAX_ATTEMPTS } from '../../../src/transport/retry-decision.ts';
import { createWaiting } from '../../../src/transport/waiting.ts';
import { manualClock, settle, steppedClock } from './manual-clock.ts';
import { get, post, response, type Step, scriptedSend } from './scripted-send.ts';

const LOST = new UnknownResultError('https://contoso: the connection broke', 'lost');
const UNSENT = new UnknownResultError('https://contoso: no connection (ECONNREFUSED)', 'unreachable');
const THROTTLED = response(429, { headers: { 'retry-after': '7' } });

function open(script: readonly Step[], maxWaitMs = 600_000) {
  const clock = manualClock();
  const send = scriptedSend(...script);
  const waiting = createWaiting(clock);
  const sending = retry({ clock, waiting, random: () => 0.5, maxWaitMs })(send);
  return { clock, send, waiting, sending };
}

describe('retry', () => {
  it('waits the time the server named, without jitter, and repeats a write', async () => {
    const { clock, send, sending } = open([THROTTLED, THROTTLED, response(204)]);
    await expect(sending(post())).resolves.toMatchObject({ status: 204 });
    expect(clock.slept).toEqual([7_000, 7_000]);
    expect(send.left()).toBe(0);
  });

  it('backs off and repeats a read', async () => {
    const { clock, sending } = open([response(503), LOST, UNSENT, response(200)]);
    await expect(sending(get())).resolves.toMatchObject({ status: 200 });
    expect(clock.slept).toEqual([250, 500, 1_000]);
  });

  it('quotes an environment that is not available, with what to do where it stays so', async () => {
    const body = '{"error":{"code":"0x8004a104","message":"The environment is being copied."}}';
    const { clock, sending } = open(Array.from({ length: 100 }, () => response(503, { body })));
    await expect(sending(get())).rejects.toMatchObject({
      category: 'temporary',
      code: 'ENVIRONMENT_UNAVAILABLE',
      message: expect.stringMatching(/waited: The environment is being copied\.$/),
      ...{ status: 503, dataverseCode: '0x8004a104' },
      hint: expect.stringContaining('If it is disabled, ask the administrator'),
    });
    // Until --max-wait is over, less one back-off.
    const waitedMs = clock.slept.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(570_000);
    expect(waitedMs).toBeLessThanOrEqual(600_000);
  });

  it('counts the time that a busy server takes to say so', async () => {
    const clock = manualClock();
    let asked = 0;
    const sending = retry({ clock, waiting: createWaiting(clock), random: () => 0.5, maxWaitMs: 600_000 })(async () => {
      asked += 1;
      clock.advance(240_000);
      return response(504);
    });
    await expect(sending(get())).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(asked).toBe(4);
  });

  it('sends a write once, also after throttling, and hands on that its answer was lost', async () => {
    const { send, sending } = open([THROTTLED, LOST]);
    await expect(sending(post())).rejects.toBe(LOST);
    expect(send.left()).toBe(0);
  });

  it('gives up on throttling when the budget is spent, and says how long was waited', async () => {
    const { clock, sending } = open([THROTTLED, THROTTLED, THROTTLED], 20_000);
    const failed = sending(post());
    await expect(failed).rejects.toThrow(TemporaryError);
    await expect(failed).rejects.toMatchObject({
      code: 'THROTTLED',
      message:
        'Gave up on AddListMembersList after 3 attempts, 14 s waited: Dataverse throttles and asks for another 7 s.',
      hint: expect.stringContaining('--max-wait'),
    });
    expect(clock.slept).toEqual([7_000, 7_000]);
  });

  it('gives up on an unreachable server with the last cause', async () => {
    const { sending } = open(Array.from({ length: MAX_ATTEMPTS }, () => UNSENT));
    await expect(sending(get())).rejects.toMatchObject({
      code: 'UNREACHABLE',
      cause: UNSENT,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('gives up on a busy server with its status', async () => {
    const { sending } = open(Array.from({ length: 100 }, () => response(502)));
    await expect(sending(get())).rejects.toMatchObject({
      code: 'SERVER_BUSY',
      message: expect.stringContaining('HTTP 502'),
    });
  });

  it('does not count throttling among the failures', async () => {
    const throttled = Array.from({ length: 2 * MAX_ATTEMPTS }, () => THROTTLED);
    const { sending } = open([...throttled, response(503), response(200)]);
    await expect(sending(get())).resolves.toMatchObject({ status: 200 });
  });

  it('counts no busy answers among those that do not come', async () => {
    const busy = Array.from({ length: 2 * MAX_ATTEMPTS }, () => response(503));
    const timedOut = new UnknownResultError('https://contoso: no answer', 'timeout');
    const { sending } = open([...busy, timedOut, LOST, response(503), response(200)]);
    await expect(sending(get())).resolves.toMatchObject({ status: 200 });
  });

  it('stops at once on a certificate that is not trusted', async () => {
    const { sending } = open([new UnknownResultError('https://x: its certificate', 'certificate')]);
    const failed = sending(get());
    await expect(failed).rejects.toThrow(SettingsError);
    await expect(failed).rejects.toMatchObject({ hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  });

  it('passes a fault of our own on, unrepeated', async () => {
    const bug = new TypeError('bug');
    const { sending } = open([bug]);
    await expect(sending(get())).rejects.toBe(bug);
  });
});

describe('createWaiting', () => {
  it('counts the time of several who wait together once', async () => {
    const clock = steppedClock(1_000);
    const seen: unknown[] = [];
    const waiting = createWaiting(clock, { onWait: (wait) => seen.push(wait) });
    const waits = [waiting.sleep(7_000, 'throttled'), waiting.sleep(3_000, 'busy'), waiting.sleep(9_000, 'throttled')];
    await clock.advance(20_000);
    await Promise.all(waits);
    expect(waiting.waitedMs()).toBe(9_000);
    expect(seen).toEqual([
      { untilMs: 8_000, reason: 'throttled' },
      { untilMs: 10_000, reason: 'throttled' },
    ]);
  });

  it('does not count what is left of a wait when a stop ends it', async () => {
    const stop = new AbortController();
    const clock = steppedClock();
    const waiting = createWaiting(clock, { stop: stop.signal });
    const ended = expect(waiting.sleep(30_000, 'throttled')).rejects.toMatchObject({ code: 'STOPPED' });
    await clock.advance(2_000);
    stop.abort();
    await ended;
    expect(waiting.waitedMs()).toBe(2_000);
  });

  it('adds up waits that follow each other', async () => {
    const clock = manualClock();
    const waiting = createWaiting(clock);
    await waiting.sleep(2_000, 'busy');
    clock.advance(60_000);
    await waiting.sleep(3_000, 'busy');
    expect(waiting.waitedMs()).toBe(5_000);
  });
});

describe('a run that is stopped', () => {
  const throttledRead = () => {
    const ending = new AbortController();
    const clock = steppedClock();
    const waiting = createWaiting(clock, { stop: ending.signal });
    const send = scriptedSend(THROTTLED, THROTTLED);
    const sending = retry({ clock, waiting, random: () => 0.5, maxWaitMs: 600_000 })(send);
    return { ending, clock, send, sending };
  };

  it('ends a wait at once', async () => {
    const { ending, send, sending } = throttledRead();
    const failed = expect(sending(post())).rejects.toMatchObject({ code: 'STOPPED', retryable: true });
    await settle();
    ending.abort();
    await failed;
    expect(send.left()).toBe(1);
  });

  it('begins no wait', async () => {
    const { ending, send, sending } = throttledRead();
    ending.abort();
    await expect(sending(post())).rejects.toMatchObject({ code: 'STOPPED' });
    expect(send.left()).toBe(1);
  });
});
