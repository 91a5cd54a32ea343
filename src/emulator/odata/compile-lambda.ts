import { notEmulated } from '../errors/path-errors.ts';
import { type Navigation, requireColumn, requireTable } from '../schema/schema.ts';
import { type Scope, startOf, unknownProperty } from './column-path.ts';
import type { Filter } from './filter-ast.ts';
import { intersectSql } from './intersect-sql.ts';
import { badQuery, refusedBySwitch } from './query-errors.ts';
import { allOf, columnSql, fromSql, keySql, type Source, type Sql, sql, visibleSql, wrap } from './sql.ts';

type Lambda = Extract<Filter, { kind: 'any' | 'all' }>;
type Compile = (scope: Scope, filter: Filter) => Sql;

/** `any` and `all` over a collection: a set of keys that the row's key must, or must not, be in. */
export function compileLambda(scope: Scope, lambda: Lambda, compile: Compile): Sql {
  const { source, segments } = startOf(scope, lambda.path);
  const [name = '', ...rest] = segments;
  const navigation = source.table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(source.table, name);
  if (rest.length > 0) throw notEmulated('any and all over a path of several properties');
  if (navigation.kind === 'single') throw badQuery('Any/All may only be used following a collection.');
  if (navigation.kind === 'many' && scope.context.switches.associationFilter === 'refused') {
    throw refusedBySwitch(`A filter on ${name}`);
  }
  const target: Source = {
    alias: scope.aliases.next(navigation.target),
    table: requireTable(scope.context.schema, navigation.target),
  };
  const conditions = [...predicateSql(scope, lambda, target, compile), ...visibleSql(scope.context, target)];
  const keys = memberKeys(scope, { source, target, navigation }, conditions);
  return lambda.kind === 'any' ? keys : wrap('NOT (', keys, ')');
}

function predicateSql(scope: Scope, lambda: Lambda, target: Source, compile: Compile): Sql[] {
  const { predicate, variable } = lambda;
  if (predicate === undefined) return [];
  const variables = variable === undefined ? scope.variables : new Map([...scope.variables, [variable, target]]);
  const condition = compile({ ...scope, source: target, variables }, predicate);
  return [lambda.kind === 'any' ? condition : wrap('NOT ifnull(', condition, ', 0)')];
}

type Members = { source: Source; target: Source; navigation: Exclude<Navigation, { kind: 'single' }> };

function memberKeys(scope: Scope, { source, target, navigation }: Members, conditions: readonly Sql[]): Sql {
  if (navigation.kind === 'many') {
    const ends = { name: navigation.intersect, aliases: scope.aliases, from: source.table.name, to: target };
    const { near, join, condition } = intersectSql(scope.context, ends);
    const where = allOf([condition, ...conditions]);
    return wrap(`${keySql(source)} IN (SELECT ${near} FROM ${join} WHERE `, where, ')');
  }
  const lookup = columnSql(target, requireColumn(target.table, navigation.column));
  const where = allOf([sql(`${lookup} IS NOT NULL`), ...conditions]);
  return wrap(`${keySql(source)} IN (SELECT ${lookup} FROM ${fromSql(target)} WHERE `, where, ')');
}
