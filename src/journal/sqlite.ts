/**
 * Databases of the client: the journal, the run locks, what `apply` keeps on disk. Which SQLite it is, require-sqlite.ts hides. Two
 * quirks of libsql 0.5.29 show all the same: it reports a failure to open as a bare Error; its close() keeps the file open until the
 * prepared statements are garbage-collected, so a lock is released by ending its transaction, and what must not stay on disk is in
 * temporary tables.
 */
import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs';
import { codeOf } from '../errors.ts';
import { requireSqlite, type SqliteConnection, type SqliteLibrary, type SqliteValue } from './require-sqlite.ts';

export type { SqliteValue };
export type SqliteRow = Readonly<Record<string, unknown>>;

export type SqliteStatement = {
  /** `changes`: the rows that changed; `lastId`: the rowid of the last insert on this connection. */
  run(values?: readonly SqliteValue[]): { readonly changes: number; readonly lastId: number };
  get(values?: readonly SqliteValue[]): SqliteRow | undefined;
  /** Every row. There is no cursor, since one left open would block every checkpoint: callers that expect many rows read pages. */
  all(values?: readonly SqliteValue[]): readonly SqliteRow[];
};

export type Sqlite = {
  /** Runs statements that give no rows and take no values. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /**
   * BEGIN IMMEDIATE … COMMIT around the work, rolled back when it throws. Not nestable. `soon`: does not wait for the disk, and a power cut
   * may undo the commit until the next one that does (SQLite's synchronous = NORMAL under WAL).
   */
  transaction<T>(work: () => T, durable?: 'now' | 'soon'): T;
  close(): void;
};

type SqliteOptions = {
  readonly path: string;
  /** How long a statement blocks the process waiting for other connections' locks before it fails with SQLITE_BUSY. */
  readonly timeoutMs: number;
  /** FULL: a commit is on the disk when it returns. Left out: opening neither reads nor writes. */
  readonly synchronous?: 'FULL' | undefined;
  /** Turns a failure into the error to throw. Default: the failure itself. */
  readonly explain?: ((failure: SqliteFailure) => Error) | undefined;
};

