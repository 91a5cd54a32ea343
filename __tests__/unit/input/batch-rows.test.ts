import { batchRows } from '../../../src/input/batch-rows.ts';
import type { Clock } from '../../../src/transport/http.ts';

/** Lets everything run that needs no time. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock whose time passes only by `pass`. */
function manualClock() {
  let now = 0;
  let sleeping: { at: number; wake: () => void }[] = [];
  let timers = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) =>
      new Promise((resolve) => {
        timers += 1;
        sleeping.push({ at: now + ms, wake: resolve });
      }),
  };
  const pass = async (ms: number) => {
    await settle();
    now += ms;
    for (const { wake } of sleeping.filter(({ at }) => at <= now)) wake();
    sleeping = sleeping.filter(({ at }) => at > now);
    await settle();
  };
  return { clock, pass, timers: () => timers };
}

type Given = IteratorResult<readonly number[]> | Promise<never>;

/** A source that gives what is pushed, each by itself, when it is pushed. */
function pushSource() {
  const waiting: ((result: Given) => void)[] = [];
  const ready: Given[] = [];
  const give = (result: Given) => {
    const next = waiting.shift();
    if (next) next(result);
    else ready.push(result);
  };
  let closed = false;
  const source: AsyncIterableIterator<readonly number[]> = {
    [Symbol.asyncIterator]: () => source,
    next: () => {
      const first = ready.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    return: async () => {
      closed = true;
      return { done: true, value: undefined };
    },
  };
  return {
    source,
    push: (...rows: number[]) => {
      for (const value of rows) give({ done: false, value: [value] });
    },
    end: () => give({ done: true, value: undefined }),
    fail: (error: Error) => {
      const failure = Promise.reject<never>(error);
      failure.catch(() => undefined);
      give(failure);
    },
    closed: () => closed,
  };
}

/** Reads in the background and keeps what came. */
function reading(batches: AsyncIterable<readonly number[]>) {
  const found: (readonly number[] | string)[] = [];
  const run = async () => {
    try {
      for await (const batch of batches) found.push(batch);
      found.push('end');
    } catch (error) {
      found.push(String(error));
    }
  };
  return { found, done: run() };
}

describe('batchRows', () => {
  it('gives full batches without waiting, and the rest at the end', async () => {
    const { clock, timers } = manualClock();
    async function* rows() {
      yield* [[1], [2, 3, 4, 5], [], [6, 7], [8, 9, 10, 11]];
    }
    const { found, done } = reading(batchRows(rows(), { size: () => 3, clock }));
    await done;
    expect(found).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11], 'end']);
    expect(timers()).toBeLessThanOrEqual(1);
  });

  it('asks for the size anew while the rows of one read are cut', async () => {
    const { clock } = manualClock();
    const sizes = [4, 2, 0];
    async function* rows() {
      yield [1, 2, 3, 4, 5, 6, 7];
    }
    const { found, done } = reading(batchRows(rows(), { size: () => sizes.shift() ?? 5, clock }));
    await done;
    expect(found).toEqual([[1, 2, 3, 4], [5, 6], [7], 'end']);
  });

  it('gives full batches to a caller that takes long over each', async () => {
    const { clock, pass } = manualClock();
    async function* rows() {
      yield* [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10],
      ];
    }
    const found: (readonly number[])[] = [];
    for await (const batch of batchRows(rows(), { size: () => 4, clock })) {
      found.push(batch);
      await pass(10_000);
    }
    expect(found).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ]);
  });

  it('gives a half-filled batch when input pauses', async () => {
    const { clock, pass } = manualClock();
    const input = pushSource();
    const { found } = reading(batchRows(input.source, { size: () => 10, clock }));
    input.push(1, 2);
    await pass(199);
    expect(found).toEqual([]);
    await pass(1);
    expect(found).toEqual([[1, 2]]);
    input.push(3);
    await pass(100);
    input.end();
    await settle();
    expect(found).toEqual([[1, 2], [3], 'end']);
  });

  it('does not let a trickle keep a row for longer than half a second', async () => {
    const { clock, pass } = manualClock();
    const input = pushSource();
    const { found } = reading(batchRows(input.source, { size: () => 1000, clock }));
    for (let index = 0; index < 12; index += 1) {
      input.push(index);
      await pass(100);
    }
    expect(found[0]).toEqual([0, 1, 2, 3, 4]);
    expect(found).toHaveLength(2);
  });

  it('throws what the source throws, after its last batch', async () => {
    const { clock } = manualClock();
    const input = pushSource();
    const { found, done } = reading(batchRows(input.source, { size: () => 10, clock }));
    input.push(1, 2);
    input.fail(new Error('unreadable'));
    await done;
    expect(found).toEqual([[1, 2], 'Error: unreadable']);
  });

  it('gives nothing for a source without rows, and closes it when the caller stops', async () => {
    const { clock } = manualClock();
    const empty = pushSource();
    empty.end();
    const { found, done } = reading(batchRows(empty.source, { size: () => 10, clock }));
    await done;
    expect(found).toEqual(['end']);
    const input = pushSource();
    const batches = batchRows(input.source, { size: () => 1, clock });
    input.push(1);
    await batches.next();
    await batches.return(undefined);
    expect(input.closed()).toBe(true);
  });
});
