/** Errors for a journal that cannot be opened, read or written. All of them end the command with exit 2 before anything more is sent. */
import { codeOf, UsageError } from '../errors.ts';

/** SQLite's result codes (sqlite.org/rescode.html; extended ones begin with them) and the file system's, in words. */
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_CANTOPEN: 'the file cannot be opened',
  SQLITE_IOERR: 'the disk refused to read or write',
  SQLITE_PERM: 'access is denied',
  SQLITE_BUSY: 'another process keeps it locked',
  SQLITE_LOCKED: 'another process keeps it locked',
  SQLITE_PROTOCOL: 'the file system does not support the locks that SQLite needs',
  SQLITE_NOLFS: 'the file system does not allow files of this size',
  SQLITE_NOMEM: 'there is not enough memory',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a part of the path is a file, not a directory',
  ENOENT: 'the directory cannot be created',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'the file is a link',
  EMFILE: 'this process has too many open files',
};

const CORRUPT = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];

const MOVE_STATE = 'set DYNCAMP_STATE_DIR to a writable directory on a local disk';

/**
 * Turns a failure at `file` into the error to throw: JOURNAL_CORRUPT, JOURNAL_UNWRITABLE, or the failure itself when neither the disk
 * nor the file caused it (a bug of ours, exit 1).
 */
export function explainFailure(file: string): (failure: unknown) => Error {
  return (failure) => {
    const code = codeOf(failure) ?? '';
    if (CORRUPT.some((corrupt) => code.startsWith(corrupt))) return corruptJournal(file, failure);
    const known = Object.keys(REASONS).find((name) => code === name || code.startsWith(`${name}_`));
    const reason = known === undefined ? undefined : REASONS[known];
    if (reason !== undefined)
      return new UsageError('JOURNAL_UNWRITABLE', `Could not write the journal "${file}": ${reason}.`, {
        hint: `Without the journal, nothing is sent to Dynamics. Fix that, or ${MOVE_STATE}.`,
        cause: failure,
      });
    return failure instanceof Error ? failure : new Error(String(failure));
  };
}

/** Writing to it could destroy what the other version relies on. */
export function journalOfOtherVersion(file: string, version: number, known: number): UsageError {
  const which = version > known ? 'a newer' : 'an older';
  return new UsageError(
    'JOURNAL_VERSION',
    `Could not open the journal "${file}": ${which} version of dyncamp created it (format ${version}; this one reads ${known}).`,
    {
      hint: `Let that version finish its runs, then move the file (with its -wal and -shm) away, or ${MOVE_STATE}. \`dyncamp events replay --from-server\` prints the added events again.`,
    },
  );
}

export function corruptJournal(file: string, cause: unknown): UsageError {
  return new UsageError(
    'JOURNAL_CORRUPT',
    `Could not read the journal "${file}": the file is damaged or not a journal.`,
    {
      hint: `Move the file (with its -wal and -shm) away, or ${MOVE_STATE}. \`dyncamp events replay --from-server\` prints the added events again.`,
      cause,
    },
  );
}
