import { notEmulated } from '../errors/path-errors.ts';
import type { Column } from '../schema/column.ts';
import { requireColumn, type Table } from '../schema/schema.ts';
import type { Path } from './filter-ast.ts';
import type { QueryContext } from './query-context.ts';
import { propertyNotFound } from './query-errors.ts';
import { columnSql, comparedSql, type Source } from './sql.ts';

/** A table in reach of an expression, by the name that paths start with: `''` for the query's own, else a lambda variable. */
export type Scope = {
  context: QueryContext;
  source: Source;
  variables: ReadonlyMap<string, Source>;
  aliases: AliasCounter;
};

/** Gives each table of a query an alias of its own. */
export type AliasCounter = { next(table: string): string };

/** `tables` learns which tables the query is about. */
export function aliasCounter(tables: Set<string>): AliasCounter {
  let count = 0;
  return {
    next(table) {
      tables.add(table);
      count += 1;
      return `t${count}`;
    },
  };
}

/** A column's value as SQL; `compared` without regard to case. */
export type ResolvedPath = { column: Column; plain: string; compared: string };

/** `emailaddress1`, `campaignid/name`, `l/listid`. Navigation along single-valued properties becomes a subquery by key. */
export function resolvePath(scope: Scope, path: Path): ResolvedPath {
  const { source, segments } = startOf(scope, path);
  return resolveFrom(scope, source, segments);
}

/** The table a path starts at, and what is left of the path: a lambda variable is a segment of its own. */
export function startOf(scope: Scope, path: Path): { source: Source; segments: readonly string[] } {
  const variable = scope.variables.get(path.segments[0] ?? '');
  if (variable === undefined) return { source: scope.source, segments: path.segments };
  return { source: variable, segments: path.segments.slice(1) };
}

function resolveFrom(scope: Scope, source: Source, segments: readonly string[]): ResolvedPath {
  const [name = '', ...rest] = segments;
  if (rest.length === 0) {
    const column = columnOf(source.table, name);
    return { column, plain: columnSql(source, column), compared: comparedSql(source, column) };
  }
  const navigation = source.table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(source.table, name);
  if (navigation.kind !== 'single') throw propertyNotFound(rest[0] ?? '', source.table.name);
  const target = scope.context.schema.tableByName(navigation.target);
  if (target === undefined) throw notEmulated(`$filter and $orderby through '${name}'`);
  const inner: Source = { alias: scope.aliases.next(target.name), table: target };
  const resolved = resolveFrom(scope, inner, rest);
  const lookup = columnSql(source, requireColumn(source.table, navigation.column));
  const from = `FROM "${target.name}" AS "${inner.alias}" WHERE "${inner.alias}"."${target.key}" = ${lookup}`;
  return {
    column: resolved.column,
    plain: `(SELECT ${resolved.plain} ${from})`,
    compared: `(SELECT ${resolved.compared} ${from})`,
  };
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw unknownProperty(table, name);
  return column;
}

export function unknownProperty(table: Table, name: string): Error {
  if (table.unmodelledNavigation.has(name)) return notEmulated(`the navigation property '${name}' of ${table.name}`);
  return propertyNotFound(name, table.name);
}
