/**
 * The emulator's tables in one SQLite file, shared safely by several processes. Knows columns, keys and case folding; nothing of OData,
 * HTTP or marketing rules.
 */
import type { Schema } from '../schema/schema.ts';
import { type Connection, FIRST_VERSION, openConnection, openTransactions, type Transactions } from './database.ts';
import { quoteName, type Row, type Value } from './row.ts';
import { layoutFingerprint, type TableRows, tableRows, tableStatements } from './tables.ts';

/** `path`: a file, made with mode 0600 when absent, or `:memory:`. */
export function openStore({ path, schema }: { path: string; schema: Schema }): RowStore {
  const connection = openConnection(path);
  const transactions = openTransactions(connection);
  prepareLayout(connection, schema, transactions);
  const tables = new Map([...schema.tables.values()].map((table) => [table.name, tableRows(connection, table)]));
  const rowsOf = (table: string): TableRows => {
    const rows = tables.get(table);
    if (rows === undefined) throw new Error(`table ${table} is not in the schema`);
    return rows;
  };

  return {
    transaction: transactions.run,
    undone: transactions.undone,
    get: (table, id) => rowsOf(table).get(id),
    insert: (table, row) =>
      transactions.join(() => rowsOf(table).insert({ ...row, versionnumber: transactions.nextVersion() })),
    update: (table, id, changes) =>
      transactions.join(() => rowsOf(table).update(id, { ...changes, versionnumber: transactions.nextVersion() })),
    remove: (table, id) => rowsOf(table).remove(id),
    find: (table, where) => rowsOf(table).find(where),
    select: (sql, parameters) => connection.iterate(sql, parameters),
    getSetting(name) {
      const value = connection.rows('SELECT value FROM "$settings" WHERE name = ?', [name])[0]?.value;
      return typeof value === 'string' ? value : undefined;
    },
    setSetting: (name, value) => setSetting(connection, name, value),
    clear() {
      for (const table of schema.tables.values()) connection.run(`DELETE FROM ${quoteName(table.name)}`);
      connection.run('DELETE FROM "$settings" WHERE name <> ?', ['$layout']);
    },
    close: connection.close,
  };
}

function prepareLayout(connection: Connection, schema: Schema, transactions: Transactions): void {
  const fingerprint = layoutFingerprint(schema);
  connection.run('CREATE TABLE IF NOT EXISTS "$settings" (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)');
  const [stored] = connection.rows('SELECT value FROM "$settings" WHERE name = ?', ['$layout']);
  if (stored?.value === fingerprint) return;
  transactions.run(() => {
    connection.run(
      'CREATE TABLE IF NOT EXISTS "$counter" (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL)',
    );
    connection.run('INSERT INTO "$counter" (id, value) VALUES (1, ?) ON CONFLICT DO NOTHING', [FIRST_VERSION]);
    for (const table of schema.tables.values()) {
      const present = connection
        .rows(`PRAGMA table_info(${quoteName(table.name)})`)
        .map((column) => String(column.name));
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

export type RowStore = {
  /**
   * Runs `work` in one write transaction (BEGIN IMMEDIATE; a savepoint when nested) and rolls everything back if it throws.
   * Several processes may share the store; a busy store is waited for up to 30 s.
   */
  transaction<T>(work: () => T): T;
  undone<T>(work: () => T): T;
  get(table: string, id: string): Row | undefined;
  /** Inserts; false when the key is taken (nothing is changed then). Sets `versionnumber` from the store-wide counter. */
  insert(table: string, row: Row): boolean;
  /** Changes columns of a row and raises its `versionnumber`; false when there is none. */
  update(table: string, id: string, changes: Row): boolean;
  remove(table: string, id: string): boolean;
  /** Rows whose columns equal all of `where`, by index where there is one. */
  find(table: string, where: Row): IterableIterator<Row>;
  /** Escape hatch of the query compiler: a parameterised SELECT over the tables' SQL names, streamed. */
  select(sql: string, parameters: readonly Value[]): IterableIterator<Record<string, Value>>;
  /** Small values that live beside the rows, e.g. the seed that was loaded. */
  getSetting(name: string): string | undefined;
  setSetting(name: string, value: string): void;
  /** Removes all rows and settings; to be called in a transaction. Version numbers go on. */
  clear(): void;
  close(): void;
};
