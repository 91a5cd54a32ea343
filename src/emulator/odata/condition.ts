/** Single conditions as SQL, shared by `$filter` and FetchXML. */
import { type Column, isText, valueGroup } from '../schema/column.ts';
import { foldText } from '../store/fold.ts';
import type { Value } from '../store/row-store.ts';
import type { Comparison, TextFunction } from './filter-ast.ts';
import { anyOf, FALSE, type Sql, sql } from './sql.ts';

/** The left side: a column, and its value as it is compared. */
export type Compared = { column: Column; compared: string };

const OPERATORS = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } satisfies Record<Comparison, string>;

export function comparisonSql({ column, compared }: Compared, operator: Comparison, value: Value): Sql {
  if (value === null) return nullSql(compared, operator);
  const condition = sql(`${compared} ${OPERATORS[operator]} ?`, folded(column, value));
  return operator === 'ne' ? orNull(compared, condition) : condition;
}

/** Two columns of the row. */
export function columnsSql(left: Compared, operator: Comparison, right: Compared): Sql {
  const condition = sql(`${left.compared} ${OPERATORS[operator]} ${right.compared}`);
  return operator === 'ne'
    ? anyOf([condition, sql(`(${left.compared} IS NULL) <> (${right.compared} IS NULL)`)])
    : condition;
}

function nullSql(compared: string, operator: Comparison): Sql {
  if (operator === 'eq') return sql(`${compared} IS NULL`);
  return operator === 'ne' ? sql(`${compared} IS NOT NULL`) : FALSE;
}

/** Dataverse counts an empty column as unequal to every value. [inferred from the SQL that on-premises servers log] */
export function orNull(compared: string, condition: Sql): Sql {
  return anyOf([condition, sql(`${compared} IS NULL`)]);
}

/** One parameter however many values: the statement stays the same and the index is used. */
export function inSql({ column, compared }: Compared, values: readonly Value[]): Sql {
  const list = JSON.stringify(values.map((value) => numeric(folded(column, value))));
  const group = valueGroup(column);
  return {
    ...sql(`${compared} IN (SELECT value FROM json_each(?))`, list),
    isSelective: group === 'text' || group === 'guid',
  };
}

/** json_each gives booleans as 1 and 0 anyway; said here so that nobody depends on it. */
function numeric(value: Value): Value {
  return typeof value === 'boolean' ? Number(value) : value;
}

export function notInSql(left: Compared, values: readonly Value[]): Sql {
  const condition = inSql(left, values);
  return orNull(left.compared, { ...condition, text: `NOT (${condition.text})` });
}

export function betweenSql({ column, compared }: Compared, low: Value, high: Value): Sql {
  return sql(`${compared} BETWEEN ? AND ?`, folded(column, low), folded(column, high));
}

/** Above every letter, so that a prefix becomes a range that an index serves. */
const LAST_CHARACTER = '\u{10FFFF}';

export function textSql(compared: string, name: TextFunction, text: string): Sql {
  const wanted = foldText(text);
  if (wanted === '') return sql(`${compared} IS NOT NULL`);
  if (name === 'contains') return sql(`instr(${compared}, ?) > 0`, wanted);
  if (name === 'startswith') return sql(`(${compared} >= ? AND ${compared} < ?)`, wanted, wanted + LAST_CHARACTER);
  // By its length in characters: length() and substr() count code points, String.length does not.
  return sql(`substr(${compared}, -length(?)) = ?`, wanted, wanted);
}

function folded(column: Column, value: Value): Value {
  return isText(column) && typeof value === 'string' ? foldText(value) : value;
}
