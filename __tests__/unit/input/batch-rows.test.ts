import { batchRows } from '../../../src/input/batch-rows.ts';
import { manualClock, steppedClock } from '../transport/manual-clock.ts';

async function* given(...reads: readonly (readonly number[])[]) {
  yield* reads;
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
    const rows = given([1], [2, 3, 4, 5], [], [6, 7], [8, 9, 10, 11]);
    const { found, done } = reading(batchRows(rows, { size: () => 3, clock: steppedClock() }));
    await done;
    expect(found).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11], 'end']);
  });

  it('asks for the size anew while the rows of one read are cut', async () => {
    const sizes = [4, 2, 0];
    const rows = given([1, 2, 3, 4, 5, 6, 7]);
    const { found, done } = reading(batchRows(rows, { size: () => sizes.shift() ?? 5, clock: steppedClock() }));
    await done;
    expect(found).toEqual([[1, 2, 3, 4], [5, 6], [7], 'end']);
  });

  it('gives full batches to a caller that takes long over each', async () => {
    const clock = steppedClock();
    const found: string[] = [];
    for await (const batch of batchRows(given([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), { size: () => 4, clock })) {
      found.push(batch.join());
      await clock.advance(10_000);
    }
    expect(found).toEqual(['1,2,3,4', '5,6,7,8', '9,10']);
  });

  it('gives a half-filled batch when input pauses', async () => {
    const clock = steppedClock();
    async function* pausing() {
      yield* [[1], [2]];
      await clock.sleep(300);
      yield [3];
    }
    const { found } = reading(batchRows(pausing(), { size: () => 10, clock }));
    await clock.advance(199);
    expect(found).toEqual([]);
    await clock.advance(1);
    expect(found).toEqual([[1, 2]]);
    await clock.advance(100);
    expect(found).toEqual([[1, 2], [3], 'end']);
  });

  it('does not let a trickle keep a row for longer than half a second', async () => {
    const clock = steppedClock();
    async function* trickle() {
      for (let index = 0; ; index += 1) {
        yield [index];
        await clock.sleep(100);
      }
    }
    const { found } = reading(batchRows(trickle(), { size: () => 1000, clock }));
    for (let passed = 0; passed < 1_200; passed += 100) await clock.advance(100);
    expect(found[0]).toEqual([0, 1, 2, 3, 4]);
    expect(found).toHaveLength(2);
  });

  it('throws what the source throws, after its last batch', async () => {
    async function* broken() {
      yield [1, 2];
      throw new Error('unreadable');
    }
    const { found, done } = reading(batchRows(broken(), { size: () => 10, clock: steppedClock() }));
    await done;
    expect(found).toEqual([[1, 2], 'Error: unreadable']);
  });

  it('gives nothing for a source without rows, and closes it when the caller stops', async () => {
    const { found, done } = reading(batchRows(given(), { size: () => 10, clock: manualClock() }));
    await done;
    expect(found).toEqual(['end']);
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) yield [1];
      } finally {
        isClosed = true;
      }
    }
    const batches = batchRows(endless(), { size: () => 1, clock: steppedClock() });
    await batches.next();
    await batches.return(undefined);
    expect(isClosed).toBe(true);
  });
});
