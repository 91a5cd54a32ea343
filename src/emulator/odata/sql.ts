/**
 * Pieces of SQL with their parameters, and single conditions, shared by `$filter` and FetchXML: text never carries a value of the
 * caller's.
 */

import { type Column, isText } from '../schema/column.ts';
import { requireColumn, type Table } from '../schema/schema.ts';
import { type Collation, foldedColumn, foldText, quoteName, type Value } from '../store/row.ts';
import { absentOperations, type Switches } from '../switches.ts';
import type { Comparison, TextFunction } from './parse-filter.ts';
import type { QueryContext } from './query.ts';

export type Sql = {
  text: string;
  parameters: readonly Value[];
  /** Leaves few rows, found by an index: sorting them afterwards is faster than reading in key order. */
  isSelective?: boolean;
};

/** A table under its alias in the query, and how its text is compared (U39), or not (U40). */
export type Source = {
  alias: string;
  table: Table;
  switches: Pick<Switches, 'collation' | 'securedEmail' | 'securedValues'>;
};

/** U40: a column that column security hides from the caller. */
export function isSecured(
  { securedEmail }: Pick<Switches, 'securedEmail'>,
  { name }: Table,
  { logical, secured }: Column,
): boolean {
  return secured || (securedEmail === 'yes' && logical === 'emailaddress1' && ['lead', 'contact'].includes(name));
}

const TRUE: Sql = { text: '1', parameters: [] };
const FALSE: Sql = { text: '0', parameters: [] };

export function sql(text: string, ...parameters: readonly Value[]): Sql {
  return { text, parameters };
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
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

/** The column of this wire name, out of the schema itself. */
export function namedSql(source: Source, name: string): string {
  return columnSql(source, requireColumn(source.table, name));
}

/** The column as it is compared and ordered. */
export function comparedSql(source: Source, column: Column): string {
  const { alias, table, switches } = source;
  if (switches.securedValues === 'not-compared' && isSecured(switches, table, column)) return 'NULL';
  return isText(column) ? foldedColumn(alias, column.sql, switches.collation) : columnSql(source, column);
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
    sql(`${quoteName(source.alias)}.${quoteName(name)} = ?`, value),
  );
  // U9, U10, U11, U28: messages that this organization does not offer have no row either.
  const absent = source.table.name === 'sdkmessage' ? [...absentOperations(context.switches)] : [];
  return [...permitted, ...absent.map((name) => sql(`${quoteName(source.alias)}."name" <> ?`, name))];
}

// Single conditions as SQL, shared by `$filter` and FetchXML.

/** The left side: a column, and its value as it is compared. */
export type Compared = { column: Column; compared: string; collation: Collation };

export function comparedColumn(source: Source, column: Column): Compared {
  return { column, compared: comparedSql(source, column), collation: source.switches.collation };
}

/** In SQL, in the texts of refusals, and with its sides exchanged. */
export const COMPARISONS = {
  eq: { sql: '=', kind: 'Equal', mirrored: 'eq' },
  ne: { sql: '<>', kind: 'NotEqual', mirrored: 'ne' },
  gt: { sql: '>', kind: 'GreaterThan', mirrored: 'lt' },
  ge: { sql: '>=', kind: 'GreaterThanOrEqual', mirrored: 'le' },
  lt: { sql: '<', kind: 'LessThan', mirrored: 'gt' },
  le: { sql: '<=', kind: 'LessThanOrEqual', mirrored: 'ge' },
} as const satisfies Record<Comparison, { sql: string; kind: string; mirrored: Comparison }>;

export function comparisonSql(left: Compared, operator: Comparison, value: Value): Sql {
  const { compared } = left;
  if (value === null && operator === 'eq') return sql(`${compared} IS NULL`);
  if (value === null) return operator === 'ne' ? sql(`${compared} IS NOT NULL`) : FALSE;
  const condition = sql(`${compared} ${COMPARISONS[operator].sql} ?`, folded(left, value));
  return operator === 'ne' ? orNull(compared, condition) : condition;
}

/** Dataverse counts an empty column as unequal to every value. [inferred from the SQL that on-premises servers log] */
function orNull(compared: string, condition: Sql): Sql {
  return anyOf([condition, sql(`${compared} IS NULL`)]);
}

/** One parameter however many values: the statement stays the same and the index is used. */
export function inSql(left: Compared, values: readonly Value[]): Sql {
  const { group } = left.column;
  // json_each gives booleans as 1 and 0.
  const list = JSON.stringify(values.map((value) => folded(left, value)));
  return {
    ...sql(`${left.compared} IN (SELECT value FROM json_each(?))`, list),
    isSelective: group === 'text' || group === 'guid',
  };
}

export function negated(compared: string, condition: Sql): Sql {
  return orNull(compared, wrap('NOT (', condition, ')'));
}

export function betweenSql(left: Compared, low: Value, high: Value): Sql {
  return sql(`${left.compared} BETWEEN ? AND ?`, folded(left, low), folded(left, high));
}

/** Above every letter, so that a prefix becomes a range that an index serves. */
const LAST_CHARACTER = '\u{10FFFF}';

export function textSql({ compared, collation }: Omit<Compared, 'column'>, name: TextFunction, text: string): Sql {
  const wanted = foldText(text, collation);
  if (wanted === '') return sql(`${compared} IS NOT NULL`);
  if (name === 'contains') return sql(`instr(${compared}, ?) > 0`, wanted);
  if (name === 'startswith') return sql(`(${compared} >= ? AND ${compared} < ?)`, wanted, wanted + LAST_CHARACTER);
  // By its length in characters: length() and substr() count code points, String.length does not.
  return sql(`substr(${compared}, -length(?)) = ?`, wanted, wanted);
}

function folded({ column, collation }: Compared, value: Value): Value {
  return isText(column) && typeof value === 'string' ? foldText(value, collation) : value;
}
