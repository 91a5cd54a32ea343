import { requireColumn, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row-store.ts';
import { associatedSql } from './associated-rows.ts';
import { aliasCounter, type Scope } from './column-path.ts';
import { compileFilter } from './compile-filter.ts';
import { type Expand, expandColumns, expandSelected } from './expand-option.ts';
import { compileOrderBy } from './orderby-option.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { type Reader, readRows } from './reader.ts';
import { type Json, serializer } from './serialize.ts';
import { columnSql, type Sql, sql } from './sql.ts';

/** Rows and their JSON side by side; what is expanded goes into the JSON. */
export type Expandable = { table: Table; rows: readonly Row[]; json: readonly Json[] };

export function expandRows(reader: Reader, { table, rows, json }: Expandable, expands: readonly Expand[]): void {
  for (const expand of expands) {
    const read =
      expand.navigation.kind === 'single' ? singleReader(reader, expand) : collectionReader(reader, table, expand);
    for (const [index, row] of rows.entries()) {
      const target = json[index];
      if (target !== undefined) target[expand.navigation.name] = read(row);
    }
  }
}

/** Many rows point to the same few: each of those is read once. */
function singleReader(reader: Reader, expand: Expand): (row: Row) => Json | null {
  const { navigation } = expand;
  const seen = new Map<Value, Json | null>();
  return (row) => {
    const id = navigation.kind === 'single' ? (row[navigation.column] ?? null) : null;
    const found = seen.get(id) ?? readSingle(reader, expand, id);
    seen.set(id, found);
    return found;
  };
}

function readSingle(reader: Reader, expand: Expand, id: Value): Json | null {
  if (id === null) return null;
  for (const table of expand.targets) {
    const [found] = readTarget(reader, { table, expand, link: keyEquals(table, id) });
    if (found === undefined) continue;
    return expand.isReference
      ? { '@odata.id': `${reader.context.apiRoot}${table.set}(${id})` }
      : typed(expand, table, found);
  }
  return null;
}

function keyEquals(table: Table, id: Value): (scope: Scope) => Sql {
  return ({ source }) => sql(`${columnSql(source, requireColumn(table, table.key))} = ?`, id);
}

/** A row of an abstract type says what it is. */
function typed(expand: Expand, table: Table, json: Json): Json {
  return expand.targets.length > 1 ? { '@odata.type': `#Microsoft.Dynamics.CRM.${table.name}`, ...json } : json;
}

function collectionReader(reader: Reader, table: Table, expand: Expand): (row: Row) => Json[] {
  const [target] = expand.targets;
  if (target === undefined) return () => [];
  return (row) => {
    const id = String(row[table.key] ?? '');
    return readTarget(reader, { table: target, expand, link: (scope) => collectionSql(scope, { table, expand, id }) });
  };
}

function collectionSql({ context, source, aliases }: Scope, near: { table: Table; expand: Expand; id: string }): Sql {
  const { table, expand, id } = near;
  const { navigation } = expand;
  if (navigation.kind !== 'many') {
    const column = navigation.kind === 'collection' ? navigation.column : source.table.key;
    return sql(`${columnSql(source, requireColumn(source.table, column))} = ?`, id);
  }
  const hasFilter = expand.filter !== undefined;
  return associatedSql(context, { intersect: navigation.intersect, table, id, source, aliases, hasFilter });
}

type Target = { table: Table; expand: Expand; link: (scope: Scope) => Sql };

function readTarget(reader: Reader, { table, expand, link }: Target): Json[] {
  const source = { alias: 't', table };
  const aliases = aliasCounter(reader.trace.tables);
  const scope: Scope = { context: reader.context, source, variables: new Map(), aliases };
  const columns = expandSelected(expand, table);
  const filter = expand.filter === undefined ? [] : [compileFilter(scope, expand.filter)];
  const rows = readRows(reader, {
    source,
    columns: [...columns, ...expandColumns(table, expand.nested)],
    where: [link(scope), ...filter],
    order: compileOrderBy(scope, expand.orderBy),
    limit: Math.min(expand.top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  });
  const { row: toJson } = serializer(reader);
  const json = rows.map((row) => toJson(table, columns, row));
  expandRows(reader, { table, rows, json }, expand.nested);
  return json;
}
