/** The tables in reach of a query: paths along lookups, and N:N relationships. */

import { refuse } from '../errors/errors.ts';
import type { Column } from '../schema/column.ts';
import type { Navigation, Table } from '../schema/schema.ts';
import type { Path } from './parse-filter.ts';
import type { QueryContext } from './query.ts';
import { allOf, type Compared, comparedColumn, keySql, namedSql, type Source, type Sql, sql } from './sql.ts';
import { formatTime } from './values.ts';

/** The tables that paths may start from: the query's own, or that of a lambda variable. */
export type Scope = {
  context: QueryContext;
  source: Source;
  variables: ReadonlyMap<string, Source>;
  /** Gives each table of a query an alias of its own. */
  nextAlias: (table: string) => string;
};

export function scopeFor(reader: QueryContext & { tables: Set<string> }, table: Table): Scope {
  let count = 0;
  return {
    context: reader,
    source: { alias: 't', table, switches: reader.switches },
    variables: new Map(),
    nextAlias(name) {
      reader.tables.add(name);
      count += 1;
      return `t${count}`;
    },
  };
}

/** `emailaddress1`, `campaignid/name`, `l/listid`. Navigation along single-valued properties becomes a subquery by key. */
export function resolvePath(scope: Scope, path: Path): Compared {
  const { source, segments } = startOf(scope, path);
  return resolveFrom(scope, source, segments);
}

/** The table a path starts at, and what is left of the path: a lambda variable is a segment of its own. */
export function startOf(scope: Scope, path: Path): { source: Source; segments: readonly string[] } {
  const variable = scope.variables.get(path.segments[0] ?? '');
  if (variable === undefined) return { source: scope.source, segments: path.segments };
  return { source: variable, segments: path.segments.slice(1) };
}

function resolveFrom(scope: Scope, source: Source, segments: readonly string[]): Compared {
  const [name = '', ...rest] = segments;
  if (rest.length === 0) return comparedColumn(source, columnOf(source.table, name));
  const navigation = source.table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(source.table, name);
  if (navigation.kind !== 'single') throw refuse.propertyNotFound(rest[0] ?? '', source.table.name);
  const target = scope.context.schema.tables.get(navigation.target);
  if (target === undefined) throw refuse.notEmulated(`$filter and $orderby through '${name}'`);
  const inner: Source = { ...source, alias: scope.nextAlias(target.name), table: target };
  const resolved = resolveFrom(scope, inner, rest);
  const lookup = namedSql(source, navigation.column);
  const from = `FROM "${target.name}" AS "${inner.alias}" WHERE "${inner.alias}"."${target.key}" = ${lookup}`;
  return { ...resolved, compared: `(SELECT ${resolved.compared} ${from})` };
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw unknownProperty(table, name);
  return column;
}

export function unknownProperty(table: Table, name: string): Error {
  if (table.unmodelledNavigation.has(name))
    return refuse.notEmulated(`the navigation property '${name}' of ${table.name}`);
  return refuse.propertyNotFound(name, table.name);
}

/** How long the stale form of U19 keeps new members from filtered associations: longer than any test or run waits. */
const STALE_MS = 60_000;

type Ends = {
  name: string;
  from: string;
  /** Whether the query filters the association: only then it may be refused or stale (U19). */
  hasFilter: boolean;
};

/** The intersect table of an N:N relationship, and its columns of both ends. */
export function intersectSql(
  context: QueryContext,
  nextAlias: Scope['nextAlias'],
  { name, from, hasFilter }: Ends,
): { near: string; far: string; from: string; condition: Sql } {
  const intersect = context.schema.intersect(name);
  if (intersect === undefined) throw new Error(`relationship ${name} is not in the schema`);
  const { table, a, b, typedBy } = intersect;
  const alias = nextAlias(table);
  const [near, far] = a.table === from ? [a, b] : [b, a];
  const conditions = [sql(`"${alias}"."${typedBy}" = ?`, b.table)];
  // U19 `stale`: filters over an association do not see the members of the last minute. Links to campaigns carry no time.
  if (hasFilter && context.switches.associationFilter === 'stale' && table === 'listmember') {
    const oldest = formatTime(new Date(context.now().getTime() - STALE_MS));
    conditions.push(sql(`"${alias}"."createdon" <= ?`, oldest));
  }
  return {
    near: `"${alias}"."${near.column}"`,
    far: `"${alias}"."${far.column}"`,
    from: `"${table}" AS "${alias}"`,
    condition: allOf(conditions),
  };
}

/** The rows in a collection of one row: that with this id, in the table `from`. */
export function relatedSql(
  { context, source, nextAlias }: Scope,
  navigation: Exclude<Navigation, { kind: 'single' }>,
  { from: parent, id, hasFilter }: Omit<Ends, 'name'> & { id: string },
): Sql {
  if (navigation.kind === 'collection') return sql(`${namedSql(source, navigation.column)} = ?`, id);
  const ends = { name: navigation.intersect, from: parent, hasFilter };
  const { near, far, from, condition } = intersectSql(context, nextAlias, ends);
  const keys = `${keySql(source)} IN (SELECT ${far} FROM ${from} WHERE ${near} = ? AND ${condition.text})`;
  return sql(keys, id, ...condition.parameters);
}
