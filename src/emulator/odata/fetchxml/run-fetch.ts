import { requireTable } from '../../schema/schema.ts';
import type { Row, Value } from '../../store/row-store.ts';
import { type PageCount, pageAnnotations, wantedAnnotations } from '../annotations.ts';
import { lastOf, MAX_PAGE_SIZE, outerCookie, type PageStart, pagePlace, pageSizeOf, readCookie } from '../paging.ts';
import { badQuery } from '../query-errors.ts';
import { decodeValue, type Reader } from '../reader.ts';
import { etagOf, type Json, type Serializer, serializer } from '../serialize.ts';
import { allOf, type Sql } from '../sql.ts';
import { runAggregate } from './fetch-aggregate.ts';
import type { Fetch } from './fetch-ast.ts';
import { type FetchColumn, fetchColumns, systemColumn } from './fetch-columns.ts';
import { type FetchPlan, keyOrder, orderTerms, planFetch } from './fetch-plan.ts';
import { parseFetch } from './parse-fetch.ts';

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
