import type { Column } from '../schema/column.ts';
import { requireColumn } from '../schema/schema.ts';
import { quoteName } from '../store/fold.ts';
import type { Row, Value } from '../store/row-store.ts';
import type { Preferences, QueryContext } from './query-context.ts';
import { allOf, columnSql, fromSql, keySql, type Source, type Sql, visibleSql } from './sql.ts';

/** One request's reading: what it may use, and what it has read so far. */
export type Reader = { context: QueryContext; preferences: Preferences; trace: Trace };

export type Trace = { rowsRead: number; tables: Set<string> };

export type TableQuery = {
  source: Source;
  /** The key and the row version are read anyway. */
  columns: readonly Column[];
  where: readonly Sql[];
  /** Terms of ORDER BY; the key is added as the last one. */
  order?: readonly string[];
  limit: number;
  offset?: number;
};

/** Reads rows of one table that the caller may see. */
export function readRows(reader: Reader, query: TableQuery): Row[] {
  const { source } = query;
  const columns = withKeyAndVersion(query);
  const where = allOf([...query.where, ...visibleSql(reader.context, source)]);
  const selected = columns.map((column) => `${columnSql(source, column)} AS ${quoteName(column.name)}`).join(', ');
  // A plus sign keeps SQLite from walking the table in key order.
  const order = [...(query.order ?? []), `${where.isSelective === true ? '+' : ''}${keySql(source)}`].join(', ');
  const text = `SELECT ${selected} FROM ${fromSql(source)} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`;
  const rows = [...reader.context.store.select(text, [...where.parameters, query.limit, query.offset ?? 0])];
  reader.trace.rowsRead += rows.length;
  reader.trace.tables.add(source.table.name);
  return rows.map((row) => decodeRow(columns, row));
}

/** Counts up to `limit` rows and no further. */
export function countRows(reader: Reader, query: Pick<TableQuery, 'source' | 'where' | 'limit'>): number {
  const where = allOf([...query.where, ...visibleSql(reader.context, query.source)]);
  const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${fromSql(query.source)} WHERE ${where.text} LIMIT ?)`;
  const [row] = reader.context.store.select(text, [...where.parameters, query.limit]);
  reader.trace.tables.add(query.source.table.name);
  return Number(row?.n ?? 0);
}

function withKeyAndVersion({ source, columns }: TableQuery): Column[] {
  const { table } = source;
  return [...new Set([...columns, requireColumn(table, table.key), requireColumn(table, 'versionnumber')])];
}

export function decodeRow(columns: readonly Column[], row: Readonly<Record<string, Value>>): Row {
  const decoded: Row = {};
  for (const column of columns) decoded[column.name] = decodeValue(column, row[column.name] ?? null);
  return decoded;
}

/** SQLite has no booleans. */
export function decodeValue(column: Column, value: Value): Value {
  return column.type === 'boolean' && value !== null ? Number(value) === 1 : value;
}
