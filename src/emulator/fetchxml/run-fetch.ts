import { refuse } from '../errors/errors.ts';
import { countAggregated } from '../odata/collection.ts';
import {
  lastOf,
  MAX_PAGE_SIZE,
  outerCookie,
  pageAnnotations,
  pagePlace,
  pageSizeOf,
  readCookie,
} from '../odata/paging.ts';
import {
  countSql,
  decodeValue,
  etagOf,
  type Json,
  type Reader,
  serializer,
  shownValue,
  wantedAnnotations,
} from '../odata/reader.ts';
import { allOf, columnSql, comparedSql, keySql, namedSql, type Sql } from '../odata/sql.ts';
import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import { attributeOf, type FetchPlan, type FetchSource, orderTerms, planFetch } from './fetch-plan.ts';
import { attribute, childrenOf, type Fetch, flag, readFetch, type XmlElement } from './read-fetch.ts';

/** `GET leads?fetchXml=…`: empty columns are left out of the rows. */
export function runFetch(reader: Reader, table: string, text: string): Json {
  const fetch = readFetch(text);
  const name = attribute(fetch.entity, 'name');
  if (name !== table)
    throw refuse.badQuery(`The entity name '${name}' in FetchXml does not match the entity set of the request.`);
  const plan = planFetch(reader, fetch.entity);
  for (const { source } of plan.sources) reader.tables.add(source.table.name);
  if (fetch.isAggregate) return runAggregate(reader, fetch, plan);
  const { preferences, pageSize, store, apiRoot } = reader;
  const { source } = plan.root;
  const columns = fetchColumns(plan);
  const size = fetch.top ?? pageSizeOf(fetch.count ?? preferences.maxPageSize, pageSize);
  // Rows of one table in key order can go on after the last key; joined rows may share a key, so they are counted.
  const isKeyOrder = plan.sources.length === 1 && childrenOf(fetch.entity, 'order').length === 0 && !fetch.isDistinct;
  const { pagingCookie, page } = fetch;
  const last = pagingCookie === undefined || page === 1 ? {} : (readCookie(pagingCookie) ?? lastOf(pagingCookie));
  const place = pagePlace({ ...last, pageNumber: page }, source, { size, isKeyOrder });
  const where = allOf([plan.where, ...place.where]);
  const limit = Math.min(size, MAX_PAGE_SIZE);
  const parameters = [...plan.from.parameters, ...where.parameters, limit + 1, place.offset];
  const found = [...store.select(pageText(fetch, plan, columns, where), parameters)];
  const rows = found.slice(0, limit);
  reader.work.rowsRead += rows.length;
  const selected = hasAllAttributes(plan.root) ? '' : `(${columns.map((column) => column.name).join(',')})`;
  const hasMore = found.length > limit && fetch.top === undefined;
  const write = serializer(reader);
  const toJson = (cells: Cells): Json => {
    const json: Json = fetch.isDistinct ? {} : { '@odata.etag': etagOf({ versionnumber: cells[VERSION] ?? 0 }) };
    const row: Row = Object.fromEntries(columns.map((each) => [each.column.name, cells[each.sqlName] ?? null]));
    for (const column of columns) {
      const value = shownValue(reader, column.table, column.column, cells[column.sqlName]);
      if (value !== null) Object.assign(json, write.value({ ...column, value, row }));
    }
    const { key } = source.table;
    return fetch.isDistinct || key in json ? json : { ...json, [key]: cells[KEY] };
  };
  return {
    '@odata.context': `${apiRoot}$metadata#${source.table.set}${selected}`,
    ...annotationsOf(reader, fetch, plan, { rows, hasMore }),
    value: rows.map(toJson),
  };
}

const KEY = 'k';
const VERSION = 'v';

function pageText(fetch: Fetch, plan: FetchPlan, columns: readonly FetchColumn[], where: Sql): string {
  const { source } = plan.root;
  const selected = columns.map((column) => `${column.sql} AS ${column.sqlName}`);
  if (!fetch.isDistinct)
    selected.push(`${keySql(source)} AS ${KEY}`, `${namedSql(source, 'versionnumber')} AS ${VERSION}`);
  // The keys of all tables, so that pages have a fixed order.
  const keys = fetch.isDistinct
    ? columns.map((column) => column.sqlName)
    : plan.sources.map((each) => keySql(each.source));
  const distinct = fetch.isDistinct ? 'DISTINCT ' : '';
  const order = [...orderTerms(plan), ...keys].join(', ');
  return `SELECT ${distinct}${selected.join(', ')} FROM ${plan.from.text} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`;
}

type Cells = Readonly<Record<string, Value>>;

