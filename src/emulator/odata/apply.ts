/**
 * Aggregates, those of FetchXML too, and `$apply`, the part that Dataverse knows:
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
import { type Collection, whereOf } from './collection.ts';
import { compileFilter } from './compile-filter.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { parseFilter } from './parse-filter.ts';
import type { QueryOptions } from './query.ts';
import { countSql, decodeValue, type Json, type Reader } from './reader.ts';
import { columnOf, type Scope, scopeFor } from './scope.ts';
import { allOf, columnSql, comparedSql, fromSql, type Source, type Sql, sql, visibleSql } from './sql.ts';
import { splitOutside } from './tokens.ts';

/** Rows that an aggregate may be about. */
const MAX_AGGREGATED_ROWS = 50_000;

/** A column of an aggregate's answer. */
export type Term = { name: string; sql: string; group?: { column: Column; compared: string } };

export function groupTerm(source: Source, column: Column, name: string): Term {
  return { name, sql: `min(${columnSql(source, column)})`, group: { column, compared: comparedSql(source, column) } };
}

export type Aggregate = { from: Sql; where: Sql; terms: readonly Term[]; order?: readonly string[]; limit?: number };

/** The groups of an aggregate, in the order asked for, else by what they are grouped by. */
export function readGroups(reader: Reader, { from, where, terms, order = [], limit }: Aggregate): Json[] {
  const counted = countSql(reader, from, where, MAX_AGGREGATED_ROWS + 1);
  if (counted > MAX_AGGREGATED_ROWS) throw aggregateLimit();
  reader.trace.rowsRead += counted;
  const selected = terms.map((term, index) => `${term.sql} AS c${index}`).join(', ');
  const groups = terms.flatMap(({ group }) => group?.compared ?? []);
  const by = groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')} ORDER BY ${[...order, ...groups].join(', ')}`;
  const rows = reader.context.store.select(`SELECT ${selected} FROM ${from.text} WHERE ${where.text} ${by} LIMIT ?`, [
    ...from.parameters,
    ...where.parameters,
    Math.min(limit ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  ]);
  return [...rows].map((row) =>
    Object.fromEntries(
      terms.map(({ name, group }, index) => {
        const value = row[`c${index}`] ?? null;
        return [name, group === undefined ? value : decodeValue(group.column, value)];
      }),
    ),
  );
}

export function runApply(reader: Reader, collection: Collection, query: QueryOptions): Json {
  const table = requireTable(reader.context.schema, collection.table);
  const scope = scopeFor(reader, table);
  const { source } = scope;
  const { filter, terms } = parseApply(scope, query.options.get('$apply') ?? '');
  const inner = filter === undefined ? [] : [compileFilter(scope, parseFilter(filter, query.aliases))];
  const where = allOf([...whereOf(scope, collection, query), ...inner, ...visibleSql(reader.context, source)]);
  return {
    '@odata.context': `${reader.context.apiRoot}$metadata#${table.set}`,
    value: readGroups(reader, { from: sql(fromSql(source)), where, terms }),
  };
}

function parseApply(scope: Scope, text: string): { filter?: string; terms: readonly Term[] } {
  const [first = '', second, third] = splitOutside(text.trim(), '/').map((step) => step.trim());
  const filter = inside(first, 'filter');
  if (filter === undefined && second === undefined) return { terms: parseStep(scope, first) };
  if (filter === undefined || second === undefined || third !== undefined) throw invalidApply(text);
  return { filter, terms: parseStep(scope, second) };
}

function parseStep(scope: Scope, step: string): Term[] {
  const aggregate = inside(step, 'aggregate');
  if (aggregate !== undefined) return parseTerms(scope, aggregate);
  const [columns = '', nested = ''] = splitOutside(inside(step, 'groupby') ?? '', ',').map((part) => part.trim());
  const names = /^\((.*)\)$/s.exec(columns)?.[1];
  if (names === undefined) throw invalidApply(step);
  const groups = names.split(',').map((name) => {
    // Documented, but not what the answer looks like.
    if (name.includes('/')) throw notEmulated('$apply over navigation properties');
    return groupTerm(scope.source, columnOf(scope.source.table, name.trim()), name.trim());
  });
  return nested === '' ? groups : [...groups, ...parseTerms(scope, inside(nested, 'aggregate') ?? '')];
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
    if (count !== undefined) return { name: alias, sql: 'count(*)' };
    const column = columnOf(scope.source.table, name);
    const write = FUNCTIONS[method];
    if (write === undefined) throw invalidApply(item);
    return { name: alias, sql: write(comparedSql(scope.source, column)) };
  });
}

function inside(text: string, name: string): string | undefined {
  return text.startsWith(`${name}(`) && text.endsWith(')') ? text.slice(name.length + 1, -1) : undefined;
}

function invalidApply(text: string): Error {
  return badQuery(`The $apply expression '${text}' is not valid.`);
}
