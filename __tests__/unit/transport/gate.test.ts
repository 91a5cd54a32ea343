import { createGate } from '../../../src/transport/gate.ts';
import { type Clock, type HttpResponse, type Send, UnknownResultError } from '../../../src/transport/http.ts';
import { createWaiting } from '../../../src/transport/waiting.ts';
import { settle, steppedClock } from './manual-clock.ts';
import { get, response } from './scripted-send.ts';

/** A server that answers when the test says so. */
function server() {
  const open: { url: string; answer: (answer: HttpResponse) => void }[] = [];
  const send: Send = (request) => new Promise((answer) => open.push({ url: request.url, answer }));
  return { send, open, urls: () => open.map(({ url }) => url) };
}

function setUp(
  clock: Clock,
  options: { concurrency?: number; shards?: number; maxWaitMs?: number; stop?: AbortSignal } = {},
) {
  const waiting = createWaiting(clock, { stop: options.stop });
  const gate = createGate({
    clock,
    waiting,
    random: () => 0.5,
    maxWaitMs: options.maxWaitMs ?? 600_000,
    concurrency: options.concurrency,
    shards: options.shards ?? 1,
  });
  const { send, open, urls } = server();
  const through = gate.policy(send);
  const ask = (name: string, signal?: AbortSignal) => through(get({ url: `https://x/${name}` }), signal);
  return { gate, waiting, open, urls, ask };
}

const OK = response(200, { headers: { 'x-ms-dop-hint': '8' } });
const THROTTLED = response(429, { headers: { 'retry-after': '7' } });

