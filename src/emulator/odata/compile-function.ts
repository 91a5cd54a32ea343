import { notEmulated } from '../errors/path-errors.ts';
import { type Column, isText } from '../schema/column.ts';
import type { Value } from '../store/row-store.ts';
import type { Scope } from './column-path.ts';
import { betweenSql, type Compared, comparisonSql, inSql, notInSql, orNull } from './condition.ts';
import { datePeriod } from './date-period.ts';
import { textValueFor } from './literal.ts';
import { attributeNotFound, badQuery, invalidArgument, refusedBySwitch, tooManyValues } from './query-errors.ts';
import { comparedSql, type Source, type Sql, sql, wrap } from './sql.ts';

export type FunctionParameters = ReadonlyMap<string, string | readonly string[] | null>;

/** "In over strings: 850 characters per value". [documented] */
const MAX_TEXT_IN_LIST = 850;
const VALUE_LIMITS = { unlimited: Number.POSITIVE_INFINITY, 'limit-2000': 2000, 'limit-300': 300 } as const;

/** A query function of `$filter`. PropertyName is a logical name, of lookups too. */
export function compileFunction(scope: Scope, name: string, parameters: FunctionParameters): Sql {
  if (!scope.context.schema.queryFunctions.has(name))
    throw badQuery(
      `An unknown function with name 'Microsoft.Dynamics.CRM.${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  const column = namedColumn(scope, parameters);
  const left = { column, compared: comparedSql(scope.source, column) };
  const compileList = LISTS[name];
  if (compileList !== undefined) return compileList(scope, left, listParameter(parameters));
  const identity = IDENTITIES[name];
  if (identity !== undefined) return identity(scope, left);
  const period = datePeriod(name, single(parameters.get('PropertyValue')), scope.context.now());
  if (period === undefined) throw notEmulated(`the query function ${name}`);
  return periodSql(left, period);
}

function namedColumn(scope: Scope, parameters: FunctionParameters): Column {
  const { table } = scope.source;
  const name = parameters.get('PropertyName');
  const column = typeof name === 'string' ? table.byLogicalName.get(name) : undefined;
  if (column === undefined) throw attributeNotFound(table.name, String(name ?? ''));
  return column;
}

type CompileList = (scope: Scope, left: Compared, values: readonly string[]) => Sql;

const LISTS: Readonly<Record<string, CompileList | undefined>> = {
  In: (scope, left, values) => inSql(left, listValues(scope, left.column, values)),
  NotIn: (scope, left, values) => notInSql(left, listValues(scope, left.column, values)),
  Between: (_scope, left, values) => betweenSql(left, ...bounds(left.column, values)),
  NotBetween: (_scope, left, values) =>
    orNull(left.compared, wrap('NOT (', betweenSql(left, ...bounds(left.column, values)), ')')),
};

const IDENTITIES: Readonly<Record<string, ((scope: Scope, left: Compared) => Sql) | undefined>> = {
  EqualUserId: (scope, left) => comparisonSql(left, 'eq', scope.context.userId),
  NotEqualUserId: (scope, left) => comparisonSql(left, 'ne', scope.context.userId),
  EqualBusinessId: (scope, left) => comparisonSql(left, 'eq', scope.context.businessUnitId),
  NotEqualBusinessId: (scope, left) => comparisonSql(left, 'ne', scope.context.businessUnitId),
};

function listParameter(parameters: FunctionParameters): readonly string[] {
  const values = parameters.get('PropertyValues');
  if (values === undefined || values === null || typeof values === 'string') throw invalidArgument();
  return values;
}

/** The values of a list in the store's spelling, under the limits of U29 and, where a source is given, U17 (it is about `In` only). */
export function listValues(
  scope: { context: Scope['context']; source: Source | undefined },
  column: Column,
  values: readonly string[],
): Value[] {
  const { switches } = scope.context;
  const isMemberEntity = scope.source?.table.name === 'listmember' && column.logical === 'entityid';
  if (isMemberEntity && switches.inOnEntityId === 'refused') throw refusedBySwitch('In on entityid');
  if (values.length > VALUE_LIMITS[switches.inValues]) throw tooManyValues();
  return values.map((text) => requireValue(column, text));
}

function requireValue(column: Column, text: string): Value {
  const value = textValueFor(column, text);
  if (value === undefined || (isText(column) && text.length > MAX_TEXT_IN_LIST)) throw invalidArgument();
  return value;
}

function bounds(column: Column, values: readonly string[]): [Value, Value] {
  const [low, high] = values;
  if (low === undefined || high === undefined || values.length > 2) throw invalidArgument();
  return [requireValue(column, low), requireValue(column, high)];
}

function single(value: string | readonly string[] | null | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function periodSql({ column, compared }: Compared, period: { from?: string; before?: string }): Sql {
  if (column.type !== 'datetime' && column.type !== 'date') throw invalidArgument();
  const spelled = (time: string): string => (column.type === 'date' ? time.slice(0, 10) : time);
  const conditions: string[] = [`${compared} IS NOT NULL`];
  const values: string[] = [];
  if (period.from !== undefined) {
    conditions.push(`${compared} >= ?`);
    values.push(spelled(period.from));
  }
  if (period.before !== undefined) {
    conditions.push(`${compared} < ?`);
    values.push(spelled(period.before));
  }
  return sql(`(${conditions.join(' AND ')})`, ...values);
}
