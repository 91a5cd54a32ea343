/**
 * Reads by URL: one entry for collections, rows, navigation properties, single columns and counts. Knows query options and FetchXML;
 * nothing of HTTP, privileges or marketing rules.
 */
import { rowAbsent } from '../errors/row-errors.ts';
import { runApply } from './apply.ts';
import { type Collection, countCollection, readCollection } from './collection.ts';
import { columnOf } from './column-path.ts';
import { runFetch } from './fetchxml/run-fetch.ts';
import { readNavigation } from './navigation.ts';
import type { Preferences, QueryContext, QueryResult, QueryTarget } from './query-context.ts';
import { type QueryOptions, readQueryOptions } from './query-options.ts';
import type { Reader } from './reader.ts';
import { readOne, readVisible } from './single-row.ts';

export type { Preferences, QueryContext, QueryResult, QueryTarget } from './query-context.ts';

export function runQuery(
  context: QueryContext,
  target: QueryTarget,
  rawQuery: string,
  preferences: Preferences,
): QueryResult {
  const reader: Reader = { context, preferences, trace: { rowsRead: 0, tables: new Set([target.table]) } };
  const query = readQueryOptions(rawQuery);
  const body = readBody(reader, target, query);
  const { rowsRead, tables } = reader.trace;
  return { status: body === undefined ? 204 : 200, body, rowsRead, tables: [...tables] };
}

/** Undefined where there is nothing to show: an empty column or lookup. */
function readBody(reader: Reader, target: QueryTarget, query: QueryOptions): unknown {
  switch (target.kind) {
    case 'collection':
      return readTable(reader, target.table, query);
    case 'row':
      return readOne(reader, target, query);
    case 'navigation':
      return readNavigation(reader, target, query);
    case 'column':
      return readColumn(reader, target);
    default:
      return countCollection(reader, wholeTable(reader, target.table), query);
  }
}

function wholeTable(reader: Reader, table: string): Collection {
  const set = reader.context.schema.tableByName(table)?.set ?? table;
  return { table, path: set, restrict: () => [] };
}

function readTable(reader: Reader, table: string, query: QueryOptions): unknown {
  const fetchXml = query.options.get('fetchXml');
  if (fetchXml !== undefined) return runFetch(reader, table, fetchXml);
  if (query.options.has('$apply')) return runApply(reader, wholeTable(reader, table), query);
  return readCollection(reader, wholeTable(reader, table), query);
}

function readColumn(reader: Reader, target: Extract<QueryTarget, { kind: 'column' }>): unknown {
  const { schema, apiRoot } = reader.context;
  const table = schema.tableByName(target.table);
  if (table === undefined) throw rowAbsent(target.table, target.id);
  const column = columnOf(table, target.column);
  const value = readVisible(reader, table, target.id, [column])[column.name] ?? null;
  if (value === null) return undefined;
  if (target.raw) return String(value);
  return { '@odata.context': `${apiRoot}$metadata#${table.set}(${target.id})/${column.name}`, value };
}
