import { requireColumn, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row-store.ts';
import { aliasCounter, type Scope } from './column-path.ts';
import { compileFilter } from './compile-filter.ts';
import { type Expand, expandColumns, expandSelected } from './expand-option.ts';
import { intersectSql } from './intersect-sql.ts';
import { compileOrderBy } from './orderby-option.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { type Reader, readRows } from './reader.ts';
import { type Json, serializer } from './serialize.ts';
import { columnSql, type Source, type Sql, sql, wrap } from './sql.ts';

/** Rows and their JSON side by side; what is expanded goes into the JSON. */
export type Expandable = { table: Table; rows: readonly Row[]; json: readonly Json[]; isCollection: boolean };

export function expandRows(
  reader: Reader,
  { table, rows, json, isCollection }: Expandable,
  expands: readonly Expand[],
): void {
  for (const expand of expands) {
    const seen = new Map<Value, Json | null>();
    rows.forEach((row, index) => {
      const target = json[index];
      if (target === undefined) return;
      Object.assign(target, expandOne(reader, { table, row, isCollection }, expand, seen));
    });
  }
}

type Parent = { table: Table; row: Row; isCollection: boolean };

function expandOne(reader: Reader, parent: Parent, expand: Expand, seen: Map<Value, Json | null>): Json {
  const { navigation } = expand;
  if (navigation.kind !== 'single') return expandMany(reader, parent, expand);
  const id = parent.row[navigation.column] ?? null;
  const cached = seen.get(id);
  const found = cached === undefined ? readSingle(reader, expand, id) : cached;
  seen.set(id, found);
  return { [navigation.name]: found };
}

function readSingle(reader: Reader, expand: Expand, id: Value): Json | null {
  if (id === null) return null;
  for (const table of expand.targets) {
    const isKey = (source: Source): Sql => sql(`${columnSql(source, requireColumn(table, table.key))} = ?`, id);
    const [found] = readTarget(reader, table, expand, isKey);
    if (found === undefined) continue;
    return expand.isReference
      ? { '@odata.id': `${reader.context.apiRoot}${table.set}(${id})` }
      : typed(expand, table, found);
  }
  return null;
}

/** A row of an abstract type says what it is. */
function typed(expand: Expand, table: Table, json: Json): Json {
  return expand.targets.length > 1 ? { '@odata.type': `#Microsoft.Dynamics.CRM.${table.name}`, ...json } : json;
}

function expandMany(reader: Reader, { table, row }: Parent, expand: Expand): Json {
  const { navigation } = expand;
  const [target] = expand.targets;
  const id = row[table.key] ?? null;
  if (target === undefined) return {};
  const found = readTarget(reader, target, expand, (source, scope) => {
    if (navigation.kind !== 'many')
      return sql(`${columnSql(source, requireColumn(target, navigation.column))} = ?`, id);
    const inner: Source = { alias: scope.aliases.next(target.name), table: target };
    // Only filtered associations may be stale: an unfiltered one is read as it is.
    const context = expand.filter === undefined ? unfiltered(reader) : reader.context;
    const { near, join, condition } = intersectSql(context, {
      name: navigation.intersect,
      aliases: scope.aliases,
      from: table.name,
      to: inner,
    });
    const keys = wrap(
      `"${source.alias}"."${target.key}" IN (SELECT "${inner.alias}"."${target.key}" FROM ${join} WHERE ${near} = ? AND `,
      condition,
      ')',
    );
    return { text: keys.text, parameters: [id, ...keys.parameters] };
  });
  return { [navigation.name]: found };
}

function unfiltered(reader: Reader): Reader['context'] {
  const { context } = reader;
  return { ...context, switches: { ...context.switches, associationFilter: 'works' } };
}

function readTarget(reader: Reader, table: Table, expand: Expand, link: (source: Source, scope: Scope) => Sql): Json[] {
  const source: Source = { alias: 't', table };
  const scope: Scope = {
    context: reader.context,
    source,
    variables: new Map(),
    aliases: aliasCounter(reader.trace.tables),
  };
  const columns = expandSelected(expand, table);
  const filter = expand.filter === undefined ? [] : [compileFilter(scope, expand.filter)];
  const rows = readRows(reader, {
    source,
    columns: [...columns, ...expandColumns(table, expand.nested)],
    where: [link(source, scope), ...filter],
    order: compileOrderBy(scope, expand.orderBy),
    limit: Math.min(expand.top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  });
  const { row: toJson } = serializer(reader);
  const json = rows.map((row) => toJson(table, columns, row));
  expandRows(reader, { table, rows, json, isCollection: false }, expand.nested);
  return json;
}
