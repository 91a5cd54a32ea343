import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countPeople } from '../../../src/run/people-sources.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dyncamp-count-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const people = (count: number): string => Array.from({ length: count }, (_, at) => `p${at}@x.example\n`).join('');

describe('countPeople', () => {
  const count = async (
    files: readonly string[],
    change: { usesStdin?: boolean; fromList?: readonly string[] } = {},
  ) => {
    const pauses: number[] = [];
    const clock = { sleep: async (ms: number) => void pauses.push(ms) };
    const { usesStdin = false, fromList } = change;
    const sources = { options: { people: ['a@x.example'], files }, usesStdin };
    const total = await countPeople(sources, { fromList }, { clock, signal: new AbortController().signal });
    return { total, hasPaused: pauses.length > 0 };
  };

  it('counts arguments and the rows of files, not their lines', async () => {
    const csv = file('p.csv', 'email,note\nb@x.example,"two\nlines"\nno address,\n');
    expect(await count([csv, file('ids.txt', people(3))])).toEqual({ total: 6, hasPaused: false });
    expect(await count([])).toEqual({ total: 1, hasPaused: false });
  });

  it('lets the run go first where there are many', async () => {
    expect(await count([file('many.txt', people(30_000))])).toEqual({ total: 30_001, hasPaused: true });
  });

  it.each<[string, () => Parameters<typeof count>]>([
    ['a pipe', () => [['-'], { usesStdin: true }]],
    ['a list', () => [[], { fromList: ['VIP'] }]],
    ['a file that is not there', () => [[join(folder, 'gone.csv')]]],
    ['a file without people', () => [[file('odd.csv', 'colour,size\nred,3\n')]]],
  ])('does not know how many are in %s', async (_what, given) => {
    expect((await count(...given())).total).toBeUndefined();
  });
});
