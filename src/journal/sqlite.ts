/**
 * The one place that knows libsql (SQLite, the API of better-sqlite3). Load it with `await import()`: the native module costs 16 ms.
 * Quirks of libsql 0.5.29 that stay inside this file: it aborts the process when a boolean or undefined is bound (hence SqliteValue);
 * it reports a failure to open as a bare Error; close() keeps the files open until the prepared statements are garbage-collected, so a
 * lock is released by ending its transaction, or by a connection that prepared nothing.
 */
import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs';
import Database from 'libsql';
import { codeOf } from '../errors.ts';

export type SqliteValue = string | number | Uint8Array | null;
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
  /** The database file; created when it does not exist. */
  readonly path: string;
  /** How long a statement blocks the process waiting for other connections' locks before it fails with SQLITE_BUSY. */
  readonly timeoutMs: number;
  /** FULL: a commit is on the disk when it returns. Left out: opening neither reads nor writes. */
  readonly synchronous?: 'FULL' | undefined;
  /** The file's permissions, whatever the umask. SQLite gives -wal and -shm the same. */
  readonly mode: number;
  /** Turns a failure into the error to throw. Default: the failure itself. */
  readonly explain?: ((failure: SqliteFailure) => Error) | undefined;
};

/** `code` is the name of SQLite's result code, extended where libsql knows one: `SQLITE_FULL`, `SQLITE_IOERR_WRITE`. */
export class SqliteFailure extends Error {
  override readonly name = 'SqliteFailure';
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Throws what `explain` makes of a SqliteFailure (SQLITE_CANTOPEN when the file cannot be reached). */
export function openSqlite(options: SqliteOptions): Sqlite {
  const attempt = attempts(options.explain ?? ((failure) => failure));
  const database = attempt(() => openFile(options));
  const { synchronous = 'FULL' } = options;
  if (options.synchronous !== undefined) attempt(() => database.exec(`PRAGMA synchronous = ${synchronous}`));

  return {
    exec: (sql) => {
      attempt(() => database.exec(sql));
    },
    prepare: (sql) => {
      const statement = attempt(() => database.prepare(sql));
      return {
        run: (values = []) => {
          const { changes, lastInsertRowid } = attempt(() => statement.run(values));
          return { changes, lastId: Number(lastInsertRowid) };
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
    close: () => database.close(),
  };
}

/** Of the library that is used here. Throws where it cannot be loaded. */
export function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    const row = rowOrNone(database.prepare('SELECT sqlite_version() AS version').get());
    return `${String(row?.version)} (libsql)`;
  } finally {
    database.close();
  }
}

type Connection = InstanceType<typeof Database>;

/**
 * The file is created here because SQLite would apply the umask. An existing file is never opened and closed: on POSIX, closing any
 * descriptor of a file drops every lock that this process holds on it.
 */
function openFile({ path, timeoutMs, mode }: SqliteOptions): Connection {
  refuseLinks(path);
  try {
    closeSync(openSync(path, 'wx', mode));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  try {
    chmodSync(path, mode);
  } catch (error) {
    // Another user's file, or a file system without permissions: SQLite will report whether it is usable.
    if (codeOf(error) !== 'EPERM') throw error;
  }
  return new Database(path, { timeout: timeoutMs });
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

function inTransaction<T>(database: Connection, attempt: Attempt, work: () => T): T {
  attempt(() => database.exec('BEGIN IMMEDIATE'));
  try {
    const result = work();
    attempt(() => database.exec('COMMIT'));
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

type Attempt = ReturnType<typeof attempts>;

/** After some failures (a full disk) SQLite has rolled back by itself. The error that led here is the one to report. */
function rollBack(database: Connection): void {
  if (!database.inTransaction) return;
  try {
    database.exec('ROLLBACK');
  } catch {
    // The next statement on this connection reports what is wrong.
  }
}

function attempts(explain: (failure: SqliteFailure) => Error): <T>(step: () => T) => T {
  return (step) => {
    try {
      return step();
    } catch (error) {
      throw explain(toFailure(error));
    }
  };
}

function toFailure(error: unknown): SqliteFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new SqliteFailure(resultCodeName(codeOf(error) ?? 'SQLITE_CANTOPEN'), message, error);
}

/** The primary result codes (sqlite.org/rescode.html); the index is the number. */
const PRIMARY_CODES =
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'.split(
    ' ',
  );

/**
 * libsql 0.5 has no names for the newer extended codes and gives their number: `UNKNOWN_SQLITE_ERROR_1544` is
 * SQLITE_READONLY_DIRECTORY. The low byte is the primary code, which is enough.
 */
export function resultCodeName(code: string): string {
  const unnamed = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code)?.[1];
  const primary = unnamed === undefined ? undefined : PRIMARY_CODES[Number(unnamed) & 0xff];
  return primary === undefined ? code : `SQLITE_${primary}`;
}

function isRow(row: unknown): row is SqliteRow {
  return typeof row === 'object' && row !== null;
}

function rowOrNone(row: unknown): SqliteRow | undefined {
  return isRow(row) ? row : undefined;
}
