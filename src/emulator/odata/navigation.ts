import { notEmulated, segmentNotFound } from '../errors/path-errors.ts';
import { type Navigation, requireColumn, requireTable, type Table } from '../schema/schema.ts';
import { associatedSql } from './associated-rows.ts';
import { type Collection, countCollection, readCollection, scopeFor, whereOf } from './collection.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import type { QueryTarget } from './query-context.ts';
import type { QueryOptions } from './query-options.ts';
import { type Reader, readRows } from './reader.ts';
import type { Json } from './serialize.ts';
import { readOne, readVisible } from './single-row.ts';
import { columnSql, type Source, sql } from './sql.ts';

type NavigationTarget = Extract<QueryTarget, { kind: 'navigation' }>;

/** `campaigns(K)/campaignlist_association`, `leads(P)/campaignid`, and `/$ref` of both; `/$count` of the first. */
export function readNavigation(
  reader: Reader,
  target: NavigationTarget,
  query: QueryOptions,
): Json | number | undefined {
  const table = requireTable(reader.context.schema, target.table);
  const navigation = table.navigation.get(target.property);
  if (navigation === undefined) throw unknownSegment(table, target.property);
  if (navigation.kind === 'single') return readSingle(reader, { table, navigation, target }, query);
  readVisible(reader, table, target.id, []);
  const collection = navigationCollection(reader, { table, id: target.id, navigation });
  if (target.count === true) return countCollection(reader, collection, query);
  return target.ref ? readReferences(reader, collection, query) : readCollection(reader, collection, query);
}

function unknownSegment(table: Table, property: string): Error {
  if (table.unmodelledNavigation.has(property))
    return notEmulated(`the navigation property '${property}' of ${table.name}`);
  return segmentNotFound(property);
}

type Single = { table: Table; navigation: Extract<Navigation, { kind: 'single' }>; target: NavigationTarget };

function readSingle(reader: Reader, { table, navigation, target }: Single, query: QueryOptions): Json | undefined {
  const { schema, store, apiRoot } = reader.context;
  const row = readVisible(reader, table, target.id, [requireColumn(table, navigation.column)]);
  const id = row[navigation.column];
  if (typeof id !== 'string') return undefined;
  const candidates = navigation.target === 'principal' ? ['systemuser', 'team'] : [navigation.target];
  const found = candidates.find((name) => store.get(name, id) !== undefined) ?? candidates[0] ?? navigation.target;
  if (!target.ref) return readOne(reader, { table: found, id }, query);
  return {
    '@odata.context': `${apiRoot}$metadata#$ref`,
    '@odata.id': `${apiRoot}${requireTable(schema, found).set}(${id})`,
  };
}

type Many = { table: Table; id: string; navigation: Exclude<Navigation, { kind: 'single' }> };

function navigationCollection(reader: Reader, { table, id, navigation }: Many): Collection {
  const path = `${table.set}(${id})/${navigation.name}`;
  const key = id.toLowerCase();
  if (navigation.kind === 'collection') {
    const lookup = (source: Source): string => columnSql(source, requireColumn(source.table, navigation.column));
    return { table: navigation.target, path, restrict: (source) => [sql(`${lookup(source)} = ?`, key)] };
  }
  const { intersect } = navigation;
  return {
    table: navigation.target,
    path,
    restrict: (source, { aliases }) => [
      // Reading the association by its own URL is never stale: U19 is about filters inside other queries.
      associatedSql(reader.context, { intersect, table, id: key, source, aliases, hasFilter: false }),
    ],
  };
}

function readReferences(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const table = requireTable(reader.context.schema, collection.table);
  const scope = scopeFor(reader, table);
  const where = whereOf(scope, collection, query);
  const rows = readRows(reader, { source: scope.source, columns: [], where, limit: MAX_PAGE_SIZE });
  const { apiRoot } = reader.context;
  return {
    '@odata.context': `${apiRoot}$metadata#Collection($ref)`,
    value: rows.map((row) => ({ '@odata.id': `${apiRoot}${table.set}(${row[table.key]})` })),
  };
}
