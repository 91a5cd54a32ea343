import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainFailure } from '../../../src/journal/failures.ts';
import { journalClock } from '../../../src/journal/journal-clock.ts';
import { journalOver, KEEP_MS, openJournal, prepareFile } from '../../../src/journal/open-journal.ts';
import { runLocks } from '../../../src/journal/run-locks.ts';
import { openSqlite } from '../../../src/journal/sqlite.ts';
import { intentFor, ORGANIZATION } from './fixture.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('openJournal', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'dyncamp-open-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const open = (directory: string) => openJournal({ directory, organizationId: ORGANIZATION, now: () => 0 });

  it.each([0o000, 0o022, 0o277])('keeps everything to this user, under the umask %o', (umask) => {
    const before = process.umask(umask);
    try {
      const directory = join(root, 'state', 'dyncamp');
      const journal = open(directory);
      const run = journal.startRun({ id: 'r', command: 'add', campaignId: 'c', campaignName: 'C' });
      run.begin([intentFor('a')]);

      const file = join(directory, `${ORGANIZATION}.sqlite`);
      expect([join(root, 'state'), directory, join(directory, 'locks')].map(modeOf)).toEqual(['700', '700', '700']);
      expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
      expect(modeOf(join(directory, 'locks', ORGANIZATION, 'r.lock'))).toBe('600');
      journal.close();
    } finally {
      process.umask(before);
    }
  });

  it('leaves the permissions of a directory that was there', () => {
    mkdirSync(join(root, 'shared'), { mode: 0o755 });
    open(join(root, 'shared')).close();
    expect(modeOf(join(root, 'shared'))).toBe('755');
  });

  it('gives each organization a file, whatever the case of its id', () => {
    open(root).close();
    openJournal({ directory: root, organizationId: ORGANIZATION.toUpperCase(), now: () => 0 }).close();
    openJournal({ directory: root, organizationId: '../elsewhere', now: () => 0 }).close();
    const names = readdirSync(root).filter((name) => name.endsWith('.sqlite'));
    expect(names.sort()).toEqual(
      ['..%2felsewhere.sqlite', `${ORGANIZATION}.sqlite`].map((n) => n.replace('%2f', '%2F')),
    );
  });

  it('commits to the disk and keeps a write-ahead log', () => {
    open(root).close();
    const database = openSqlite({
      path: join(root, `${ORGANIZATION}.sqlite`),
      timeoutMs: 0,
      synchronous: 'FULL',
    });
    expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
    expect(database.prepare('PRAGMA auto_vacuum').get()).toMatchObject({ auto_vacuum: 2 });
    database.close();
  });

  it('reports that the directory cannot be made, and which setting moves it', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => open(join(root, 'file', 'state'))).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        code: 'JOURNAL_UNWRITABLE',
        message: expect.stringMatching(
          /^Could not write the journal ".*": a part of the path is a file, not a directory\.$/,
        ),
        hint: expect.stringContaining('DYNCAMP_STATE_DIR'),
      }),
    );
  });

  it('reports that the file cannot be opened', () => {
    mkdirSync(join(root, `${ORGANIZATION}.sqlite`));
    expect(() => open(root)).toThrow(expect.objectContaining({ code: 'JOURNAL_UNWRITABLE', category: 'usage' }));
  });

  it('refuses a file that is not a journal, and does not touch it', () => {
    const file = join(root, `${ORGANIZATION}.sqlite`);
    const content = 'Dear diary, today I was no database. '.repeat(100);
    writeFileSync(file, content);
    expect(() => open(root)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_CORRUPT', hint: expect.stringContaining('DYNCAMP_STATE_DIR') }),
    );
    expect(statSync(file).size).toBe(content.length);
  });

  it('stops before anything is sent when the disk is full, and continues when there is room', () => {
    const { journal, database } = journalOnSmallDisk(root);
    const run = journal.startRun({ id: 'r', command: 'add', campaignId: 'c', campaignName: 'C' });
    const many = Array.from({ length: 200 }, (_, index) => intentFor(`person-${index}`));
    const diskFull = expect.objectContaining({
      code: 'JOURNAL_UNWRITABLE',
      message: expect.stringContaining('the disk is full'),
      hint: expect.stringContaining('nothing is sent to Dynamics'),
    });

    database.exec('PRAGMA max_page_count = 1');
    expect(() => run.begin(many)).toThrow(diskFull);
    const campaignName = 'long'.repeat(5000);
    expect(() => journal.startRun({ id: 's', command: 'add', campaignId: 'c', campaignName })).toThrow(diskFull);

    database.exec('PRAGMA max_page_count = 1000000');
    expect(run.begin(many)).toHaveLength(200);
    journal.startRun({ id: 's', command: 'add', campaignId: 'c', campaignName });
    expect([...journal.runs()].map(({ id }) => id)).toEqual(['s', 'r']);
    journal.close();
  });
});

/** SQLite refuses to grow a file past max_page_count with the code of a full disk. */
function journalOnSmallDisk(directory: string) {
  const path = join(directory, 'small.sqlite');
  const database = openSqlite({ path, timeoutMs: 0, synchronous: 'FULL', explain: explainFailure(path) });
  prepareFile(database, path);
  const locks = runLocks(join(directory, 'locks'));
  return {
    database,
    journal: journalOver({ database, locks, clock: journalClock({ now: () => 0 }), keepMs: KEEP_MS }),
  };
}
