import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { columnOf } from './column-path.ts';
import { badQuery } from './query-errors.ts';

/** The columns of `$select` in its order; undefined means all. */
export function parseSelect(table: Table, text: string | undefined): readonly Column[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('*')) return undefined;
  if (names.includes('')) throw badQuery('The $select query option must not be empty or contain empty terms.');
  return [...new Set(names.map((name) => columnOf(table, name)))];
}

export function selectedColumns(table: Table, select: readonly Column[] | undefined): readonly Column[] {
  return select ?? [...table.columns.values()];
}
