import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/errors.ts';
import type { InputRow } from '../../../src/input/input-row.ts';
import type { Candidate, Spool, SpooledMember } from '../../../src/run/spool.ts';
import { openSpool } from '../../../src/run/spool.ts';

const NOW = Date.UTC(2026, 10, 21);
let directory = '';
let spool: Spool;
let close: () => void;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dyncamp-spool-'));
  ({ spool, close } = openSpool({ directory, now: () => NOW }));
});
afterEach(() => {
  close();
  rmSync(directory, { recursive: true, force: true });
});

const row = (line: number, source = 'p.csv'): InputRow => ({
  kind: 'person',
  place: { source, line, ref: `p${line}@x.example` },
  key: { by: 'email', email: `p${line}@x.example` },
  email: `p${line}@x.example`,
  attributes: { lastname: 'Ünal "quoted"' },
  columns: { email: `p${line}@x.example` },
});

const member = (person: string, change: Partial<SpooledMember> = {}): SpooledMember => ({
  id: `row-of-${person}`,
  listId: 'list',
  personId: person,
  createdOn: '2026-11-20T10:00:00Z',
  createdBy: 'us',
  personType: 'lead',
  isOurs: true,
  ...change,
});

async function all<T>(things: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const thing of things) found.push(thing);
  return found;
}

const idsOf = async (pages: AsyncIterable<readonly Candidate[]>): Promise<readonly string[]> =>
  (await all(pages)).flat().map(({ personId }) => personId);

describe('the file', () => {
  it('is readable by its owner only, and gone when it is closed', () => {
    const [name = ''] = readdirSync(join(directory, 'spool'));
    expect(statSync(join(directory, 'spool', name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'spool')).mode & 0o777).toBe(0o700);
    close();
    expect(readdirSync(join(directory, 'spool'))).toEqual([]);
  });

  it('of a command that was killed long ago is taken away, a young one is left alone', () => {
    const days = (count: number): Date => new Date(NOW - count * 24 * 60 * 60 * 1000);
    for (const [name, age] of [['old.sqlite', 3] as const, ['young.sqlite', 1] as const]) {
      writeFileSync(join(directory, 'spool', name), '');
      utimesSync(join(directory, 'spool', name), days(age), days(age));
    }
    openSpool({ directory, now: () => NOW }).close();
    expect(readdirSync(join(directory, 'spool'))).toContain('young.sqlite');
    expect(readdirSync(join(directory, 'spool'))).not.toContain('old.sqlite');
  });

  it('that cannot be made is a usage error', () => {
    const blocked = join(directory, 'blocked');
    mkdirSync(blocked);
    writeFileSync(join(blocked, 'spool'), 'a file in its place');
    expect(() => openSpool({ directory: blocked, now: () => NOW })).toThrow(UsageError);
  });
});

describe('rows', () => {
  it('come back as they were, in their order, also beyond what is read at once', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => row(n + 1));
    spool.saveRows(rows.slice(0, 1_500));
    spool.saveRows(rows.slice(1_500));
    expect((await all(spool.rows())).flat()).toEqual(rows);
  });

  it('are counted by source', () => {
    spool.saveRows([row(1), row(2), row(1, '-')]);
    expect(['p.csv', '-', 'other.csv'].map((source) => spool.rowsOf(source))).toEqual([2, 1, 0]);
  });
});

describe('candidates', () => {
  it('are people whom flow actions put in and nobody protects, each once', async () => {
    spool.saveMembers([
      member('ann'),
      member('ann', { id: 'second row of ann', listId: 'other list' }),
      member('bob'),
      member('cid', { isOurs: false, createdBy: 'marketo' }),
      member('dee'),
    ]);
    spool.protectAddresses(['bob@x.example', 'bob@x.example']);
    expect(['bob@x.example', 'ann@x.example'].map(spool.isProtectedAddress)).toEqual([true, false]);
    spool.protect(['bob', 'nobody']);
    expect(await idsOf(spool.candidates())).toEqual(['ann', 'dee']);
    expect(spool.countOurs()).toBe(3);
    expect(['bob', 'ann'].map((id) => spool.isProtected(id))).toEqual([true, false]);
  });

  it('are still those of a row that another read words in another way, but not of one that was made again', () => {
    spool.saveMembers([member('ann'), member('cid', { isOurs: false })]);
    expect(spool.isCandidate({ id: 'row-of-ann', createdOn: '2026-11-20T10:00:00.000Z' })).toBe(true);
    expect(spool.isCandidate({ id: 'row-of-ann', createdOn: '2026-11-20T10:00:01Z' })).toBe(false);
    expect(spool.isCandidate({ id: 'row-of-cid', createdOn: '2026-11-20T10:00:00Z' })).toBe(false);
  });

  it('leave the others to be counted by who put them in', () => {
    const other = (person: string, createdBy: string | undefined) => member(person, { isOurs: false, createdBy });
    spool.saveMembers([
      other('ann', 'x'),
      other('bob', 'x'),
      other('cid', undefined),
      other('dee', 'y'),
      member('eve'),
    ]);
    spool.protect(['dee']);
    expect([...spool.countOthers()]).toEqual([
      [undefined, 1],
      ['x', 2],
    ]);
  });
});

describe('the plan', () => {
  it('is of rows, counted by people, and gives its candidates back', async () => {
    spool.saveMembers([member('ann'), member('bob')]);
    spool.plan([member('bob'), member('bob', { id: 'second row of bob' })]);
    spool.plan([member('bob')]);
    expect(spool.countPlanned()).toBe(1);
    expect(spool.isPlanned(member('bob'))).toBe(true);
    expect(spool.isPlanned(member('bob', { createdOn: '2026-11-20T10:00:01Z' }))).toBe(false);
    expect(spool.isPlanned(member('ann'))).toBe(false);
    expect(await idsOf(spool.plannedCandidates())).toEqual(['bob']);
  });
});
