/** Pieces of SQL with their parameters: text never carries a value of the caller's. */
import { type Column, isText } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { foldedColumn, quoteName } from '../store/fold.ts';
import type { Value } from '../store/row-store.ts';
import { absentOperations } from '../switches.ts';
import type { QueryContext } from './query-context.ts';

export type Sql = {
  text: string;
  parameters: readonly Value[];
  /** Leaves few rows, found by an index: better sorted afterwards than looked for in key order. */
  isSelective?: boolean;
};

/** A table under its alias in the query. */
export type Source = { alias: string; table: Table };

export const TRUE: Sql = { text: '1', parameters: [] };
export const FALSE: Sql = { text: '0', parameters: [] };

export function sql(text: string, ...parameters: readonly Value[]): Sql {
  return { text, parameters };
}

function joinSql(parts: readonly Sql[], separator: string): Sql {
  return {
    text: parts.map((part) => part.text).join(separator),
    parameters: parts.flatMap((part) => part.parameters),
  };
}

/** Puts parts into a template in the order of its `?`-free slots: `wrap('NOT (', part, ')')`. */
export function wrap(before: string, part: Sql, after: string): Sql {
  return { text: `${before}${part.text}${after}`, parameters: part.parameters };
}

export function allOf(parts: readonly Sql[]): Sql {
  if (parts.length === 0) return TRUE;
  return { ...wrap('(', joinSql(parts, ' AND '), ')'), isSelective: parts.some((part) => part.isSelective === true) };
}

export function anyOf(parts: readonly Sql[]): Sql {
  if (parts.length === 0) return FALSE;
  return { ...wrap('(', joinSql(parts, ' OR '), ')'), isSelective: parts.every((part) => part.isSelective === true) };
}

export function columnSql(source: Source, column: Column): string {
  return `${quoteName(source.alias)}.${quoteName(column.sql)}`;
}

/** The column as it is compared and ordered: text without regard to case. */
export function comparedSql(source: Source, column: Column): string {
  return isText(column) ? foldedColumn(source.alias, column.sql) : columnSql(source, column);
}

export function keySql(source: Source): string {
  return `${quoteName(source.alias)}.${quoteName(source.table.key)}`;
}

export function fromSql(source: Source): string {
  return `${quoteName(source.table.name)} AS ${quoteName(source.alias)}`;
}

/** What the caller may see of a table; nothing where there is no restriction. */
export function visibleSql(context: QueryContext, source: Source): Sql[] {
  const restriction = context.visible?.(source.table.name) ?? {};
  const permitted = Object.entries(restriction).map(([name, value]) =>
    value === null
      ? sql(`${quoteName(source.alias)}.${quoteName(name)} IS NULL`)
      : sql(`${quoteName(source.alias)}.${quoteName(name)} = ?`, value),
  );
  return [...permitted, ...offeredSql(context, source)];
}

/** U9, U10, U11, U28: messages that this organization does not offer have no row either. */
function offeredSql({ switches }: QueryContext, { alias, table }: Source): Sql[] {
  if (table.name !== 'sdkmessage') return [];
  return [...absentOperations(switches)].map((name) => sql(`${quoteName(alias)}."name" <> ?`, name));
}
