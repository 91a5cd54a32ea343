/**
 * Reads by URL: one entry for collections, rows, navigation properties, single columns and counts. Knows query options and FetchXML;
 * nothing of HTTP, privileges or marketing rules.
 */

import { refuse } from '../errors/errors.ts';
import { runFetch } from '../fetchxml/run-fetch.ts';
import type { Column } from '../schema/column.ts';
import { type Navigation, requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import { applyCount, type Collection, countCollection, readCollection, whereOf } from './collection.ts';
import { expandColumns, expandContext, expandRows, parseExpand, parseSelect, selectedColumns } from './expand.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { type QueryContext, type QueryOptions, type QueryTarget, readQueryOptions } from './query.ts';
import { type Json, type Reader, readRows, serializer } from './reader.ts';
import { columnOf, relatedSql, scopeFor } from './scope.ts';
import { keySql, sql } from './sql.ts';

/** `body`: undefined where there is nothing to show, an empty column or lookup. `tables`: what the query was about. */
export function runQuery(
  context: QueryContext,
  target: QueryTarget,
  rawQuery: string,
): { body: unknown; tables: ReadonlySet<string> } {
  const reader: Reader = { ...context, tables: new Set([target.table]) };
  const body = readBody(reader, target, readQueryOptions(rawQuery));
  return { body, tables: reader.tables };
}

function readBody(reader: Reader, target: QueryTarget, query: QueryOptions): unknown {
  const table = requireTable(reader.schema, target.table);
  const wholeTable: Collection = { table: table.name, path: table.set, restrict: () => [] };
  switch (target.kind) {
    case 'collection': {
      const fetchXml = query.options.get('fetchXml');
      if (fetchXml !== undefined) return runFetch(reader, table.name, fetchXml);
      return query.options.has('$apply')
        ? applyCount(reader, wholeTable, query)
        : readCollection(reader, wholeTable, query);
    }
    case 'row':
      return readOne(reader, target, query);
    case 'navigation':
      return readNavigation(reader, target, query);
    case 'column': {
      const column = columnOf(table, target.column);
      const value = readVisible(reader, table, target.id, [column])[column.name] ?? null;
      const url = `${reader.apiRoot}$metadata#${table.set}(${target.id})/${column.name}`;
      return value === null ? undefined : { '@odata.context': url, value };
    }
    default:
      return countCollection(reader, wholeTable, query);
  }
}

const OPTIONS = ['$select', '$expand'];

/** A row that the caller may not see is answered as one that does not exist. */
function readVisible(reader: Reader, table: Table, id: string, columns: readonly Column[]): Row {
  const { source } = scopeFor(reader, table);
  const isKey = sql(`${keySql(source)} = ?`, id.toLowerCase());
  const [row] = readRows(reader, { source, columns, where: [isKey], limit: 1 });
  if (row === undefined) throw refuse.rowAbsent(table.name, id);
  return row;
}

function readOne(reader: Reader, target: { table: string; id: string }, query: QueryOptions): Json {
  for (const name of query.options.keys()) {
    if (name.startsWith('$') && !OPTIONS.includes(name)) throw refuse.optionNotSupported(name);
  }
  const { schema, apiRoot } = reader;
  const table = requireTable(schema, target.table);
  const select = parseSelect(table, query.options.get('$select'));
  const expands = parseExpand(reader, table, query.options.get('$expand'));
  const columns = selectedColumns(table, select);
  const row = readVisible(reader, table, target.id, [...columns, ...expandColumns(table, expands)]);
  const json = serializer(reader).row(table, columns, row);
  expandRows(reader, { table, rows: [row], json: [json] }, expands);
  return { '@odata.context': `${apiRoot}$metadata#${table.set}${expandContext(select, expands)}/$entity`, ...json };
}

type NavigationTarget = Extract<QueryTarget, { kind: 'navigation' }>;

/** `campaigns(K)/campaignlist_association`, `leads(P)/campaignid`, and `/$ref` of both; `/$count` of the first. */
function readNavigation(reader: Reader, target: NavigationTarget, query: QueryOptions): Json | number | undefined {
  const table = requireTable(reader.schema, target.table);
  const navigation = table.navigation.get(target.property);
  if (navigation === undefined) throw refuse.segmentNotFound(target.property);
  if (navigation.kind === 'single') return readSingle(reader, navigation, target, query);
  // U41 (absentParent).
  const needsParent = navigation.kind === 'collection' || reader.switches.absentParent === '404';
  if (needsParent) readVisible(reader, table, target.id, []);
  const id = target.id.toLowerCase();
  const collection: Collection = {
    table: navigation.target,
    path: `${table.set}(${target.id})/${navigation.name}`,
    // Reading the association by its own URL is never stale: U19 is about filters inside other queries.
    restrict: (scope) => [relatedSql(scope, navigation, { from: table.name, id, hasFilter: false })],
  };
  if (target.isCounted) return countCollection(reader, collection, query);
  return target.ref ? readReferences(reader, collection, query) : readCollection(reader, collection, query);
}

function readSingle(
  reader: Reader,
  navigation: Extract<Navigation, { kind: 'single' }>,
  target: NavigationTarget,
  query: QueryOptions,
): Json | undefined {
  const { schema, store, apiRoot } = reader;
  const table = requireTable(schema, target.table);
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

function readReferences(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const table = requireTable(reader.schema, collection.table);
  const scope = scopeFor(reader, table);
  const where = whereOf(scope, collection, query);
  const rows = readRows(reader, { source: scope.source, columns: [], where, limit: MAX_PAGE_SIZE });
  const { apiRoot } = reader;
  return {
    '@odata.context': `${apiRoot}$metadata#Collection($ref)`,
    value: rows.map((row) => ({ '@odata.id': `${apiRoot}${table.set}(${row[table.key]})` })),
  };
}
