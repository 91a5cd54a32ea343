import { resultCodeName } from '../../src/sqlite.ts';

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
    expect(resultCodeName(said)).toBe(name);
  });
});