/** `code` is the name of SQLite's result code, or begins with it: `SQLITE_FULL`, `SQLITE_IOERR_WRITE`. */
export class SqliteFailure extends Error {
  override readonly name = 'SqliteFailure';
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Throws what `explain` makes of a SqliteFailure (SQLITE_CANTOPEN when the file cannot be reached), and UsageError SQLITE_MISSING. */
export function openSqlite(options: SqliteOptions): Sqlite {
  const { connect } = requireSqlite();
  const attempt = attempts(options.explain ?? ((failure) => failure));
  const database = attempt(() => openFile(connect, options));
  const { synchronous } = options;
  if (synchronous !== undefined) attempt(() => database.exec(`PRAGMA synchronous = ${synchronous}`));
  return sqliteOver(database, attempt, synchronous);
}

type TemporaryOptions = {
  readonly explain: (failure: SqliteFailure) => Error;
  /** Where there is room. */
  readonly folder: string;
};

/**
 * For temporary tables (CREATE TEMP TABLE): what does not fit into the cache goes to a file in the folder that SQLite unlinks as soon as it
 * is open (Windows: deletes with its last handle), so that nothing of it outlives the process. Nothing waits for the disk.
 */
export function openTemporary({ folder, explain }: TemporaryOptions): Sqlite {
  const { connect } = requireSqlite();
  const attempt = attempts(explain);
  const database = attempt(() => connect(':memory:', 0));
  attempt(() => {
    // libsql is built to keep them in memory.
    database.exec('PRAGMA temp_store = FILE');
    database.exec(`PRAGMA temp_store_directory = '${folder.replaceAll("'", "''")}'`);
    database.exec('PRAGMA journal_mode = MEMORY');
  });
  return sqliteOver(database, attempt);
}

function sqliteOver(database: SqliteConnection, attempt: Attempt, synchronous = 'FULL'): Sqlite {
  return {
    exec: (sql) => {
      attempt(() => database.exec(sql));
    },
    prepare: (sql) => {
      const statement = attempt(() => database.prepare(sql));
      return {
        run: (values = []) => {
          const { changes, lastInsertRowid } = attempt(() => statement.run(values));
          return { changes: Number(changes), lastId: Number(lastInsertRowid) };
        },
        get: (values = []) => attempt(() => rowOrNone(statement.get(values))),
        all: (values = []) => attempt(() => statement.all(values).filter(isRow)),
      };
    },
    transaction: (work, durable = 'now') => {
      if (durable === 'soon') attempt(() => database.exec('PRAGMA synchronous = NORMAL'));
      try {
        return inTransaction(database, attempt, work);
      } finally {
        if (durable === 'soon') attempt(() => database.exec(`PRAGMA synchronous = ${synchronous}`));
      }
    },
    close() {
      try {
        database.close();
      } catch {
        // Closed before, or at its end in any case: everything that counts was committed.
      }
    },
  };
}

/** Of the library that is used here. Throws UsageError SQLITE_MISSING. */
export function sqliteVersion(): string {
  const { name, connect } = requireSqlite();
  const database = connect(':memory:', 0);
  try {
    const row = rowOrNone(database.prepare('SELECT sqlite_version() AS version').get([]));
    return `${String(row?.version)} (${name})`;
  } finally {
    database.close();
  }
}

/** Of the file, whatever the umask. SQLite gives -wal and -shm the same. */
const MODE = 0o600;

/**
 * The file is created here because SQLite would apply the umask. An existing file is never opened and closed: on POSIX, closing any
 * descriptor of a file drops every lock that this process holds on it.
 */
function openFile(connect: SqliteLibrary['connect'], { path, timeoutMs }: SqliteOptions): SqliteConnection {
  refuseLinks(path);
  try {
    closeSync(openSync(path, 'wx', MODE));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  try {
    chmodSync(path, MODE);
  } catch (error) {
    // Another user's file, or a file system without permissions: SQLite will report whether it is usable.
    if (codeOf(error) !== 'EPERM') throw error;
  }
  return connect(path, timeoutMs);
}

/** SQLite's file and those beside it (sqlite.org/tempfiles.html). */
const FILE_SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** Writing through a link would change somebody else's file and its mode. Links among the folders above are up to the user. */
function refuseLinks(path: string): void {
  for (const suffix of FILE_SUFFIXES) {
    const file = `${path}${suffix}`;
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new SqliteFailure('ELOOP', `${file} is a link`, undefined);
  }
}

function inTransaction<T>(database: SqliteConnection, attempt: Attempt, work: () => T): T {
  attempt(() => database.exec('BEGIN IMMEDIATE'));
  try {
    const result = work();
    attempt(() => database.exec('COMMIT'));
    return result;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // The error that led here is the one to report. After some (a full disk) SQLite has rolled back by itself.
    }
    throw error;
  }
}

type Attempt = ReturnType<typeof attempts>;

function attempts(explain: (failure: SqliteFailure) => Error): <T>(step: () => T) => T {
  return (step) => {
    try {
      return step();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw explain(new SqliteFailure(resultCodeName(error), message, error));
    }
  };
}

/** The primary result codes (sqlite.org/rescode.html); the index is the number. */
const PRIMARY_CODES =
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'.split(
    ' ',
  );

/**
 * node:sqlite gives the number of the code as `errcode`. libsql 0.5 gives names, but for the newer extended codes their number:
 * `UNKNOWN_SQLITE_ERROR_1544` is SQLITE_READONLY_DIRECTORY. The low byte is the primary code, which is enough.
 */
export function resultCodeName(error: unknown): string {
  const code = codeOf(error) ?? 'SQLITE_CANTOPEN';
  const number = errcodeOf(error) ?? Number(/^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code)?.[1]);
  const primary = PRIMARY_CODES[number & 0xff];
  return Number.isNaN(number) || primary === undefined ? code : `SQLITE_${primary}`;
}

function errcodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

function isRow(row: unknown): row is SqliteRow {
  return typeof row === 'object' && row !== null;
}

function rowOrNone(row: unknown): SqliteRow | undefined {
  return isRow(row) ? row : undefined;
}
