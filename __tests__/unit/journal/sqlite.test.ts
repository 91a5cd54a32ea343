import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, resultCodeName } from '../../../src/journal/sqlite.ts';

describe('the name of an SQLite result code', () => {
  it.each([
    ['SQLITE_FULL', 'SQLITE_FULL'],
    ['SQLITE_IOERR_WRITE', 'SQLITE_IOERR_WRITE'],
    ['EACCES', 'EACCES'],
    // Extended codes that libsql has no name for: READONLY_DIRECTORY, READONLY_CANTINIT, IOERR_DATA, NOTADB itself.
    ['UNKNOWN_SQLITE_ERROR_1544', 'SQLITE_READONLY'],
    ['UNKNOWN_SQLITE_ERROR_1288', 'SQLITE_READONLY'],
    ['UNKNOWN_SQLITE_ERROR_8202', 'SQLITE_IOERR'],
    ['UNKNOWN_SQLITE_ERROR_26', 'SQLITE_NOTADB'],
    ['UNKNOWN_SQLITE_ERROR_255', 'UNKNOWN_SQLITE_ERROR_255'],
  ])('%s is %s', (said, name) => {
    expect(resultCodeName(Object.assign(new Error(), { code: said }))).toBe(name);
  });

  it.each([
    [2067, 'SQLITE_CONSTRAINT'],
    [14, 'SQLITE_CANTOPEN'],
    [5, 'SQLITE_BUSY'],
  ])('is made of the number that node:sqlite gives: %s is %s', (errcode, name) => {
    expect(resultCodeName(Object.assign(new Error(), { code: 'ERR_SQLITE_ERROR', errcode }))).toBe(name);
  });

  it('is what a failure carries, also for a code that libsql does not name (CONSTRAINT_DATATYPE)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dyncamp-sqlite-'));
    const database = openSqlite({ path: join(directory, 'strict.sqlite'), timeoutMs: 1000 });
    database.exec('CREATE TABLE strict (number INTEGER) STRICT');
    expect(() => database.exec(`INSERT INTO strict VALUES ('no number')`)).toThrow(
      expect.objectContaining({ code: 'SQLITE_CONSTRAINT' }),
    );
    database.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

it('no statement has numbered parameters (?1), which Node before 22.16 does not know', () => {
  const folder = join(__dirname, '../../../src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(
    files.filter((name) => /(?:SELECT|WHERE|VALUES)\b.*[ (]\?[0-9]/.test(readFileSync(join(folder, name), 'utf8'))),
  ).toEqual([]);
});
