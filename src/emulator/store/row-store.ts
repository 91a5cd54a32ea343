/**
 * The emulator's durable tables: rows by table and id, in SQLite. Knows columns and keys, nothing of HTTP, OData or marketing rules.
 * Values are kept as the wire has them: lookups under `_x_value`, GUIDs in lower case, times as ISO 8601 text, choices as numbers.
 */

export type Value = string | number | boolean | null;

/** A row by wire column names, e.g. `{leadid, emailaddress1, _campaignid_value, statecode}`. Absent columns are null. */
export type Row = Record<string, Value>;

export type RowStore = {
  /**
   * Runs `work` in one write transaction (BEGIN IMMEDIATE; a savepoint when nested) and rolls everything back if it throws.
   * Several processes may share the store; a busy store is waited for up to 30 s.
   */
  transaction<T>(work: () => T): T;
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
  close(): void;
};
