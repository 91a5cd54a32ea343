import { rowAbsent } from '../errors/row-errors.ts';
import type { Column } from '../schema/column.ts';
import { requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row } from '../store/row-store.ts';
import { expandRows } from './expand.ts';
import { expandColumns, expandContext, parseExpand } from './expand-option.ts';
import { optionNotSupported } from './query-errors.ts';
import type { QueryOptions } from './query-options.ts';
import { type Reader, readRows } from './reader.ts';
import { parseSelect, selectedColumns } from './select-option.ts';
import { type Json, serializer } from './serialize.ts';
import { columnSql, type Source, sql } from './sql.ts';

/** Options that make sense for one row. */
const OPTIONS = ['$select', '$expand'];

/** A row that is absent and one that the caller may not see answer alike. */
export function readVisible(reader: Reader, table: Table, id: string, columns: readonly Column[]): Row {
  const source: Source = { alias: 't', table };
  const isKey = sql(`${columnSql(source, requireColumn(table, table.key))} = ?`, id.toLowerCase());
  const [row] = readRows(reader, { source, columns, where: [isKey], limit: 1 });
  if (row === undefined) throw rowAbsent(table.name, id);
  return row;
}

export function readOne(reader: Reader, target: { table: string; id: string }, query: QueryOptions): Json {
  for (const name of query.options.keys()) {
    if (name.startsWith('$') && !OPTIONS.includes(name)) throw optionNotSupported(name);
  }
  const { schema, apiRoot } = reader.context;
  const table = requireTable(schema, target.table);
  const select = parseSelect(table, query.options.get('$select'));
  const expands = parseExpand(reader.context, table, query.options.get('$expand'));
  const columns = selectedColumns(table, select);
  const row = readVisible(reader, table, target.id, [...columns, ...expandColumns(table, expands)]);
  const json = serializer(reader).row(table, columns, row);
  expandRows(reader, { table, rows: [row], json: [json] }, expands);
  return { '@odata.context': `${apiRoot}$metadata#${table.set}${expandContext(select, expands)}/$entity`, ...json };
}
