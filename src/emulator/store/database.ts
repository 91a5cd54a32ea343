import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Value } from './row.ts';

/** Several processes may share the store; this is how long one waits for another's transaction. */
const BUSY_TIMEOUT_MS = 30_000;
const CACHED_STATEMENTS = 200;
/** SQLite's default of 2 MB makes the indexes of a million people thrash. */
const CACHE_KIB = 65_536;
const WAL_ATTEMPTS = 100;
const WAL_PAUSE_MS = 50;

type SqlValue = string | number | null;
type SqlRow = Record<string, Value>;

/** A connection with cached statements and plain rows. libsql aborts the process on a bound boolean, so every value is converted here. */
export type Connection = {
  run(sql: string, parameters?: readonly Value[]): number;
  rows(sql: string, parameters?: readonly Value[]): SqlRow[];
  /** Rows one by one; the read ends when the iterator does. */
  iterate(sql: string, parameters: readonly Value[]): IterableIterator<SqlRow>;
  close(): void;
};

export function openConnection(path: string): Connection {
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = openDatabase(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  switchToWal(database);
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  const { take, giveBack } = statementCache(database);

  return {
    run(sql, parameters = []) {
      const statement = take(sql);
      const { changes } = statement.run(...parameters.map(bound));
      giveBack(sql, statement);
      return Number(changes);
    },
    rows(sql, parameters = []) {
      const statement = take(sql);
      const rows = statement.all(...parameters.map(bound)).filter(isRow);
      giveBack(sql, statement);
      return rows;
    },
    *iterate(sql, parameters) {
      const statement = take(sql);
      const rows = statement.iterate(...parameters.map(bound));
      try {
        for (const row of rows) if (isRow(row)) yield row;
      } finally {
        // libsql's iterator has no return(): an abandoned one would keep its snapshot open, so it is read to its end.
        while (rows.next().done !== true);
        giveBack(sql, statement);
      }
    },
    close: () => void database.close(),
  };
}

/** What is used of either SQLite. */
type Database = {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
};
type Statement = {
  run(...values: readonly SqlValue[]): { changes: number | bigint };
  all(...values: readonly SqlValue[]): unknown[];
  iterate(...values: readonly SqlValue[]): IterableIterator<unknown>;
};

/** Node's own SQLite where it needs no flag (22.13, 23.4 and later), else the optional package libsql. */
function openDatabase(path: string): Database {
  const builtIn = withoutItsWarning(() => process.getBuiltinModule?.('node:sqlite'));
  if (isNodeSqlite(builtIn)) return new builtIn.DatabaseSync(path);
  const Libsql: new (path: string) => Database = createRequire(import.meta.url)('libsql');
  return new Libsql(path);
}

function isNodeSqlite(module: object | undefined): module is { DatabaseSync: new (path: string) => Database } {
  return module !== undefined && 'DatabaseSync' in module;
}

/** Node 22 and 23 say on stderr that the module is experimental. */
function withoutItsWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A statement is taken out while it runs, so that a query inside a running query never steps the same one. */
function statementCache(database: Database) {
  const statements = new Map<string, Statement>();
  return {
    take(sql: string): Statement {
      const cached = statements.get(sql);
      statements.delete(sql);
      return cached ?? database.prepare(sql);
    },
    giveBack(sql: string, statement: Statement): void {
      statements.set(sql, statement);
      const oldest = statements.keys().next().value;
      if (statements.size > CACHED_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    },
  };
}

/** Two processes that create the store at the same moment can conflict here; the busy timeout does not cover the switch. */
function switchToWal(database: Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (attempt === WAL_ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
    }
  }
}

function bound(value: Value): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function isRow(row: unknown): row is SqlRow {
  return typeof row === 'object' && row !== null;
}

/** `versionnumber` of the first row: as in an organization that has been in use, so that row versions do not look like counters. */
export const FIRST_VERSION = 1_000_000;

export type Transactions = {
  run<T>(work: () => T): T;
  /** Runs work and always takes back its changes. */
  undone<T>(work: () => T): T;
  /** Without a savepoint when a transaction is open already: for work that is one statement. */
  join<T>(work: () => T): T;
  nextVersion(): number;
};

/** Transactions of one connection; inner ones are savepoints. */
export function openTransactions(connection: Connection): Transactions {
  let depth = 0;
  // Kept for the length of the outermost transaction, so that a bulk load does not read and write the counter for every row.
  let version: number | undefined;

  const begin = (): void => {
    connection.run(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT s${depth}`);
    depth += 1;
  };
  const commit = (): void => {
    const isOutermost = depth === 1;
    if (isOutermost && version !== undefined) connection.run('UPDATE "$counter" SET value = ?', [version]);
    connection.run(isOutermost ? 'COMMIT' : `RELEASE s${depth - 1}`);
    leave();
  };
  const rollBack = (): void => {
    leave();
    if (depth > 0) connection.run(`ROLLBACK TO s${depth}`);
    connection.run(depth === 0 ? 'ROLLBACK' : `RELEASE s${depth}`);
  };
  const leave = (): void => {
    depth -= 1;
    if (depth === 0) version = undefined;
  };
  const run = <T>(work: () => T): T => {
    begin();
    try {
      const result = work();
      commit();
      return result;
    } catch (error) {
      rollBack();
      throw error;
    }
  };

  return {
    run,
    undone(work) {
      begin();
      try {
        return work();
      } finally {
        rollBack();
      }
    },
    join: (work) => (depth > 0 ? work() : run(work)),
    nextVersion() {
      version ??= Number(connection.rows('SELECT value FROM "$counter"')[0]?.value ?? FIRST_VERSION);
      version += 1;
      return version;
    },
  };
}
