import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/errors.ts';
import type { InputRow, PersonRow } from '../../../src/input/input-row.ts';
import type { Spool, SpooledMember } from '../../../src/run/spool.ts';
import { openSpool } from '../../../src/run/spool.ts';

let directory = '';
let spool: Spool;
let close: () => void;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dyncamp-spool-'));
  ({ spool, close } = openSpool(join(directory, 'spool')));
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

const refsOf = async (pages: AsyncIterable<readonly PersonRow[]>): Promise<readonly string[]> =>
  (await all(pages)).flat().map(({ place }) => `${place.source} ${place.line} ${place.ref}`);

describe('the file', () => {
  /** Descriptors of this process in the folder; what was unlinked is marked as deleted there. */
  const open = (): readonly string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const path = readlinkSync(join('/proc/self/fd', fd));
        return path.startsWith(directory) ? [path] : [];
      } catch {
        return [];
      }
    });
  const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined;

  it('has no name, however much it holds, and with node:sqlite no descriptor when it is closed', () => {
    for (let chunk = 0; chunk < 20; chunk += 1)
      spool.saveRows(Array.from({ length: 1_000 }, (_, n) => row(chunk * 1_000 + n)));
    expect(statSync(join(directory, 'spool')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(directory, 'spool'))).toEqual([]);
    if (process.platform !== 'linux') return;
    expect(open()).toEqual([expect.stringMatching(/ \(deleted\)$/)]);
    close();
    if (hasSqlite) expect(open()).toEqual([]);
  });

  it('that cannot be made is a usage error', () => {
    const blocked = join(directory, 'blocked');
    writeFileSync(blocked, 'a file in its place');
    expect(() => openSpool(blocked)).toThrow(UsageError);
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
    expect(['p.csv', '-', 'other.csv'].map((source) => spool.countRows(source))).toEqual([2, 1, 0]);
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
    spool.protect(['bob', 'nobody', 'bob']);
    expect(await refsOf(spool.candidates())).toEqual(['list:list 1 lead:ann', 'list:list 5 lead:dee']);
    expect(spool.countOurs()).toBe(3);
    expect(['bob', 'ann'].map((id) => spool.isProtected(id))).toEqual([true, false]);
  });

  it('are still those of a row that another read words in another way, but not of one that was made again', () => {
    spool.saveMembers([member('ann'), member('cid', { isOurs: false })]);
    expect(spool.isRemovable({ id: 'row-of-ann', createdOn: '2026-11-20T10:00:00.000Z' })).toBe(true);
    expect(spool.isRemovable({ id: 'row-of-ann', createdOn: '2026-11-20T10:00:01Z' })).toBe(false);
    expect(spool.isRemovable({ id: 'row-of-cid', createdOn: '2026-11-20T10:00:00Z' })).toBe(false);
    spool.protect(['ann']);
    expect(spool.isRemovable({ id: 'row-of-ann', createdOn: '2026-11-20T10:00:00Z' })).toBe(false);
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
    expect(await refsOf(spool.plannedCandidates())).toEqual(['list:list 2 lead:bob']);
  });
});
