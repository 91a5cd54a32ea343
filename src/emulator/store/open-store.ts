/**
 * The emulator's tables in one SQLite file, shared safely by several processes. Knows columns, keys and case folding; nothing of OData,
 * HTTP or marketing rules.
 */
import { requireTable, type Schema } from '../schema/schema.ts';
import { layoutFingerprint, tableStatements } from './create-tables.ts';
import { type Connection, openConnection } from './database.ts';
import { quoteName } from './fold.ts';
import type { RowStore } from './row-store.ts';
import { type TableRows, tableRows } from './table-rows.ts';

export type StoreOptions = {
  /** File, made with mode 0600 when absent, or `:memory:`. */
  path: string;
  schema: Schema;
};

/** `versionnumber` of the first row: an organization that has lived for a while, so that row versions do not look like counters. */
const FIRST_VERSION = 1_000_000;

export function openStore({ path, schema }: StoreOptions): RowStore {
  const connection = openConnection(path);
  const transactions = openTransactions(connection);
  prepareLayout(connection, schema, transactions);
  const tables = new Map([...schema.tables.values()].map((table) => [table.name, tableRows(connection, table)]));
  const rowsOf = (table: string): TableRows => {
    const rows = tables.get(requireTable(schema, table).name);
    if (rows === undefined) throw new Error(`table ${table} is not stored`);
    return rows;
  };

  return {
    transaction: transactions.run,
    get: (table, id) => rowsOf(table).get(id),
    insert: (table, row) =>
      transactions.join(() => rowsOf(table).insert({ ...row, versionnumber: transactions.nextVersion() })),
    update: (table, id, changes) =>
      transactions.join(() => rowsOf(table).update(id, { ...changes, versionnumber: transactions.nextVersion() })),
    remove: (table, id) => rowsOf(table).remove(id),
    find: (table, where) => rowsOf(table).find(where),
    select: (sql, parameters) => connection.iterate(sql, parameters),
    getSetting(name) {
      const value = connection.rows('SELECT value FROM "$settings" WHERE name = ?', [name])[0]?.[0];
      return typeof value === 'string' ? value : undefined;
    },
    setSetting: (name, value) => setSetting(connection, name, value),
    close: connection.close,
  };
}

type Transactions = {
  run<T>(work: () => T): T;
  /** Without a savepoint when a transaction is open already: for work that is one statement. */
  join<T>(work: () => T): T;
  nextVersion(): number;
};

function openTransactions(connection: Connection): Transactions {
  let depth = 0;
  // Kept for the length of the outermost transaction, so that a bulk load does not read and write the counter for every row.
  let version: number | undefined;

  const begin = (): void => void connection.run(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT s${depth}`);
  const commit = (): void => {
    if (depth === 0 && version !== undefined) connection.run('UPDATE "$counter" SET value = ?', [version]);
    connection.run(depth === 0 ? 'COMMIT' : `RELEASE s${depth}`);
  };
  const rollBack = (): void => {
    if (depth > 0) connection.run(`ROLLBACK TO s${depth}`);
    connection.run(depth === 0 ? 'ROLLBACK' : `RELEASE s${depth}`);
  };
  const inside = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
    }
  };

  const run = <T>(work: () => T): T => {
    begin();
    try {
      const result = inside(work);
      commit();
      return result;
    } catch (error) {
      rollBack();
      throw error;
    } finally {
      if (depth === 0) version = undefined;
    }
  };

  return {
    run,
    join: (work) => (depth > 0 ? work() : run(work)),
    nextVersion() {
      version ??= Number(connection.rows('SELECT value FROM "$counter"')[0]?.[0] ?? FIRST_VERSION);
      version += 1;
      return version;
    },
  };
}

function prepareLayout(connection: Connection, schema: Schema, transactions: Transactions): void {
  const fingerprint = layoutFingerprint(schema);
  connection.run('CREATE TABLE IF NOT EXISTS "$settings" (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)');
  const [stored] = connection.rows('SELECT value FROM "$settings" WHERE name = ?', ['$layout']);
  if (stored?.[0] === fingerprint) return;
  transactions.run(() => {
    connection.run(
      'CREATE TABLE IF NOT EXISTS "$counter" (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL)',
    );
    connection.run('INSERT INTO "$counter" (id, value) VALUES (1, ?) ON CONFLICT DO NOTHING', [FIRST_VERSION]);
    for (const table of schema.tables.values()) {
      const present = connection.rows(`PRAGMA table_info(${quoteName(table.name)})`).map((column) => String(column[1]));
      for (const statement of tableStatements(table, new Set(present))) connection.run(statement);
    }
    setSetting(connection, '$layout', fingerprint);
  });
}

function setSetting(connection: Connection, name: string, value: string): void {
  connection.run(
    'INSERT INTO "$settings" (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, value],
  );
}
