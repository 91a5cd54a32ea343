import type { InputPlace, InputRow, InputRows } from '../../../src/input/input-row.ts';
import { type InputSizeOptions, openInputSize } from '../../../src/run/input-size.ts';

const signal = new AbortController().signal;
const at = (source: string, line: number): InputPlace => ({ source, line, ref: '' });
const row = (line: number): InputRow => ({
  kind: 'person',
  place: at('-', line),
  key: { by: 'email', email: 'a@x.example' },
  email: 'a@x.example',
  attributes: {},
  columns: {},
});
async function* rows(count: number): AsyncGenerator<readonly InputRow[]> {
  for (let line = 1; line <= count; line += 1) yield [row(line)];
}
const read = async (some: InputRows): Promise<void> => {
  for await (const _ of some);
};
/** Asked once, its files are counted by the next turn. */
async function opened(options: Omit<InputSizeOptions, 'signal'>) {
  const size = openInputSize({ ...options, signal });
  expect(size.share(undefined).kind).toBe(options.total === undefined ? 'unknown' : 'total');
  await new Promise((resolve) => setImmediate(resolve));
  return size;
}

describe('openInputSize', () => {
  it('knows what was counted before', async () => {
    expect((await opened({ total: 7 })).share(at('-', 3))).toEqual({ kind: 'total', people: 7 });
  });

  it('knows the number once everything was read, and not while it is not', async () => {
    const size = await opened({});
    const reading = size.counted(rows(3))[Symbol.asyncIterator]();
    await reading.next();
    expect(size.share(at('-', 1))).toEqual({ kind: 'unknown' });
    await reading.next();
    await reading.next();
    await reading.next();
    expect(size.share(at('-', 1))).toEqual({ kind: 'total', people: 3 });
  });

  it('does not take for all what was read when reading was ended', async () => {
    const ending = new AbortController();
    const size = openInputSize({ signal: ending.signal });
    ending.abort();
    await read(size.counted(rows(3)));
    expect(size.share(at('-', 3))).toEqual({ kind: 'unknown' });
  });

  it.each<[string, InputPlace, number]>([
    ['arguments come first', at('arguments', 5), 2],
    ['a file counts by its lines', at('a.csv', 100), 45],
    ['files add up', at('b.csv', 95), 88],
    ['the last line is not the end', at('b.csv', 123), 99],
  ])('gives the share of files: %s', async (_what, last, percent) => {
    const lines: Record<string, number> = { arguments: 10, 'a.csv': 110, 'b.csv': 123 };
    const size = await opened({ sources: ['arguments', 'a.csv', 'b.csv'], countLines: async (name) => lines[name] });
    expect(size.share(last)).toEqual({ kind: 'percent', percent });
  });

  it('goes on with a file that is named twice', async () => {
    const size = await opened({ sources: ['a', 'b', 'a'], countLines: async () => 10 });
    const shares = [at('a', 9), at('b', 1), at('a', 3)].map((last) => size.share(last));
    expect(shares).toEqual([30, 36, 76].map((percent) => ({ kind: 'percent', percent })));
  });

  it.each<[string, Omit<InputSizeOptions, 'signal'>, InputPlace]>([
    [
      'a pipe among files',
      { sources: ['a', '-'], countLines: async (name) => (name === 'a' ? 9 : undefined) },
      at('a', 1),
    ],
    [
      'a file that cannot be read',
      { sources: ['a'], countLines: async () => Promise.reject(new Error('no')) },
      at('a', 1),
    ],
    ['a file that has grown', { sources: ['a'], countLines: async () => 5 }, at('a', 6)],
    ['rows that come from elsewhere', { sources: ['a'], countLines: async () => 5 }, at('list:x', 1)],
  ])('says nothing of %s', async (_what, options, last) => {
    expect((await opened(options)).share(last)).toEqual({ kind: 'unknown' });
  });
});
