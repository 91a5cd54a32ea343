import type { Column } from '../../schema/column.ts';
import type { Value } from '../../store/row-store.ts';
import { MAX_AGGREGATED_ROWS } from '../apply.ts';
import { MAX_PAGE_SIZE } from '../paging.ts';
import { aggregateLimit, malformedFetch } from '../query-errors.ts';
import { decodeValue, type Reader } from '../reader.ts';
import type { Json } from '../serialize.ts';
import { columnSql, comparedSql } from '../sql.ts';
import type { Fetch, FetchAttribute } from './fetch-ast.ts';
import { attributeOf, type FetchPlan, type FetchSource } from './fetch-plan.ts';

type Term = { alias: string; sql: string; groupBy: string | undefined; column: Column | undefined };

/** `<fetch aggregate="true">`: every attribute has an alias and is either a group or an aggregate. */
export function runAggregate(reader: Reader, fetch: Fetch, plan: FetchPlan): Json {
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
    value: rows.map((row) => toJson(terms, row)),
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

function toJson(terms: readonly Term[], row: Readonly<Record<string, Value>>): Json {
  const named = terms.map(({ alias, column }, index): [string, Value] => {
    const value = row[`c${index}`] ?? null;
    return [alias, column === undefined ? value : decodeValue(column, value)];
  });
  return Object.fromEntries(named.filter(([, value]) => value !== null));
}
