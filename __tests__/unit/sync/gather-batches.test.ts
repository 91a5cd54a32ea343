import fc from 'fast-check';
import type { Dataverse, OperationResult } from '../../../src/dataverse/operation.ts';
import { readObject } from '../../../src/dataverse/reads.ts';
import { gatherBatches } from '../../../src/sync/gather-batches.ts';
import { fakeDataverse } from './fake-dataverse.ts';

const read = (path: string) => readObject(path);

/** Answers each path with itself. */
function echo() {
  const requests: (readonly string[])[] = [];
  const batch: Dataverse['batch'] = async (parts) => {
    const paths = parts.map((part) => ('path' in part ? part.path : ''));
    requests.push(paths);
    return paths.map((path): OperationResult => ({ kind: 'ok', status: 200, headers: {}, body: { path } }));
  };
  return { requests, dataverse: { ...fakeDataverse([]), batch } };
}

const pathsIn = (results: readonly OperationResult[]): unknown[] =>
  results.map((result) => (result.kind === 'ok' ? result.body?.path : result.kind));

describe('gatherBatches', () => {
  it('sends what all tasks ask at the same time as one request, and gives each its own answers', async () => {
    const { dataverse, requests } = echo();
    const tasks = ['a', 'b', 'c'].map((name) => async (gathered: Dataverse) => {
      const first = await gathered.batch([read(`${name}1`), read(`${name}2`)]);
      const second = await gathered.batch([read(`${name}3`)]);
      return pathsIn([...first, ...second]);
    });
    await expect(gatherBatches(dataverse, tasks)).resolves.toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
      ['c1', 'c2', 'c3'],
    ]);
    expect(requests).toEqual([
      ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'],
      ['a3', 'b3', 'c3'],
    ]);
  });

  it('needs as many requests as the longest task, whatever the tasks are like', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 8 }), async (lengths) => {
        const { dataverse, requests } = echo();
        const tasks = lengths.map((length, task) => async (gathered: Dataverse) => {
          const seen: unknown[] = [];
          for (let step = 0; step < length; step += 1)
            seen.push(...pathsIn(await gathered.batch([read(`${task}/${step}`)])));
          return seen;
        });
        const results = await gatherBatches(dataverse, tasks);
        expect(results).toEqual(lengths.map((length, task) => Array.from({ length }, (_, step) => `${task}/${step}`)));
        expect(requests).toHaveLength(Math.max(0, ...lengths));
      }),
    );
  });

  it('splits what is more than a batch may hold', async () => {
    const { dataverse, requests } = echo();
    const task = (gathered: Dataverse) =>
      gathered.batch(Array.from({ length: 600 }, (_, place) => read(String(place))));
    const [, second] = await gatherBatches(dataverse, [task, task]);
    expect(requests.map(({ length }) => length)).toEqual([1000, 200]);
    expect(pathsIn(second ?? []).slice(-1)).toEqual(['599']);
  });

  it('fails with the failure of the request', async () => {
    const dataverse = fakeDataverse([['', new Error('the line is dead')]]);
    await expect(gatherBatches(dataverse, [(gathered) => gathered.batch([read('a')])])).rejects.toThrow(
      'the line is dead',
    );
  });

  it('goes on for the others when one task fails by itself', async () => {
    const { dataverse, requests } = echo();
    const failing = async (): Promise<string> => 'gave up';
    const asking = async (gathered: Dataverse) => pathsIn(await gathered.batch([read('a')])).join();
    await expect(gatherBatches(dataverse, [failing, asking])).resolves.toEqual(['gave up', 'a']);
    expect(requests).toHaveLength(1);
  });
});
