import { notEmulated } from '../errors/errors.ts';
import { attributeNotFound, badQuery, refusedBySwitch, tooManyValues } from '../errors/query-errors.ts';
import { invalidArgument } from '../errors/row-errors.ts';
import { type Column, isText } from '../schema/column.ts';
import type { Value } from '../store/row.ts';
import type { Scope } from './scope.ts';
import { betweenSql, type Compared, comparedColumn, inSql, negated, type Source, type Sql } from './sql.ts';
import { textValueFor } from './values.ts';

type FunctionParameters = ReadonlyMap<string, string | readonly string[] | null>;

/** "In over strings: 850 characters per value". [documented] */
const MAX_TEXT_IN_LIST = 850;
const VALUE_LIMITS = { unlimited: Number.POSITIVE_INFINITY, 'limit-2000': 2000, 'limit-300': 300 } as const;

/** A query function of `$filter`. PropertyName is a logical name, of lookups too. */
export function compileFunction(scope: Scope, name: string, parameters: FunctionParameters): Sql {
  if (!scope.context.schema.queryFunctions.has(name))
    throw badQuery(
      `An unknown function with name 'Microsoft.Dynamics.CRM.${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  const compile = CONDITIONS[name];
  if (compile === undefined) throw notEmulated(`the query function ${name}`);
  const { table } = scope.source;
  const { PropertyName: attribute, PropertyValues: values } = Object.fromEntries(parameters);
  const column = typeof attribute === 'string' ? table.byLogicalName.get(attribute) : undefined;
  if (column === undefined) throw attributeNotFound(table.name, String(attribute ?? ''));
  return compile(scope, comparedColumn(scope.source, column), Array.isArray(values) ? values : undefined);
}

type CompileCondition = (scope: Scope, left: Compared, values: readonly string[] | undefined) => Sql;

const isIn: CompileCondition = (scope, left, values) => inSql(left, listValues(scope, left.column, values));
const isBetween: CompileCondition = (_scope, left, values) => betweenSql(left, ...bounds(left.column, values));

/** Differs: of the 67 query functions these are served; dates, users, hierarchies and fiscal periods are not. */
const CONDITIONS: Readonly<Record<string, CompileCondition | undefined>> = {
  In: isIn,
  NotIn: (scope, left, values) => negated(left.compared, isIn(scope, left, values)),
  Between: isBetween,
  NotBetween: (scope, left, values) => negated(left.compared, isBetween(scope, left, values)),
};

/** The values of a list in the store's spelling, under the limits of U29 and, where a source is given, U17 (it is about `In` only). */
export function listValues(
  scope: { context: Scope['context']; source: Source | undefined },
  column: Column,
  values: readonly string[] | undefined,
): Value[] {
  if (values === undefined) throw invalidArgument();
  const { switches } = scope.context;
  const isMemberEntity = scope.source?.table.name === 'listmember' && column.logical === 'entityid';
  if (isMemberEntity && switches.inOnEntityId !== 'works') throw refusedBySwitch('In on entityid');
  if (values.length > VALUE_LIMITS[switches.inValues]) throw tooManyValues();
  return values.map((text) => requireValue(column, text));
}

function requireValue(column: Column, text: string): Value {
  const value = textValueFor(column, text);
  if (value === undefined || (isText(column) && text.length > MAX_TEXT_IN_LIST)) throw invalidArgument();
  return value;
}

function bounds(column: Column, [low, high, more]: readonly string[] = []): [Value, Value] {
  if (low === undefined || high === undefined || more !== undefined) throw invalidArgument();
  return [requireValue(column, low), requireValue(column, high)];
}
