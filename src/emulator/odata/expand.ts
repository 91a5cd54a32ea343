/**
 * `$expand=campaignid($select=name),campaignlist_association($select=listid;$filter=statecode eq 0)`
 *
 *   expand  = item *( "," item )
 *   item    = property [ "(" option *( ";" option ) ")" ]
 *
 * Differs: one level only, and no references (`/$ref`) and no owners, who are of two tables.
 */

import { refuse } from '../errors/errors.ts';
import type { Column } from '../schema/column.ts';
import { type Navigation, requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import { compileFilter, compileOrderBy } from './compile-filter.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { type Filter, parseFilter } from './parse-filter.ts';
import type { QueryContext } from './query.ts';
import { type Json, type Reader, readRows, serializer } from './reader.ts';
import { columnOf, relatedSql, type Scope, scopeFor, unknownProperty } from './scope.ts';
import { keySql, type Sql, sql } from './sql.ts';
import { splitOutside } from './tokens.ts';

type Expand = {
  navigation: Navigation;
  table: Table;
  select: readonly Column[] | undefined;
  filter: Filter | undefined;
  orderBy: string | undefined;
  top: number | undefined;
};

const MAX_EXPANDS = 15;

export function parseExpand(context: QueryContext, table: Table, text: string | undefined): Expand[] {
  if (text === undefined || text.trim() === '') return [];
  const expands = splitOutside(text, ',').map((item) => parseItem(context, table, item.trim()));
  if (expands.length > MAX_EXPANDS)
    throw refuse.badQuery(`The number of $expand options exceeds the maximum of ${MAX_EXPANDS}.`);
  const many = expands.filter(({ navigation }) => navigation.kind === 'many');
  const collections = expands.filter(({ navigation }) => navigation.kind !== 'single');
  // N:N collections do not mix with other collections. [documented; the wording is not]
  if (many.length > 0 && collections.length > 1)
    throw refuse.badQuery('Expanding many-to-many relationships together with other collections is not supported.');
  return expands;
}

function parseItem(context: QueryContext, table: Table, item: string): Expand {
  const match = /^([A-Za-z_]\w*)(\/\$ref)?(?:\((.*)\))?$/s.exec(item);
  if (match === null) throw refuse.badTerm(item);
  const [, name = '', reference, inside = ''] = match;
  const navigation = table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(table, name);
  if (reference !== undefined) throw refuse.notEmulated('$ref inside $expand');
  if (navigation.target === 'principal') throw refuse.notEmulated(`the expansion of '${name}'`);
  const target = requireTable(context.schema, navigation.target);
  const options = readInnerOptions(inside);
  const filter = options.get('$filter');
  const isOrdered = options.has('$orderby') || options.has('$top');
  if (isOrdered && navigation.kind === 'single') throw refuse.onlySelectAndFilter();
  if (filter !== undefined && navigation.kind === 'many' && context.switches.associationFilter === 'refused')
    throw refuse.bySwitch(`A filter on ${name}`);
  return {
    navigation,
    table: target,
    select: parseSelect(target, options.get('$select')),
    filter: filter === undefined ? undefined : parseFilter(filter),
    orderBy: options.get('$orderby'),
    top: readTop(options.get('$top')),
  };
}

const INNER_OPTIONS = ['$select', '$filter', '$orderby', '$top'];

function readInnerOptions(inside: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of splitOutside(inside, ';')) {
    if (option.trim() === '') continue;
    const equals = option.indexOf('=');
    const name = option.slice(0, Math.max(equals, 0)).trim();
    if (name === '$expand') throw refuse.notEmulated('$expand inside $expand');
    if (!INNER_OPTIONS.includes(name))
      throw refuse.badQuery(`The query option '${name}' is not supported inside $expand.`);
    options.set(name, option.slice(equals + 1));
  }
  return options;
}

/** Columns that must be read so that single-valued properties can be followed. */
export function expandColumns(table: Table, expands: readonly Expand[]): Column[] {
  return expands.flatMap(({ navigation }) =>
    navigation.kind === 'single' ? [requireColumn(table, navigation.column)] : [],
  );
}

/** The part of the context URL in parentheses: `(name,campaignid(name))`. */
export function expandContext(select: readonly Column[] | undefined, expands: readonly Expand[]): string {
  const names = (columns: readonly Column[] = []) => columns.map(({ name }) => name);
  const inner = expands.map(({ navigation, select: columns }) => `${navigation.name}(${names(columns).join(',')})`);
  const parts = [...names(select), ...inner];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}

/** The columns of `$select` in its order; undefined means all. */
export function parseSelect(table: Table, text: string | undefined): readonly Column[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('*')) return undefined;
  if (names.includes('')) throw refuse.badQuery('The $select query option must not be empty or contain empty terms.');
  return [...new Set(names.map((name) => columnOf(table, name)))];
}

export function selectedColumns(table: Table, select: readonly Column[] | undefined): readonly Column[] {
  return select ?? [...table.columns.values()];
}

export function readTop(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw refuse.badQuery(
    `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
  );
}

/** `rows` and their JSON side by side; what is expanded goes into the JSON. */
export function expandRows(
  reader: Reader,
  { table, rows, json }: { table: Table; rows: readonly Row[]; json: readonly Json[] },
  expands: readonly Expand[],
): void {
  for (const expand of expands) {
    const { navigation } = expand;
    const hasFilter = expand.filter !== undefined;
    const read =
      navigation.kind === 'single'
        ? singleReader(reader, expand, navigation.column)
        : (row: Row) => {
            const parent = { from: table.name, id: String(row[table.key] ?? ''), hasFilter };
            return readTarget(reader, expand, (scope) => relatedSql(scope, navigation, parent));
          };
    for (const [index, row] of rows.entries()) {
      const target = json[index];
      if (target !== undefined) target[navigation.name] = read(row);
    }
  }
}

/** Many rows point to the same few: each of those is read once. */
function singleReader(reader: Reader, expand: Expand, lookup: string): (row: Row) => Json | null {
  const seen = new Map<Value, Json | null>();
  return (row) => {
    const id = row[lookup] ?? null;
    if (id === null) return null;
    const found =
      seen.get(id) ?? readTarget(reader, expand, ({ source }) => sql(`${keySql(source)} = ?`, id))[0] ?? null;
    seen.set(id, found);
    return found;
  };
}

function readTarget(
  reader: Reader,
  { table, select, filter, orderBy, top }: Expand,
  link: (scope: Scope) => Sql,
): Json[] {
  const scope = scopeFor(reader, table);
  const columns = selectedColumns(table, select);
  const rows = readRows(reader, {
    source: scope.source,
    columns,
    where: [link(scope), ...(filter === undefined ? [] : [compileFilter(scope, filter)])],
    order: compileOrderBy(scope, orderBy),
    limit: Math.min(top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  });
  const { row: toJson } = serializer(reader);
  return rows.map((row) => toJson(table, columns, row));
}
