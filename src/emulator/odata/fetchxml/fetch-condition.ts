import { notEmulated } from '../../errors/path-errors.ts';
import { type Column, isText } from '../../schema/column.ts';
import { foldText } from '../../store/fold.ts';
import type { Value } from '../../store/row-store.ts';
import { listValues, periodSql } from '../compile-function.ts';
import { betweenSql, type Compared, comparisonSql, inSql, notInSql, orNull, textSql } from '../condition.ts';
import { datePeriod } from '../date-period.ts';
import type { Comparison } from '../filter-ast.ts';
import { textValueFor } from '../literal.ts';
import type { QueryContext } from '../query-context.ts';
import { invalidArgument, malformedFetch } from '../query-errors.ts';
import { comparedSql, type Source, type Sql, sql, wrap } from '../sql.ts';

type Condition = { context: QueryContext; left: Compared; values: readonly string[] };

const COMPARISONS: Readonly<Record<string, Comparison | undefined>> = {
  eq: 'eq',
  ne: 'ne',
  neq: 'ne',
  gt: 'gt',
  ge: 'ge',
  lt: 'lt',
  le: 'le',
};

/** One `<condition>` on a column of `source`. */
export function conditionSql(
  context: QueryContext,
  source: Source,
  column: Column,
  test: { operator: string; values: readonly string[] },
): Sql {
  const left: Compared = { column, compared: comparedSql(source, column) };
  const { operator, values } = test;
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) return comparisonSql(left, comparison, valueFrom(column, values[0]));
  const compile = OPERATORS[operator];
  if (compile !== undefined) return compile({ context, left, values });
  const period = datePeriod(functionName(operator), values[0], context.now());
  if (period !== undefined) return periodSql(left, period);
  throw isDocumented(operator) ? notEmulated(`the FetchXML operator '${operator}'`) : malformedFetch();
}

/** Operators that Dataverse has and this emulator does not. [documented: "Operators" of the FetchXML reference] */
const NOT_SERVED =
  /^(?:.*fiscal.*|(?:not-)?contain-values|(?:not-)?under|eq-or-under|(?:eq-or-)?above|eq-userlanguage|eq-user(?:teams|orteams|oruserteams|oruserhierarchy|oruserhierarchyandteams))$/;

const isDocumented = (operator: string): boolean => NOT_SERVED.test(operator);

/** `last-x-days` → `LastXDays`, `on-or-after` → `OnOrAfter`, `last-seven-days` → `Last7Days`. */
function functionName(operator: string): string {
  const words = operator
    .replace(/^older(than)-/, 'older-than-')
    .replace('older-than', 'olderThan')
    .split('-');
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return name.replace('SevenDays', '7Days');
}

const OPERATORS: Readonly<Record<string, ((condition: Condition) => Sql) | undefined>> = {
  in: ({ context, left, values }) => inSql(left, listValues({ context, source: undefined }, left.column, values)),
  'not-in': ({ context, left, values }) =>
    notInSql(left, listValues({ context, source: undefined }, left.column, values)),
  null: ({ left }) => sql(`${left.compared} IS NULL`),
  'not-null': ({ left }) => sql(`${left.compared} IS NOT NULL`),
  like: likeSql,
  'not-like': (condition) => negated(condition, likeSql(condition)),
  'begins-with': (condition) => textSql(condition.left.compared, 'startswith', textOf(condition)),
  'not-begin-with': (condition) =>
    negated(condition, textSql(condition.left.compared, 'startswith', textOf(condition))),
  'ends-with': (condition) => textSql(condition.left.compared, 'endswith', textOf(condition)),
  'not-end-with': (condition) => negated(condition, textSql(condition.left.compared, 'endswith', textOf(condition))),
  between: ({ left, values }) => betweenSql(left, valueFrom(left.column, values[0]), valueFrom(left.column, values[1])),
  'not-between': (condition) => {
    const { left, values } = condition;
    return negated(condition, betweenSql(left, valueFrom(left.column, values[0]), valueFrom(left.column, values[1])));
  },
  'eq-userid': ({ context, left }) => comparisonSql(left, 'eq', context.userId),
  'ne-userid': ({ context, left }) => comparisonSql(left, 'ne', context.userId),
  'eq-businessid': ({ context, left }) => comparisonSql(left, 'eq', context.businessUnitId),
  'ne-businessid': ({ context, left }) => comparisonSql(left, 'ne', context.businessUnitId),
};

function negated({ left }: Condition, condition: Sql): Sql {
  return orNull(left.compared, wrap('NOT (', condition, ')'));
}

function textOf({ left, values }: Condition): string {
  const [text] = values;
  if (text === undefined || !isText(left.column)) throw invalidArgument();
  return text;
}

/** `%`, `_` and `[a-z]` as in SQL Server; SQLite's GLOB knows sets, its LIKE does not. */
function likeSql(condition: Condition): Sql {
  const pattern = foldText(textOf(condition)).replace(/\[[^\]]*\]|[%_*?[]/g, (piece) => GLOB[piece] ?? piece);
  return sql(`${condition.left.compared} GLOB ?`, pattern);
}

const GLOB: Readonly<Record<string, string | undefined>> = { '%': '*', _: '?', '*': '[*]', '?': '[?]', '[': '[[]' };

function valueFrom(column: Column, text: string | undefined): Value {
  const value = text === undefined ? undefined : textValueFor(column, text);
  if (value === undefined) throw invalidArgument();
  return value;
}
