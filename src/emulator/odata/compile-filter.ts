/** `$filter` and `$orderby` as SQL. */

import { refuse } from '../errors/errors.ts';
import { type Column, isText } from '../schema/column.ts';
import { requireTable } from '../schema/schema.ts';
import type { Value } from '../store/row.ts';
import type { Switches } from '../switches.ts';
import {
  type Comparison,
  countConditions,
  type Filter,
  type Literal,
  type Operand,
  type Parameter,
  parsePath,
} from './parse-filter.ts';
import { intersectSql, resolvePath, type Scope, startOf, unknownProperty } from './scope.ts';
import {
  allOf,
  anyOf,
  betweenSql,
  COMPARISONS,
  type Compared,
  comparedColumn,
  comparisonSql,
  fromSql,
  inSql,
  keySql,
  namedSql,
  negated,
  type Source,
  type Sql,
  sql,
  textSql,
  visibleSql,
  wrap,
} from './sql.ts';
import { readTokens } from './tokens.ts';
import { LITERAL_TYPES, textValueFor, valueFor } from './values.ts';

/** Microsoft's limit per `$filter`. */
const MAX_CONDITIONS = 500;

export function compileFilter(scope: Scope, filter: Filter): Sql {
  if (countConditions(filter) > MAX_CONDITIONS) throw refuse.tooManyConditions();
  return compile(scope, filter);
}

function compile(scope: Scope, filter: Filter): Sql {
  switch (filter.kind) {
    case 'and':
      return allOf(filter.parts.map((part) => compile(scope, part)));
    case 'or':
      return anyOf(filter.parts.map((part) => compile(scope, part)));
    case 'not':
      // An empty column makes a comparison unknown in SQL; its negation must be true.
      return wrap('NOT ifnull(', compile(scope, filter.operand), ', 0)');
    case 'compare':
      return compileComparison(scope, filter.operator, filter.left, filter.right);
    case 'text': {
      const resolved = resolvePath(scope, filter.path);
      const { name, text } = filter;
      if (resolved.column.group !== 'text' || text.kind !== 'string') throw refuse.noSignature(name);
      return textSql(resolved, name, text.value);
    }
    case 'function':
      return compileFunction(scope, filter.name, filter.parameters);
    case 'flag': {
      const resolved = resolvePath(scope, filter.path);
      if (resolved.column.type !== 'boolean') throw refuse.badQuery('The filter expression must be of type boolean.');
      return comparisonSql(resolved, 'eq', true);
    }
    default:
      return compileLambda(scope, filter);
  }
}

function compileComparison(scope: Scope, operator: Comparison, left: Operand, right: Operand): Sql {
  if (left.kind === 'path') {
    if (right.kind === 'path') throw refuse.notEmulated('the comparison of two columns');
    return compileLiteral(resolvePath(scope, left), operator, right);
  }
  if (right.kind === 'path') return compileLiteral(resolvePath(scope, right), COMPARISONS[operator].mirrored, left);
  throw refuse.badQuery('The left side of a comparison must be a property of the entity.');
}

function compileLiteral(left: Compared, operator: Comparison, literal: Literal): Sql {
  const { column } = left;
  const value = literal.kind === 'null' ? null : valueFor(column, literal);
  if (value === undefined)
    throw refuse.incompatibleTypes(column.edm, LITERAL_TYPES[literal.kind], COMPARISONS[operator].kind);
  return comparisonSql(left, operator, value);
}

/** `any` over a collection: a set of keys that the row's key must be in. */
function compileLambda(scope: Scope, lambda: Extract<Filter, { kind: 'any' | 'all' }>): Sql {
  if (lambda.kind === 'all') throw refuse.notEmulated("'all' in a filter");
  const { source, segments } = startOf(scope, lambda.path);
  const [name = '', ...rest] = segments;
  const navigation = source.table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(source.table, name);
  if (rest.length > 0) throw refuse.notEmulated('any over a path of several properties');
  if (navigation.kind === 'single') throw refuse.badQuery('Any/All may only be used following a collection.');
  if (navigation.kind === 'many' && scope.context.switches.associationFilter === 'refused') {
    throw refuse.bySwitch(`A filter on ${name}`);
  }
  const target: Source = {
    ...source,
    alias: scope.nextAlias(navigation.target),
    table: requireTable(scope.context.schema, navigation.target),
  };
  const { predicate, variable } = lambda;
  const conditions = visibleSql(scope.context, target);
  if (predicate !== undefined) {
    const variables = variable === undefined ? scope.variables : new Map([...scope.variables, [variable, target]]);
    conditions.unshift(compile({ ...scope, source: target, variables }, predicate));
  }
  if (navigation.kind === 'many') {
    const ends = { name: navigation.intersect, from: source.table.name, hasFilter: true };
    const { near, far, from, condition } = intersectSql(scope.context, scope.nextAlias, ends);
    const join = `${from} JOIN ${fromSql(target)} ON ${keySql(target)} = ${far}`;
    return wrap(`${keySql(source)} IN (SELECT ${near} FROM ${join} WHERE `, allOf([condition, ...conditions]), ')');
  }
  const lookup = namedSql(target, navigation.column);
  const where = allOf([sql(`${lookup} IS NOT NULL`), ...conditions]);
  return wrap(`${keySql(source)} IN (SELECT ${lookup} FROM ${fromSql(target)} WHERE `, where, ')');
}