describe('createGate', () => {
  it('lets four in at first, and the next in order as answers come', async () => {
    const { open, urls, ask } = setUp(steppedClock());
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const all = names.map((name) => ask(name));
    const asked = (count: number) => names.slice(0, count).map((name) => `https://x/${name}`);
    await settle();
    expect(urls()).toEqual(asked(4));
    open[0]?.answer(OK);
    await settle();
    expect(urls()).toEqual(asked(5));
    for (let index = 1; index < 6; index += 1) {
      open[index]?.answer(OK);
      await settle();
    }
    await expect(Promise.all(all)).resolves.toHaveLength(6);
  });

  it('sends nothing inside a Retry-After, whoever asks, and everything after it', async () => {
    const clock = steppedClock();
    const { waiting, open, urls, ask } = setUp(clock);
    const first = ask('a');
    await settle();
    open[0]?.answer(THROTTLED);
    await first;
    const later = [ask('b'), ask('c')];
    await clock.advance(6_999);
    expect(urls()).toHaveLength(1);
    await clock.advance(1);
    expect(urls()).toEqual(['https://x/a', 'https://x/b']);
    open[1]?.answer(OK);
    await settle();
    open[2]?.answer(OK);
    await expect(Promise.all(later)).resolves.toHaveLength(2);
    expect(waiting.waitedMs()).toBe(7_000);
  });

  it('closes for a throttled part of a batch too, and for the longest of several', async () => {
    const clock = steppedClock();
    const { gate, open, urls, ask } = setUp(clock);
    gate.throttled({ 'retry-after': '3' });
    gate.throttled({ 'retry-after': '20' });
    gate.throttled({ 'retry-after': '5' });
    const asked = ask('a');
    await clock.advance(19_999);
    expect(urls()).toEqual([]);
    await clock.advance(1);
    expect(urls()).toHaveLength(1);
    open[0]?.answer(OK);
    await asked;
  });

  it('holds on when it is closed again while some wait', async () => {
    const clock = steppedClock();
    const { gate, open, urls, ask } = setUp(clock);
    gate.throttled({ 'retry-after': '5' });
    const asked = ask('a');
    await clock.advance(4_000);
    gate.throttled({ 'retry-after': '10' });
    await clock.advance(9_999);
    expect(urls()).toEqual([]);
    await clock.advance(1);
    open[0]?.answer(OK);
    await expect(asked).resolves.toBe(OK);
  });

  it('sends those away who would have to wait longer than allowed', async () => {
    const { gate, ask } = setUp(steppedClock(), { maxWaitMs: 60_000 });
    gate.throttled({ 'retry-after': '61' });
    await expect(ask('a')).rejects.toMatchObject({ code: 'THROTTLED', retryable: true });
  });

  it.each(['9'.repeat(20), '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'sends them away in plain words, however long the server asks for: %s',
    async (header) => {
      const { gate, ask } = setUp(steppedClock());
      gate.throttled({ 'retry-after': header });
      await expect(ask('a')).rejects.toMatchObject({ code: 'THROTTLED', retryable: true });
    },
  );

  it('counts a date from the time of the answer, whatever the clock here says', async () => {
    const clock = steppedClock();
    const { gate, open, urls, ask } = setUp(clock);
    gate.throttled({ 'retry-after': 'Sat, 21 Nov 2026 09:00:07 GMT', date: 'Sat, 21 Nov 2026 09:00:00 GMT' });
    const asked = ask('a');
    await clock.advance(7_000);
    expect(urls()).toHaveLength(1);
    open[0]?.answer(OK);
    await asked;
  });

  it('comes back later, never earlier, when other processes share the identity', async () => {
    const clock = steppedClock();
    const { gate, open, urls, ask } = setUp(clock, { shards: 4 });
    gate.throttled({ 'retry-after': '7' });
    const asked = ask('a');
    await clock.advance(7_499);
    expect(urls()).toEqual([]);
    await clock.advance(1);
    open[0]?.answer(OK);
    await asked;
  });

  it('lets an aborted request leave the line, and stops its clock when nobody is left', async () => {
    let isAsleep = false;
    const clock = steppedClock();
    const watched: Clock = {
      now: clock.now,
      sleep: async (ms, signal) => {
        isAsleep = true;
        await clock.sleep(ms, signal).finally(() => {
          isAsleep = false;
        });
      },
    };
    const { gate, urls, ask } = setUp(watched);
    gate.throttled({ 'retry-after': '400' });
    const controller = new AbortController();
    const asked = ask('a', controller.signal);
    await settle();
    expect(isAsleep).toBe(true);
    controller.abort(new Error('Ctrl-C'));
    await expect(asked).rejects.toThrow('Ctrl-C');
    await settle();
    expect(isAsleep).toBe(false);
    expect(urls()).toEqual([]);
  });

  it('refuses a request that was aborted before', async () => {
    const { urls, ask } = setUp(steppedClock());
    await expect(ask('a', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(urls()).toEqual([]);
  });

  it('gives the place back after an error', async () => {
    const clock = steppedClock();
    const gate = createGate({
      clock,
      waiting: createWaiting(clock),
      random: () => 0,
      maxWaitMs: 1_000,
      concurrency: 1,
      shards: 1,
    });
    const failing = gate.policy(async () => {
      throw new Error('broken');
    });
    await expect(failing(get())).rejects.toThrow('broken');
    await expect(failing(get())).rejects.toThrow('broken');
  });

  it.each([
    ['plenty of requests and time', '5,999', '1,200.00', 4],
    ['three requests', '3', '1,200.00', 3],
    ['no request', '0', '1,200.00', 1],
    ['time for two requests like this one', '5999', '0.20', 2],
    ['nothing said', undefined, undefined, 4],
  ])('brakes near the end of the budget: %s', async (_name, requests, seconds, limit) => {
    const clock = steppedClock();
    const { gate, open, ask } = setUp(clock);
    const headers = {
      'x-ms-dop-hint': '8',
      ...(requests === undefined ? {} : { 'x-ms-ratelimit-burst-remaining-xrm-requests': requests }),
      ...(seconds === undefined ? {} : { 'x-ms-ratelimit-time-remaining-xrm-requests': seconds }),
    };
    const both = [ask('a'), ask('b')];
    await clock.advance(100);
    for (const { answer } of open) answer(response(200, { headers }));
    await Promise.all(both);
    expect(gate.limit()).toBe(limit);
  });

  it('sends one ahead after a Retry-After, and the others when it was answered', async () => {
    const clock = steppedClock();
    const { open, urls, ask } = setUp(clock);
    const firstTwo = [ask('a'), ask('b')];
    await settle();
    for (const { answer } of open) answer(OK);
    await Promise.all(firstTwo);
    const throttled = [ask('c'), ask('d'), ask('e'), ask('f')];
    await clock.advance(100);
    for (const { answer } of open.slice(2)) answer(THROTTLED);
    await Promise.all(throttled);
    const later = [ask('g'), ask('h')];
    await clock.advance(7_000);
    expect(urls().slice(6)).toEqual(['https://x/g']);
    open[6]?.answer(OK);
    await settle();
    expect(urls().slice(6)).toEqual(['https://x/g', 'https://x/h']);
    open[7]?.answer(OK);
    await Promise.all(later);
  });

  it('halves on a 429 and opens again with good answers', async () => {
    const clock = steppedClock();
    const { gate, open, ask } = setUp(clock);
    for (let index = 0; index < 2; index += 1) {
      const asked = ask('a');
      await settle();
      open[index]?.answer(OK);
      await asked;
    }
    // One at a time never fills the limit, so it stays where it began.
    expect(gate.limit()).toBe(4);
    const throttled = ask('b');
    await settle();
    open[2]?.answer(THROTTLED);
    await throttled;
    // Half of four, and one alone goes ahead.
    expect(gate.limit()).toBe(1);
  });

  it('goes to half of it on a time-out, and to half of the usual batch', async () => {
    const clock = steppedClock();
    const { gate } = setUp(clock);
    const late = gate.policy(async () => {
      throw new UnknownResultError('too late', { notSent: false, reason: 'timeout' });
    });
    await expect(late(get())).rejects.toThrow('too late');
    expect([gate.limit(), gate.batchShare()]).toEqual([1, 0.5]);
  });
});

describe('a run that is stopped', () => {
  it('keeps nobody at a gate that a Retry-After has closed, and lets nobody wait there', async () => {
    const ending = new AbortController();
    const { open, urls, ask } = setUp(steppedClock(), { stop: ending.signal });
    const first = ask('a');
    await settle();
    open[0]?.answer(THROTTLED);
    await first;
    const waits = expect(ask('b')).rejects.toMatchObject({ code: 'STOPPED' });
    await settle();
    ending.abort();
    await waits;
    await expect(ask('c')).rejects.toMatchObject({ code: 'STOPPED' });
    expect(urls()).toHaveLength(1);
  });

  it('still lets those in who wait for nothing but their turn: their work is finished', async () => {
    const ending = new AbortController();
    const { open, urls, ask } = setUp(steppedClock(), { concurrency: 1, stop: ending.signal });
    const both = [ask('a'), ask('b')];
    await settle();
    ending.abort();
    open[0]?.answer(OK);
    await settle();
    open[1]?.answer(OK);
    await Promise.all(both);
    expect(urls()).toHaveLength(2);
  });
});
