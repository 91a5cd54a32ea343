import { createGate } from '../../../src/transport/gate.ts';
import { type Clock, type HttpResponse, type Send, UnknownResultError } from '../../../src/transport/http.ts';
import type { WriteResult } from '../../../src/transport/pace.ts';
import { createWaiting } from '../../../src/transport/waiting.ts';
import { settle, steppedClock } from './manual-clock.ts';
import { get, response } from './scripted-send.ts';

/** A server that answers when the test says so. */
function server() {
  const open: { url: string; answer: (answer: HttpResponse) => void }[] = [];
  const send: Send = (request) => new Promise((answer) => open.push({ url: request.url, answer }));
  return { send, open, urls: () => open.map(({ url }) => url) };
}

const throttled = (seconds: number) => ({ kind: 'throttled', retryAfterMs: seconds * 1000 }) as const;

function setUp(
  clock: Clock,
  options: { concurrency?: number; shards?: number; maxWaitMs?: number; stop?: AbortSignal } = {},
) {
  const waiting = createWaiting(clock, { stop: options.stop });
  const gate = createGate({
    clock,
    waiting,
    maxWaitMs: options.maxWaitMs ?? 600_000,
    concurrency: options.concurrency,
    shards: options.shards ?? 1,
  });
  const { send, open, urls } = server();
  const through = gate.policy(send);
  const ask = (name: string) => through(get({ url: `https://x/${name}` }));
  /** Asks, and lets the server answer at once. */
  const answered = async (name: string, answer: HttpResponse): Promise<void> => {
    const asked = ask(name);
    await settle();
    open.at(-1)?.answer(answer);
    await asked;
  };
  return { gate, waiting, open, urls, ask, answered };
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
    const { waiting, open, urls, ask, answered } = setUp(clock);
    await answered('a', THROTTLED);
    const later = [ask('b'), ask('c')];
    await clock.advance(6_999);
    expect(urls()).toHaveLength(1);
    await clock.advance(1);
    // One goes ahead.
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
    gate.slowDownFor(throttled(3));
    gate.slowDownFor(throttled(20));
    gate.slowDownFor(throttled(5));
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
    gate.slowDownFor(throttled(5));
    const asked = ask('a');
    await clock.advance(4_000);
    gate.slowDownFor(throttled(10));
    await clock.advance(9_999);
    expect(urls()).toEqual([]);
    await clock.advance(1);
    open[0]?.answer(OK);
    await expect(asked).resolves.toBe(OK);
  });

  it('sends those away who would have to wait longer than allowed', async () => {
    const { gate, ask } = setUp(steppedClock(), { maxWaitMs: 60_000 });
    gate.slowDownFor(throttled(61));
    await expect(ask('a')).rejects.toMatchObject({ code: 'THROTTLED', retryable: true });
  });

  it('lets nobody in while a server is busy that named a time, whatever it was asked', async () => {
    const clock = steppedClock();
    const { gate, open, urls, ask, answered } = setUp(clock);
    await answered('a', response(503, { headers: { 'retry-after': '7' } }));
    const later = ask('b');
    await clock.advance(6_999);
    expect(urls()).toHaveLength(1);
    await clock.advance(1);
    open[1]?.answer(OK);
    await later;
    expect(gate.allowed().requests).toBe(4);
  });

  it('gives the place back after an error', async () => {
    const { gate } = setUp(steppedClock(), { concurrency: 1, maxWaitMs: 1_000 });
    const failing = gate.policy(async () => {
      throw new Error('broken');
    });
    await expect(failing(get())).rejects.toThrow('broken');
    await expect(failing(get())).rejects.toThrow('broken');
  });

  it('halves on a 429 and on a time-out', async () => {
    const clock = steppedClock();
    const { gate, answered } = setUp(clock);
    for (let index = 0; index < 5; index += 1) {
      await answered('a', OK);
    }
    expect(gate.allowed().requests).toBe(5);
    await clock.advance(1);
    await answered('b', THROTTLED);
    // One goes ahead, and half of five is what comes after it.
    expect(gate.allowed().requests).toBe(1);
    await clock.advance(10_000);
    await answered('c', OK);
    expect(gate.allowed().requests).toBe(2);
    const late = gate.policy(async () => {
      throw new UnknownResultError('too late', 'timeout');
    });
    await expect(late(get())).rejects.toThrow('too late');
    expect(gate.allowed().requests).toBe(1);
  });
});