/** Terms of ORDER BY for `$orderby=a desc,b,campaignid/name`. Empty values come first when ascending, as in SQL Server. */
export function compileOrderBy(scope: Scope, text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  const reader = readTokens(text);
  const terms: string[] = [];
  do {
    const { compared } = resolvePath(scope, parsePath(reader));
    const isDescending = reader.accept('desc');
    if (!isDescending) reader.accept('asc');
    terms.push(isDescending ? `${compared} DESC` : compared);
  } while (reader.accept(','));
  if (reader.peek().kind !== 'end') reader.fail();
  return terms;
}

// Query functions: conditions that OData has no operator for.

/** "In over strings: 850 characters per value". [documented] */
const MAX_TEXT_IN_LIST = 850;
const VALUE_LIMITS = { unlimited: Number.POSITIVE_INFINITY, 'limit-2000': 2000, 'limit-300': 300 };

/** A query function of `$filter`. PropertyName is a logical name, of lookups too. */
function compileFunction(scope: Scope, name: string, parameters: ReadonlyMap<string, Parameter>): Sql {
  if (!scope.context.schema.queryFunctions.has(name)) throw refuse.unknownFunction(`Microsoft.Dynamics.CRM.${name}`);
  const compile = CONDITIONS[name];
  if (compile === undefined) throw refuse.notEmulated(`the query function ${name}`);
  const { table } = scope.source;
  const { PropertyName: attribute, PropertyValues: values } = Object.fromEntries(parameters);
  const column = typeof attribute === 'string' ? table.byLogicalName.get(attribute) : undefined;
  if (column === undefined) throw refuse.attributeNotFound(table.name, String(attribute ?? ''));
  return compile(scope, comparedColumn(scope.source, column), Array.isArray(values) ? values : undefined);
}

type CompileCondition = (scope: Scope, left: Compared, values: readonly string[] | undefined) => Sql;

const isIn: CompileCondition = ({ context: { switches }, source }, left, values) => {
  // U17 (inOnEntityId).
  const isMemberEntity = source.table.name === 'listmember' && left.column.logical === 'entityid';
  if (values !== undefined && isMemberEntity && switches.inOnEntityId !== 'works')
    throw refuse.bySwitch('In on entityid');
  return inSql(left, listValues(switches, left.column, values));
};
const isBetween: CompileCondition = (_scope, left, values = []) => {
  const [low, high, more] = values;
  if (low === undefined || high === undefined || more !== undefined) throw refuse.invalidArgument();
  return betweenSql(left, requireValue(left.column, low), requireValue(left.column, high));
};

/** Differs: of the 67 query functions these are served; dates, users, hierarchies and fiscal periods are not. */
const CONDITIONS: Readonly<Record<string, CompileCondition | undefined>> = {
  In: isIn,
  NotIn: (scope, left, values) => negated(left.compared, isIn(scope, left, values)),
  Between: isBetween,
  NotBetween: (scope, left, values) => negated(left.compared, isBetween(scope, left, values)),
};

/** The values of a list in the store's spelling; U29 (inValues) limits their number. */
export function listValues({ inValues }: Switches, column: Column, values: readonly string[] | undefined): Value[] {
  if (values === undefined) throw refuse.invalidArgument();
  if (values.length > VALUE_LIMITS[inValues]) throw refuse.tooManyValues();
  return values.map((text) => requireValue(column, text));
}

function requireValue(column: Column, text: string): Value {
  const value = textValueFor(column, text);
  if (value === undefined || (isText(column) && text.length > MAX_TEXT_IN_LIST)) throw refuse.invalidArgument();
  return value;
}
