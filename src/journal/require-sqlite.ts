/**
 * The SQLite of this machine: `node:sqlite` where Node has it without a flag (22.13, 23.4 and later), else libsql, a native package that
 * may be missing or broken, and is loaded only then. They differ: libsql 0.5.29 aborts the process when a boolean or undefined is bound
 * (hence SqliteValue) and takes a lone Buffer for a list of values; Node before 22.16 knows no numbered parameters (?1) and no option
 * `timeout`; a BLOB comes as a Buffer, an ArrayBuffer or a Uint8Array (rows.ts).
 */
import { createRequire } from 'node:module';
import type Libsql from 'libsql';
import { codeOf, UsageError } from '../errors.ts';

export type SqliteValue = string | number | Uint8Array | null;

/** What both have in common. */
export type SqliteConnection = {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(values: readonly SqliteValue[]): RunResult;
    get(values: readonly SqliteValue[]): unknown;
    all(values: readonly SqliteValue[]): unknown[];
  };
  close(): unknown;
};
type RunResult = { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };

export type SqliteLibrary = {
  readonly name: 'node:sqlite' | 'libsql';
  connect(path: string, timeoutMs: number): SqliteConnection;
};

/** Call it before any other work if SQLite is needed later. Throws UsageError SQLITE_MISSING. */
export function requireSqlite(): SqliteLibrary {
  const builtIn = withoutItsWarning(() => process.getBuiltinModule?.('node:sqlite'));
  if (isNodeSqlite(builtIn)) return { name: 'node:sqlite', connect: connectByNode(builtIn) };
  let Database: typeof Libsql;
  try {
    Database = createRequire(import.meta.url)('libsql');
  } catch (cause) {
    throw sqliteMissing(cause);
  }
  return { name: 'libsql', connect: (path, timeoutMs) => new Database(path, { timeout: timeoutMs }) };
}

/** As far as it is used; the type definitions of Node 20 do not know it. */
type NodeSqlite = {
  readonly DatabaseSync: new (
    path: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: readonly SqliteValue[]): RunResult;
      get(...values: readonly SqliteValue[]): unknown;
      all(...values: readonly SqliteValue[]): unknown[];
    };
    close(): void;
  };
};

const isNodeSqlite = (found: object | undefined): found is NodeSqlite => found !== undefined && 'DatabaseSync' in found;

function connectByNode({ DatabaseSync }: NodeSqlite): SqliteLibrary['connect'] {
  return (path, timeoutMs) => {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${timeoutMs}`);
    return {
      exec: (sql) => database.exec(sql),
      prepare(sql) {
        const statement = database.prepare(sql);
        return {
          run: (values) => statement.run(...values),
          get: (values) => statement.get(...values),
          all: (values) => statement.all(...values),
        };
      },
      close: () => database.close(),
    };
  };
}

/** Node 22 and 23 warn, when the module is first loaded, that it is experimental: users of dyncamp cannot act on that. */
function withoutItsWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('SQLite ')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function sqliteMissing(cause: unknown): UsageError {
  const why = codeOf(cause) === 'MODULE_NOT_FOUND' ? 'is not installed' : `cannot be loaded: ${firstLine(cause)}`;
  return new UsageError(
    'SQLITE_MISSING',
    `Could not open SQLite: Node ${process.version} has none of its own, and the optional package libsql ${why}.`,
    {
      hint: 'Use Node 22.13 or newer. On an older one, install dyncamp with its optional packages (`--include=optional`).',
      cause,
    },
  );
}

const firstLine = (error: unknown): string | undefined =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