describe('turns to write', () => {
  const NOTHING = { members: 0, singles: 0 };
  const call = (more: Partial<WriteResult> = {}): WriteResult => ({
    sent: NOTHING,
    done: NOTHING,
    trouble: undefined,
    ...more,
  });
  const added = (members: number) => call({ sent: { members, singles: 0 }, done: { members, singles: 0 } });
  const isPending = async (turn: Promise<unknown>): Promise<boolean> => {
    let isOver = false;
    void turn.then(() => {
      isOver = true;
    });
    await settle();
    return !isOver;
  };

  it('come one after the other for one list, and do not hold up another one, nor requests', async () => {
    const { gate, urls, ask } = setUp(steppedClock());
    const first = await gate.writeTurn(['one']);
    const second = gate.writeTurn(['one']);
    await gate.writeTurn(['two']);
    void ask('read');
    await settle();
    expect(urls()).toHaveLength(1);
    expect(await isPending(second)).toBe(true);
    first.end(call());
    expect(await isPending(second)).toBe(false);
  });

  it('for two lists wait for both, and are not overtaken for either', async () => {
    const { gate } = setUp(steppedClock());
    const one = await gate.writeTurn(['one']);
    const both = gate.writeTurn(['one', 'two']);
    const later = gate.writeTurn(['two']);
    expect([await isPending(both), await isPending(later)]).toEqual([true, true]);
    one.end(call());
    expect([await isPending(both), await isPending(later)]).toEqual([false, true]);
  });

  it('carry more and come together while more gets done', async () => {
    const clock = steppedClock();
    const { gate } = setUp(clock);
    const first = await gate.writeTurn(['one']);
    expect(first.sizes.members).toBe(250);
    expect(gate.allowed()).toEqual({ requests: 4, writes: 1, people: undefined });
    await clock.advance(350);
    first.end(added(250));
    const second = await gate.writeTurn(['one']);
    expect(second.sizes.members).toBe(1000);
    await gate.writeTurn(['one']);
    expect(gate.allowed().writes).toBe(2);
    await clock.advance(50_000);
    second.end(added(1000));
    expect(gate.allowed().people).toBe(200);
  });

  it.each([
    ['locked', 250],
    ['timeout', 125],
  ] as const)('stay one at a time for the rest of the run after a call that was %s', async (trouble, members) => {
    const clock = steppedClock();
    const { gate } = setUp(clock);
    (await gate.writeTurn(['one'])).end(call({ sent: { members: 250, singles: 0 }, trouble }));
    for (let round = 0; round < 5; round += 1) {
      const turn = await gate.writeTurn(['one']);
      if (round === 0) expect(turn.sizes.members).toBe(members);
      expect(gate.allowed().writes).toBe(1);
      expect(turn.isOneAtATime).toBe(true);
      await clock.advance(1200);
      turn.end(added(1000));
    }
  });

  it('count until several requests were answered without one', async () => {
    const { gate, answered } = setUp(steppedClock());
    expect(gate.allowed().writes).toBeUndefined();
    (await gate.writeTurn(['one'])).end(added(250));
    // A turn that only reads again.
    (await gate.writeTurn([])).end(call());
    const seen: (number | undefined)[] = [];
    for (let request = 0; request < 6; request += 1) {
      await answered('read', OK);
      seen.push(gate.allowed().writes);
    }
    expect(seen).toEqual([2, 2, 2, 2, 2, undefined]);
  });

  it('learn nothing from a call that had to wait for the service', async () => {
    const clock = steppedClock();
    const { gate, waiting } = setUp(clock);
    const turn = await gate.writeTurn(['one']);
    void waiting.sleep(60_000, 'throttled');
    await clock.advance(60_000);
    turn.end(added(250));
    expect((await gate.writeTurn(['one'])).sizes.members).toBe(250);
  });
});

describe('a run that is stopped', () => {
  it('keeps nobody at a gate that a Retry-After has closed, and lets nobody wait there', async () => {
    const ending = new AbortController();
    const { urls, ask, answered } = setUp(steppedClock(), { stop: ending.signal });
    await answered('a', THROTTLED);
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
