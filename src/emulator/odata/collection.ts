import { refuse } from '../errors/errors.ts';
import { requireTable } from '../schema/schema.ts';
import { compileFilter, compileOrderBy } from './compile-filter.ts';
import {
  expandColumns,
  expandContext,
  expandRows,
  parseExpand,
  parseSelect,
  readTop,
  selectedColumns,
} from './expand.ts';
import { MAX_PAGE_SIZE, outerCookie, pageAnnotations, pagePlace, pageSizeOf, readCookie } from './paging.ts';
import { parseFilter } from './parse-filter.ts';
import type { QueryOptions } from './query.ts';
import {
  countRows,
  countSql,
  type Json,
  type Reader,
  readRows,
  serializer,
  type TableQuery,
  wantedAnnotations,
} from './reader.ts';
import { type Scope, scopeFor } from './scope.ts';
import { allOf, fromSql, type Sql, sql, visibleSql } from './sql.ts';

/** A set of rows that a URL names, and what restricts it beyond the query options. */
export type Collection = { table: string; path: string; restrict: (scope: Scope) => readonly Sql[] };

export function whereOf(scope: Scope, collection: Collection, query: QueryOptions): Sql[] {
  return [...collection.restrict(scope), ...filterSql(scope, query, query.options.get('$filter'))];
}

function filterSql(scope: Scope, { aliases }: QueryOptions, text: string | undefined): Sql[] {
  return text === undefined ? [] : [compileFilter(scope, parseFilter(text, aliases))];
}

/** Rows that an aggregate may be about. [documented] */
const MAX_AGGREGATED_ROWS = 50_000;

export function countAggregated(reader: Reader, from: Sql, where: Sql): number {
  const counted = countSql(reader, from, where, MAX_AGGREGATED_ROWS + 1);
  if (counted > MAX_AGGREGATED_ROWS) throw refuse.aggregateLimit();
  reader.work.rowsRead += counted;
  return counted;
}

/** `$apply=filter(…)/aggregate($count as n)`. Differs: groups and other aggregates are not served here, but see FetchXML. */
export function applyCount(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const table = requireTable(reader.schema, collection.table);
  const scope = scopeFor(reader, table);
  const text = query.options.get('$apply')?.trim() ?? '';
  const [, filter, name] = /^(?:filter\((.*)\)\/)?aggregate\(\s*\$count\s+as\s+(\w+)\s*\)$/s.exec(text) ?? [];
  if (name === undefined) throw refuse.notEmulated('$apply for more than a count');
  const inner = filterSql(scope, query, filter);
  const where = allOf([...whereOf(scope, collection, query), ...inner, ...visibleSql(reader, scope.source)]);
  return {
    '@odata.context': `${reader.apiRoot}$metadata#${table.set}`,
    value: [{ [name]: countAggregated(reader, sql(fromSql(scope.source)), where) }],
  };
}

/** `/$count` answers a bare number and stops at 5,000. [documented] */
export function countCollection(reader: Reader, collection: Collection, query: QueryOptions): number {
  const scope = scopeFor(reader, requireTable(reader.schema, collection.table));
  const where = whereOf(scope, collection, query);
  return countRows(reader, { source: scope.source, where, limit: MAX_PAGE_SIZE });
}

export function readCollection(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const { options } = query;
  // Dataverse accepts these here.
  const unserved = ['$apply', 'fetchXml', 'savedQuery', 'userQuery'].find((each) => options.has(each));
  if (unserved !== undefined) throw refuse.notEmulated(`'${unserved}' here`);
  const table = requireTable(reader.schema, collection.table);
  const scope = scopeFor(reader, table);
  const { source } = scope;
  const select = parseSelect(table, options.get('$select'));
  const expands = parseExpand(reader, table, options.get('$expand'));
  const where = whereOf(scope, collection, query);
  const top = readTop(options.get('$top'));
  const order = compileOrderBy(scope, options.get('$orderby'));
  const token = options.get('$skiptoken');
  const start = token === undefined ? { pageNumber: 1 } : readCookie(token);
  if (start === undefined) throw refuse.invalidPagingCookie();
  const size = pageSizeOf(reader.preferences.maxPageSize, reader.pageSize);
  const place = pagePlace(start, source, { size, isKeyOrder: order.length === 0 });
  const limit = top === undefined ? size : Math.min(top, MAX_PAGE_SIZE);
  const columns = selectedColumns(table, select);
  const found = readRows(reader, {
    source,
    columns: [...columns, ...expandColumns(table, expands)],
    where: [...where, ...place.where],
    order,
    offset: place.offset,
    limit: limit + 1,
  });
  const rows = found.slice(0, limit);
  const { row: toJson } = serializer(reader);
  const value = rows.map((row) => toJson(table, columns, row));
  expandRows(reader, { table, rows, json: value }, expands);
  const json: Json = {
    '@odata.context': `${reader.apiRoot}$metadata#${table.set}${expandContext(select, expands)}`,
    ...counted(reader, query, { source, where }),
    value,
  };
  if (found.length > limit && top === undefined) {
    const cookie = outerCookie({ pageNumber: start.pageNumber, key: table.key, rows, keyed: table.key }, 1);
    json['@odata.nextLink'] = nextLink(`${reader.apiRoot}${collection.path}`, query, cookie);
  }
  return json;
}

function counted(reader: Reader, query: QueryOptions, rows: Pick<TableQuery, 'source' | 'where'>): Json {
  const text = query.options.get('$count');
  if (text !== undefined && text !== 'true' && text !== 'false')
    throw refuse.badQuery(
      `Invalid value '${text}' for $count query option found. Valid values are 'true' and 'false'.`,
    );
  const wanted = wantedAnnotations(reader.preferences.annotations);
  if (text !== 'true') return pageAnnotations(wanted, undefined);
  const found = countRows(reader, { ...rows, limit: MAX_PAGE_SIZE + 1 });
  return { '@odata.count': Math.min(found, MAX_PAGE_SIZE), ...pageAnnotations(wanted, found) };
}

/** Absolute, with the options as they were sent. In the token `=` and `/` stay, as the service writes it. */
function nextLink(url: string, { raw }: QueryOptions, cookie: string): string {
  const options = [...raw].filter(([name]) => name !== '$skiptoken').map(([name, value]) => `${name}=${value}`);
  const token = cookie.replace(/[<> "%]/g, (character) => encodeURIComponent(character));
  return `${url}?${[...options, `$skiptoken=${token}`].join('&')}`;
}
