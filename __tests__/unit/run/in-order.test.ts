import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type InOrderOptions, inOrder } from '../../../src/run/in-order.ts';

type Deferred = { readonly promise: Promise<string>; resolve(value: string): void };

function deferred(): Deferred {
  let resolve: (value: string) => void = () => undefined;
  const promise = new Promise<string>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

async function* from<Thing>(things: readonly Thing[]): AsyncGenerator<Thing> {
  yield* things;
}

const same = async <Thing>(thing: Thing) => thing;

/** Gives these, and then nothing more for ever. */
async function* silentAfter(...things: readonly string[]): AsyncGenerator<string> {
  yield* things;
  await new Promise(() => undefined);
}

function options<Thing, Result>(
  work: (thing: Thing) => Promise<Result>,
  more: Partial<InOrderOptions<Thing, Result>> = {},
): InOrderOptions<Thing, Result> {
  return { work, limit: () => 3, isStopped: () => false, stop: new AbortController().signal, ...more };
}

async function gather<Thing>(things: AsyncIterable<Thing>, all: Thing[] = []): Promise<Thing[]> {
  for await (const thing of things) all.push(thing);
  return all;
}

describe('inOrder', () => {
  it('yields in the order of the input whatever is done first, and keeps the limit', async () => {
    const jobs = [0, 1, 2, 3, 4].map(deferred);
    const begun: number[] = [];
    const work = (place: number) => {
      begun.push(place);
      return jobs[place]?.promise ?? Promise.reject(new Error('no job'));
    };
    const results = gather(inOrder(from([0, 1, 2, 3, 4]), options(work, { limit: () => 2 })));
    await turns();
    expect(begun).toEqual([0, 1]);
    jobs[1]?.resolve('b');
    await turns();
    expect(begun).toEqual([0, 1]);
    for (const place of [0, 4, 3, 2]) jobs[place]?.resolve('abcde'.charAt(place));
    expect(await results).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('yields what is done while the input is silent', async () => {
    const iterator = inOrder(silentAfter('a'), options(same));
    expect(await iterator.next()).toEqual({ done: false, value: 'a' });
  });

  it('ends when it is stopped while the input is silent, after what is in flight', async () => {
    const stop = new AbortController();
    const job = deferred();
    const work = () => job.promise;
    const results = gather(inOrder(silentAfter('a'), options(work, { stop: stop.signal })));
    await turns();
    stop.abort();
    await turns();
    job.resolve('done');
    expect(await results).toEqual(['done']);
  });

  it('takes nothing in when it was stopped before it began', async () => {
    expect(await gather(inOrder(silentAfter(), options(same, { stop: AbortSignal.abort() })))).toEqual([]);
  });

  it('pulls no more once it is told to stop', async () => {
    const seen: number[] = [];
    const work = async (place: number) => {
      seen.push(place);
      return place;
    };
    const results = await gather(
      inOrder(from([0, 1, 2, 3]), options(work, { limit: () => 1, isStopped: () => seen.length >= 2 })),
    );
    expect(results).toEqual([0, 1]);
  });

  it('throws the failure of the input after the results of what came before it', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield* ['a', 'b'];
      throw new Error('unreadable');
    }
    const results: string[] = [];
    await expect(gather(inOrder(broken(), options(same)), results)).rejects.toThrow('unreadable');
    expect(results).toEqual(['a', 'b']);
  });

  it('throws the failure of the work when its turn comes', async () => {
    const work = async (text: string) => {
      if (text === 'b') throw new Error('no');
      return text;
    };
    const results: string[] = [];
    await expect(gather(inOrder(from(['a', 'b']), options(work)), results)).rejects.toThrow('no');
    expect(results).toEqual(['a']);
  });

  it('closes the input when its reader goes away', async () => {
    let isClosed = false;
    async function* closing(): AsyncGenerator<string> {
      try {
        yield* ['a', 'b'];
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of inOrder(closing(), options(same, { limit: () => 1 }))) break;
    await turns();
    expect(isClosed).toBe(true);
  });

  it('forgets what has passed: memory does not grow with the input', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    const passed: WeakRef<object>[] = [];
    async function* many(): AsyncGenerator<object> {
      for (let place = 0; place < 100; place += 1) {
        const thing = { place };
        passed.push(new WeakRef(thing));
        yield thing;
      }
    }
    const work = async () => 'done';
    const iterator = inOrder(many(), options(work));
    for (let place = 0; place < 90; place += 1) await iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    if (typeof collectGarbage === 'function') collectGarbage();
    expect(passed.slice(0, 80).filter((thing) => thing.deref() !== undefined)).toEqual([]);
    await iterator.return();
  });
});