function annotationsOf(
  reader: Reader,
  fetch: Fetch,
  plan: FetchPlan,
  { rows, hasMore }: { rows: readonly Cells[]; hasMore: boolean },
): Json {
  const wanted = wantedAnnotations(reader.preferences.annotations);
  const json = pageAnnotations(
    wanted,
    fetch.returnsTotal ? countSql(reader, plan.from, plan.where, MAX_PAGE_SIZE + 1) : undefined,
  );
  if (wanted('Microsoft.Dynamics.CRM.fetchxmlpagingcookie') && hasMore) {
    const { key } = plan.root.source.table;
    const page = { pageNumber: fetch.page, key, rows, keyed: KEY };
    json['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'] = outerCookie(page, 2);
  }
  if (wanted('Microsoft.Dynamics.CRM.morerecords')) json['@Microsoft.Dynamics.CRM.morerecords'] = hasMore;
  return json;
}

/** A column of the answer under the name it has there, and the SQL that reads it. */
type FetchColumn = { name: string; sqlName: string; table: Table; column: Column; sql: string };

/** Root columns keep their wire names, linked ones are `alias.column`, and an alias of the attribute's own beats both. */
function fetchColumns(plan: FetchPlan): FetchColumn[] {
  const named = plan.sources.flatMap((each) => attributesOf(each).map(([column, alias]) => ({ each, column, alias })));
  return named.map(({ each, column, alias }, index) => ({
    name: alias ?? (each.alias === undefined ? column.name : `${each.alias}.${column.logical}`),
    sqlName: `c${index}`,
    table: each.source.table,
    column,
    sql: columnSql(each.source, column),
  }));
}

function attributesOf(place: FetchSource): [Column, string | undefined][] {
  const { table } = place.source;
  if (hasAllAttributes(place)) return [...table.columns.values()].map((column) => [column, undefined]);
  return childrenOf(place.element, 'attribute').map((each) => [
    attributeOf(table, attribute(each, 'name')),
    each.attributes.get('alias'),
  ]);
}

/** Without any attribute the root gives all its columns and a link none. */
function hasAllAttributes({ element, alias }: FetchSource): boolean {
  if (childrenOf(element, 'all-attributes').length > 0) return true;
  return alias === undefined && childrenOf(element, 'attribute').length === 0;
}

type Term = { name: string; sql: string; group?: { column: Column; compared: string } };

/**
 * `<fetch aggregate="true">`: every attribute has an alias and is either a group or a count. The groups come in the order asked for, else
 * by what they are grouped by. Differs: sums and their like are not served.
 */
function runAggregate(reader: Reader, fetch: Fetch, { root, sources, from, where }: FetchPlan): Json {
  const terms = sources.flatMap((each) => childrenOf(each.element, 'attribute').map((term) => termOf(each, term)));
  if (terms.length === 0) throw refuse.malformedFetch();
  // Orders of an aggregate name the alias of a term.
  const order = childrenOf(fetch.entity, 'order').map((each) => {
    const index = terms.findIndex((term) => term.name === each.attributes.get('alias'));
    if (index < 0) throw refuse.malformedFetch();
    return `c${index}${flag(each, 'descending') ? ' DESC' : ''}`;
  });
  countAggregated(reader, from, where);
  const selected = terms.map((term, index) => `${term.sql} AS c${index}`).join(', ');
  const groups = terms.flatMap(({ group }) => group?.compared ?? []);
  const by = groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')} ORDER BY ${[...order, ...groups].join(', ')}`;
  const limit = Math.min(fetch.top ?? fetch.count ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const rows = reader.store.select(`SELECT ${selected} FROM ${from.text} WHERE ${where.text} ${by} LIMIT ?`, [
    ...from.parameters,
    ...where.parameters,
    limit,
  ]);
  return {
    '@odata.context': `${reader.apiRoot}$metadata#${root.source.table.set}`,
    value: [...rows].map((row) => {
      const values = terms.map(({ name, group }, index): [string, Value] => {
        const value = row[`c${index}`] ?? null;
        return [name, group === undefined ? value : decodeValue(group.column, value)];
      });
      return Object.fromEntries(values.filter(([, value]) => value !== null));
    }),
  };
}

function termOf({ source }: FetchSource, term: XmlElement): Term {
  const { alias, aggregate = '' } = Object.fromEntries(term.attributes);
  const column = attributeOf(source.table, attribute(term, 'name'));
  if (alias === undefined) throw refuse.malformedFetch();
  if (flag(term, 'groupby')) {
    const group = { column, compared: comparedSql(source, column) };
    return { name: alias, sql: `min(${columnSql(source, column)})`, group };
  }
  if (aggregate !== 'count') throw refuse.notEmulated(`the aggregate '${aggregate}' of FetchXML`);
  return { name: alias, sql: 'count(*)' };
}
