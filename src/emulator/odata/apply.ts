/**
 * `$apply`, the part that Dataverse knows:
 *
 *   apply     = [ "filter(" filter ")/" ] ( aggregate | groupby )
 *   aggregate = "aggregate(" term *( "," term ) ")"
 *   groupby   = "groupby((" column *( "," column ) ")" [ "," aggregate ] ")"
 *   term      = "$count as " name | column " with " ( "sum" | "min" | "max" | "average" | "countdistinct" ) " as " name
 */

import { notEmulated } from '../errors/errors.ts';
import { aggregateLimit, badQuery } from '../errors/query-errors.ts';
import type { Column } from '../schema/column.ts';
import { requireTable } from '../schema/schema.ts';
import type { Value } from '../store/row.ts';
import { type Collection, scopeFor, whereOf } from './collection.ts';
import { compileFilter } from './compile-filter.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { parseFilter } from './parse-filter.ts';
import type { QueryOptions } from './query.ts';
import { countRows, decodeValue, type Json, type Reader } from './reader.ts';
import { columnOf, type Scope } from './scope.ts';
import { allOf, columnSql, comparedSql, fromSql, type Sql, visibleSql } from './sql.ts';
import { splitOutside } from './tokens.ts';

/** Rows that an aggregate may be about. */
export const MAX_AGGREGATED_ROWS = 50_000;

type Term = { name: string; sql: string; column: Column | undefined };
type Apply = { filter: string | undefined; groups: readonly Term[]; terms: readonly Term[] };

export function runApply(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const table = requireTable(reader.context.schema, collection.table);
  const scope = scopeFor(reader, table);
  const apply = parseApply(scope, query.options.get('$apply') ?? '');
  const inner = apply.filter === undefined ? [] : [compileFilter(scope, parseFilter(apply.filter, query.aliases))];
  const where = [...whereOf(scope, collection, query), ...inner];
  const counted = countRows(reader, { source: scope.source, where, limit: MAX_AGGREGATED_ROWS + 1 });
  if (counted > MAX_AGGREGATED_ROWS) throw aggregateLimit();
  reader.trace.rowsRead += counted;
  const rows = [...reader.context.store.select(...applySql(reader, scope, apply, where))];
  return {
    '@odata.context': `${reader.context.apiRoot}$metadata#${table.set}`,
    value: rows.map((row) => toJson(apply, row)),
  };
}

function applySql(
  reader: Reader,
  { source }: Scope,
  { groups, terms }: Apply,
  where: readonly Sql[],
): [string, Value[]] {
  const all = allOf([...where, ...visibleSql(reader.context, source)]);
  const selected = [...groups, ...terms].map((term, index) => `${term.sql} AS c${index}`).join(', ');
  const grouped = groups.flatMap((group) => (group.column === undefined ? [] : [comparedSql(source, group.column)]));
  const groupBy = grouped.length === 0 ? '' : ` GROUP BY ${grouped.join(', ')} ORDER BY ${grouped.join(', ')}`;
  return [
    `SELECT ${selected} FROM ${fromSql(source)} WHERE ${all.text}${groupBy} LIMIT ?`,
    [...all.parameters, MAX_PAGE_SIZE],
  ];
}

function toJson({ groups, terms }: Apply, row: Readonly<Record<string, Value>>): Json {
  const named = [...groups, ...terms].map(({ name, column }, index) => {
    const value = row[`c${index}`] ?? null;
    return [name, column === undefined ? value : decodeValue(column, value)];
  });
  return Object.fromEntries(named);
}

function parseApply(scope: Scope, text: string): Apply {
  const steps = splitOutside(text.trim(), '/').map((step) => step.trim());
  const [first = '', second, third] = steps;
  const filter = inside(first, 'filter');
  if (filter === undefined && second === undefined) return { filter: undefined, ...parseStep(scope, first) };
  if (filter === undefined || second === undefined || third !== undefined) throw invalidApply(text);
  return { filter, ...parseStep(scope, second) };
}

function parseStep(scope: Scope, step: string): Pick<Apply, 'groups' | 'terms'> {
  const aggregate = inside(step, 'aggregate');
  if (aggregate !== undefined) return { groups: [], terms: parseTerms(scope, aggregate) };
  const groupby = inside(step, 'groupby');
  const [columns = '', nested = ''] = splitOutside(groupby ?? '', ',').map((part) => part.trim());
  const names = /^\((.*)\)$/s.exec(columns)?.[1];
  if (names === undefined) throw invalidApply(step);
  const terms = nested === '' ? [] : parseTerms(scope, inside(nested, 'aggregate') ?? '');
  return { groups: names.split(',').map((name) => groupTerm(scope, name.trim())), terms };
}

function groupTerm(scope: Scope, name: string): Term {
  // Documented, but not what the answer looks like.
  if (name.includes('/')) throw notEmulated('$apply over navigation properties');
  const column = columnOf(scope.source.table, name);
  return { name, sql: `min(${columnSql(scope.source, column)})`, column };
}

const FUNCTIONS: Readonly<Record<string, ((value: string) => string) | undefined>> = {
  sum: (value) => `sum(${value})`,
  min: (value) => `min(${value})`,
  max: (value) => `max(${value})`,
  average: (value) => `avg(${value})`,
  countdistinct: (value) => `count(DISTINCT ${value})`,
};

function parseTerms(scope: Scope, text: string): Term[] {
  return splitOutside(text, ',').map((item) => {
    const match = /^\s*(?:(\$count)|(\w+)\s+with\s+(\w+))\s+as\s+(\w+)\s*$/.exec(item);
    if (match === null) throw invalidApply(item);
    const [, count, name = '', method = '', alias = ''] = match;
    if (count !== undefined) return { name: alias, sql: 'count(*)', column: undefined };
    const column = columnOf(scope.source.table, name);
    const write = FUNCTIONS[method];
    if (write === undefined) throw invalidApply(item);
    return { name: alias, sql: write(comparedSql(scope.source, column)), column: undefined };
  });
}

function inside(text: string, name: string): string | undefined {
  return text.startsWith(`${name}(`) && text.endsWith(')') ? text.slice(name.length + 1, -1) : undefined;
}

function invalidApply(text: string): Error {
  return badQuery(`The $apply expression '${text}' is not valid.`);
}
