import { aggregateLimit, badQuery, malformedFetch } from '../errors/query-errors.ts';
import { MAX_AGGREGATED_ROWS } from '../odata/apply.ts';
import {
  lastOf,
  MAX_PAGE_SIZE,
  outerCookie,
  type PageCount,
  type PageStart,
  pageAnnotations,
  pagePlace,
  pageSizeOf,
  readCookie,
} from '../odata/paging.ts';
import {
  decodeValue,
  etagOf,
  type Json,
  type Reader,
  type Serializer,
  serializer,
  wantedAnnotations,
} from '../odata/reader.ts';
import { allOf, columnSql, comparedSql, type Source, type Sql } from '../odata/sql.ts';
import type { Column } from '../schema/column.ts';
import { requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import { attributeOf, type FetchPlan, type FetchSource, keyOrder, orderTerms, planFetch } from './fetch-plan.ts';
import { type Fetch, type FetchAttribute, parseFetch } from './parse-fetch.ts';

/** `GET leads?fetchXml=…`: empty columns are left out of the rows. */
export function runFetch(reader: Reader, table: string, text: string): Json {
  const fetch = parseFetch(text);
  const { context, trace } = reader;
  if (fetch.entity.name !== table)
    throw badQuery(`The entity name '${fetch.entity.name}' in FetchXml does not match the entity set of the request.`);
  const plan = planFetch(context, fetch.entity);
  for (const { source } of plan.sources) trace.tables.add(source.table.name);
  if (fetch.isAggregate) return runAggregate(reader, fetch, plan);
  return readPage(reader, fetch, plan);
}

function readPage(reader: Reader, fetch: Fetch, plan: FetchPlan): Json {
  const { context } = reader;
  const columns = fetchColumns(plan);
  const size = fetch.top ?? pageSizeOf(fetch.count ?? reader.preferences.maxPageSize, context.pageSize);
  const place = pagePlace(startOf(fetch), plan.root.source, { size, isKeyOrder: isKeyOrder(fetch, plan) });
  const where = allOf([plan.where, ...place.where]);
  const limit = Math.min(size, MAX_PAGE_SIZE);
  const parameters = [...plan.from.parameters, ...where.parameters, limit + 1, place.offset];
  const found = [...context.store.select(pageText(fetch, plan, columns, where), parameters)];
  const rows = found.slice(0, limit);
  reader.trace.rowsRead += rows.length;
  const write = serializer(reader);
  const table = requireTable(context.schema, fetch.entity.name);
  return {
    '@odata.context': `${context.apiRoot}$metadata#${table.set}${contextColumns(fetch, columns)}`,
    ...annotationsOf(reader, fetch, plan, { rows, hasMore: found.length > limit && fetch.top === undefined }),
    value: rows.map((row) => toJson(write, { fetch, plan, columns }, row)),
  };
}

function contextColumns(fetch: Fetch, columns: readonly FetchColumn[]): string {
  const isAll = fetch.entity.hasAllAttributes || fetch.entity.attributes.length === 0;
  return isAll ? '' : `(${columns.map((column) => column.name).join(',')})`;
}

function startOf(fetch: Fetch): PageStart {
  const cookie = fetch.pagingCookie;
  if (cookie === undefined || fetch.page === 1) return { pageNumber: fetch.page };
  return { ...(readCookie(cookie) ?? lastOf(cookie)), pageNumber: fetch.page };
}

/** Rows of one table in key order can go on after the last key; joined rows may share a key, so they are counted. */
function isKeyOrder(fetch: Fetch, plan: FetchPlan): boolean {
  return (
    plan.sources.length === 1 && plan.sources.every(({ entity }) => entity.orders.length === 0) && !fetch.isDistinct
  );
}

const KEY = 'k';
const VERSION = 'v';

function pageText(fetch: Fetch, plan: FetchPlan, columns: readonly FetchColumn[], where: Sql): string {
  const { source } = plan.root;
  const selected = columns.map((column) => `${column.sql} AS ${column.sqlName}`);
  if (!fetch.isDistinct) {
    selected.push(
      `${systemColumn(source, source.table.key)} AS ${KEY}`,
      `${systemColumn(source, 'versionnumber')} AS ${VERSION}`,
    );
  }
  const keys = fetch.isDistinct ? columns.map((column) => column.sqlName) : keyOrder(plan);
  const distinct = fetch.isDistinct ? 'DISTINCT ' : '';
  const order = [...orderTerms(plan), ...keys].join(', ');
  return `SELECT ${distinct}${selected.join(', ')} FROM ${plan.from.text} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`;
}

type Shape = { fetch: Fetch; plan: FetchPlan; columns: readonly FetchColumn[] };

function toJson(write: Serializer, { fetch, plan, columns }: Shape, cells: Readonly<Record<string, Value>>): Json {
  const { table } = plan.root.source;
  const json: Json = fetch.isDistinct ? {} : { '@odata.etag': etagOf({ versionnumber: cells[VERSION] ?? 0 }) };
  const row: Row = Object.fromEntries(columns.map((column) => [column.column.name, cells[column.sqlName] ?? null]));
  for (const { name, table: owner, column, sqlName } of columns) {
    const value = decodeValue(column, cells[sqlName] ?? null);
    if (value !== null) Object.assign(json, write.value({ name, table: owner, column, value, row }));
  }
  return fetch.isDistinct || table.key in json ? json : { ...json, [table.key]: cells[KEY] };
}

type ReadPage = { rows: readonly Readonly<Record<string, Value>>[]; hasMore: boolean };

function annotationsOf(reader: Reader, fetch: Fetch, plan: FetchPlan, page: ReadPage): Json {
  const wanted = wantedAnnotations(reader.preferences.annotations);
  const json = pageAnnotations(wanted, fetch.returnsTotal ? countAll(reader, plan) : undefined);
  const { key } = plan.root.source.table;
  if (wanted('Microsoft.Dynamics.CRM.fetchxmlpagingcookie') && page.hasMore) {
    const ends = {
      pageNumber: fetch.page,
      key,
      first: String(page.rows[0]?.[KEY] ?? ''),
      last: String(page.rows.at(-1)?.[KEY] ?? ''),
    };
    json['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'] = outerCookie(ends, 2);
  }
  if (wanted('Microsoft.Dynamics.CRM.morerecords')) json['@Microsoft.Dynamics.CRM.morerecords'] = page.hasMore;
  return json;
}

function countAll(reader: Reader, plan: FetchPlan): PageCount {
  const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${plan.from.text} WHERE ${plan.where.text} LIMIT ?)`;
  const [row] = reader.context.store.select(text, [
    ...plan.from.parameters,
    ...plan.where.parameters,
    MAX_PAGE_SIZE + 1,
  ]);
  const found = Number(row?.n ?? 0);
  return { total: Math.min(found, MAX_PAGE_SIZE), isLimited: found > MAX_PAGE_SIZE };
}

/** A column of the answer under the name it has there, and the SQL that reads it. */
type FetchColumn = { name: string; sqlName: string; table: Table; column: Column; sql: string };

/** Root columns keep their wire names, linked ones are `alias.column`, and an alias of the attribute's own beats both. */
function fetchColumns(plan: FetchPlan): FetchColumn[] {
  const named = plan.sources.flatMap((each) => attributesOf(each).map(([column, alias]) => ({ each, column, alias })));
  return named.map(({ each, column, alias }, index) => ({
    name: alias ?? nameOf(each, column),
    sqlName: `c${index}`,
    table: each.source.table,
    column,
    sql: columnSql(each.source, column),
  }));
}

function nameOf({ alias }: FetchSource, column: Column): string {
  return alias === undefined ? column.name : `${alias}.${column.logical}`;
}

/** Without any attribute the root gives all its columns and a link none. */
function attributesOf({ source, entity, alias }: FetchSource): [Column, string | undefined][] {
  const { table } = source;
  const isAll = entity.hasAllAttributes || (alias === undefined && entity.attributes.length === 0);
  if (isAll) return [...table.columns.values()].map((column) => [column, undefined]);
  return entity.attributes.map((attribute) => [attributeOf(table, attribute.name), attribute.alias]);
}

function systemColumn(source: Source, name: string): string {
  return columnSql(source, requireColumn(source.table, name));
}

type Term = { alias: string; sql: string; groupBy: string | undefined; column: Column | undefined };

/** `<fetch aggregate="true">`: every attribute has an alias and is either a group or an aggregate. */
function runAggregate(reader: Reader, fetch: Fetch, plan: FetchPlan): Json {
  const { context, trace } = reader;
  const terms = plan.sources.flatMap((each) => each.entity.attributes.map((attribute) => termOf(each, attribute)));
  if (terms.length === 0) throw malformedFetch();
  const parameters = [...plan.from.parameters, ...plan.where.parameters];
  const base = `FROM ${plan.from.text} WHERE ${plan.where.text}`;
  const [counted] = context.store.select(`SELECT count(*) AS n FROM (SELECT 1 ${base} LIMIT ?)`, [
    ...parameters,
    MAX_AGGREGATED_ROWS + 1,
  ]);
  if (Number(counted?.n ?? 0) > MAX_AGGREGATED_ROWS) throw aggregateLimit();
  trace.rowsRead += Number(counted?.n ?? 0);
  const groups = terms.flatMap((term) => term.groupBy ?? []);
  const tail = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')} ORDER BY ${orderOf(fetch, terms, groups)}`;
  const selected = terms.map((term, index) => `${term.sql} AS c${index}`).join(', ');
  const limit = Math.min(fetch.top ?? fetch.count ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const rows = [...context.store.select(`SELECT ${selected} ${base}${tail} LIMIT ?`, [...parameters, limit])];
  return {
    '@odata.context': `${context.apiRoot}$metadata#${plan.root.source.table.set}`,
    value: rows.map((row) => aggregateJson(terms, row)),
  };
}

function termOf({ source }: FetchSource, attribute: FetchAttribute): Term {
  const column = attributeOf(source.table, attribute.name);
  const { alias } = attribute;
  if (alias === undefined) throw malformedFetch();
  if (attribute.isGroup) {
    return { alias, sql: `min(${columnSql(source, column)})`, groupBy: comparedSql(source, column), column };
  }
  const write = AGGREGATES[attribute.aggregate ?? ''];
  if (write === undefined) throw malformedFetch();
  return {
    alias,
    sql: write(`${attribute.isDistinct ? 'DISTINCT ' : ''}${comparedSql(source, column)}`),
    groupBy: undefined,
    column: undefined,
  };
}

const AGGREGATES: Readonly<Record<string, ((value: string) => string) | undefined>> = {
  count: () => 'count(*)',
  countcolumn: (value) => `count(${value})`,
  sum: (value) => `sum(${value})`,
  min: (value) => `min(${value})`,
  max: (value) => `max(${value})`,
  avg: (value) => `avg(${value})`,
};

/** Orders of an aggregate name the alias of a term. */
function orderOf(fetch: Fetch, terms: readonly Term[], groups: readonly string[]): string {
  const orders = fetch.entity.orders.map(({ alias, isDescending }) => {
    const index = terms.findIndex((term) => term.alias === alias);
    if (index < 0) throw malformedFetch();
    return `c${index}${isDescending ? ' DESC' : ''}`;
  });
  return [...orders, ...groups].join(', ');
}

function aggregateJson(terms: readonly Term[], row: Readonly<Record<string, Value>>): Json {
  const named = terms.map(({ alias, column }, index): [string, Value] => {
    const value = row[`c${index}`] ?? null;
    return [alias, column === undefined ? value : decodeValue(column, value)];
  });
  return Object.fromEntries(named.filter(([, value]) => value !== null));
}
