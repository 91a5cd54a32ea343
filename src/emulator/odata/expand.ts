/**
 * `$expand=campaignid($select=name),campaignlist_association($select=listid;$filter=statecode eq 0)`
 *
 *   expand  = item *( "," item )
 *   item    = property [ "/$ref" ] [ "(" option *( ";" option ) ")" ]
 */

import {
  badQuery,
  expandRefOnCollection,
  onlySelectAndFilter,
  propertyNotFound,
  refusedBySwitch,
} from '../errors/query-errors.ts';
import type { Column } from '../schema/column.ts';
import { type Navigation, requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import { compileFilter, compileOrderBy } from './compile-filter.ts';
import { MAX_PAGE_SIZE } from './paging.ts';
import { type Filter, parseFilter } from './parse-filter.ts';
import type { QueryContext } from './query.ts';
import { type Json, type Reader, readRows, serializer } from './reader.ts';
import { associatedSql, columnOf, type Scope, scopeFor, unknownProperty } from './scope.ts';
import { columnSql, keySql, type Sql, sql } from './sql.ts';
import { splitOutside } from './tokens.ts';

type Expand = {
  navigation: Navigation;
  /** Of the expanded rows; a `principal` may be a user or a team. */
  targets: readonly [Table, ...Table[]];
  isReference: boolean;
  select: readonly Column[] | undefined;
  filter: Filter | undefined;
  orderBy: string | undefined;
  top: number | undefined;
  nested: readonly Expand[];
};

const MAX_EXPANDS = 15;

export function parseExpand(context: QueryContext, table: Table, text: string | undefined): Expand[] {
  const expands = parseLevel({ context, table, level: 1 }, text);
  if (countExpands(expands) > MAX_EXPANDS)
    throw badQuery(`The number of $expand options exceeds the maximum of ${MAX_EXPANDS}.`);
  const many = expands.filter(({ navigation }) => navigation.kind === 'many');
  const collections = expands.filter(({ navigation }) => navigation.kind !== 'single');
  // N:N collections do not mix with other collections. [documented; the wording is not]
  if (many.length > 0 && collections.length > 1)
    throw badQuery('Expanding many-to-many relationships together with other collections is not supported.');
  return expands;
}

function countExpands(expands: readonly Expand[]): number {
  return expands.reduce((sum, expand) => sum + 1 + countExpands(expand.nested), 0);
}

/** Where in the tree of expansions an item stands; the query's own `$expand` is level 1. */
type Place = { context: QueryContext; table: Table; level: number };

function parseLevel(place: Place, text: string | undefined): Expand[] {
  if (text === undefined || text.trim() === '') return [];
  return splitOutside(text, ',').map((item) => parseItem(place, item.trim()));
}

function parseItem(place: Place, item: string): Expand {
  const { context, table, level } = place;
  const match = /^([A-Za-z_]\w*)(\/\$ref)?(?:\((.*)\))?$/s.exec(item);
  if (match === null) throw badQuery(`Term '${item}' is not valid in a $select or $expand expression.`);
  const [, name = '', reference, inside = ''] = match;
  const navigation = table.navigation.get(name);
  if (navigation === undefined) throw unknownProperty(table, name);
  if (reference !== undefined && navigation.kind !== 'single') throw expandRefOnCollection();
  if (level > 1 && navigation.kind === 'many')
    throw badQuery('Nested expansion of many-to-many relationships is not supported.');
  const options = readInnerOptions(inside);
  refuseOptions(place, navigation, options);
  const isPrincipal = navigation.target === 'principal';
  const first = requireTable(context.schema, isPrincipal ? 'systemuser' : navigation.target);
  const select = parseSelect(first, options.get('$select'));
  const undeclared = isPrincipal ? select?.find(({ name: column }) => column !== PRINCIPAL_COLUMN) : undefined;
  if (undeclared !== undefined) throw propertyNotFound(undeclared.name, 'principal');
  const filter = options.get('$filter');
  return {
    navigation,
    targets: isPrincipal ? [first, requireTable(context.schema, 'team')] : [first],
    isReference: reference !== undefined,
    select: isPrincipal ? undefined : select,
    filter: filter === undefined ? undefined : parseFilter(filter),
    orderBy: options.get('$orderby'),
    top: readTop(options.get('$top')),
    nested: parseLevel({ context, table: first, level: level + 1 }, options.get('$expand')),
  };
}

/** An owner is the abstract `principal`: this is all that is declared. */
const PRINCIPAL_COLUMN = 'ownerid';

const INNER_OPTIONS = ['$select', '$filter', '$orderby', '$top', '$expand'];

function readInnerOptions(inside: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const option of splitOutside(inside, ';')) {
    if (option.trim() === '') continue;
    const equals = option.indexOf('=');
    const name = option.slice(0, Math.max(equals, 0)).trim();
    if (!INNER_OPTIONS.includes(name)) throw badQuery(`The query option '${name}' is not supported inside $expand.`);
    options.set(name, option.slice(equals + 1));
  }
  return options;
}

function refuseOptions({ context, level }: Place, navigation: Navigation, options: ReadonlyMap<string, string>): void {
  const isOrdered = options.has('$orderby') || options.has('$top');
  if (isOrdered && (navigation.kind === 'single' || level > 1 || options.has('$expand'))) throw onlySelectAndFilter();
  const isFilteredMany = navigation.kind === 'many' && options.has('$filter');
  if (isFilteredMany && context.switches.associationFilter === 'refused')
    throw refusedBySwitch(`A filter on ${navigation.name}`);
}

/** Columns that must be read so that single-valued properties can be followed. */
export function expandColumns(table: Table, expands: readonly Expand[]): Column[] {
  return expands.flatMap(({ navigation }) =>
    navigation.kind === 'single' ? [requireColumn(table, navigation.column)] : [],
  );
}

/** The part of the context URL in parentheses: `(name,campaignid(name))`. */
export function expandContext(select: readonly Column[] | undefined, expands: readonly Expand[]): string {
  const names = (select ?? []).map((column) => column.name);
  const inner = expands.map(
    (expand) => `${expand.navigation.name}${expandContext(expand.select, expand.nested) || '()'}`,
  );
  const parts = [...names, ...inner];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}

/** The columns of `$select` in its order; undefined means all. */
export function parseSelect(table: Table, text: string | undefined): readonly Column[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('*')) return undefined;
  if (names.includes('')) throw badQuery('The $select query option must not be empty or contain empty terms.');
  return [...new Set(names.map((name) => columnOf(table, name)))];
}

export function selectedColumns(table: Table, select: readonly Column[] | undefined): readonly Column[] {
  return select ?? [...table.columns.values()];
}

export function readTop(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badQuery(
    `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
  );
}

/** Rows and their JSON side by side; what is expanded goes into the JSON. */
type Expandable = { table: Table; rows: readonly Row[]; json: readonly Json[] };

export function expandRows(reader: Reader, { table, rows, json }: Expandable, expands: readonly Expand[]): void {
  for (const expand of expands) {
    const { navigation } = expand;
    const read = navigation.kind === 'single' ? singleReader(reader, expand) : collectionReader(reader, table, expand);
    for (const [index, row] of rows.entries()) {
      const target = json[index];
      if (target !== undefined) target[navigation.name] = read(row);
    }
  }
}

/** Many rows point to the same few: each of those is read once. */
function singleReader(reader: Reader, expand: Expand): (row: Row) => Json | null {
  const { navigation } = expand;
  const seen = new Map<Value, Json | null>();
  return (row) => {
    const id = navigation.kind === 'single' ? (row[navigation.column] ?? null) : null;
    const found = seen.get(id) ?? readSingle(reader, expand, id);
    seen.set(id, found);
    return found;
  };
}

function readSingle(reader: Reader, expand: Expand, id: Value): Json | null {
  if (id === null) return null;
  const { targets, isReference } = expand;
  for (const table of targets) {
    const link = ({ source }: Scope) => sql(`${keySql(source)} = ?`, id);
    const [found] = readTarget(reader, { table, expand, link });
    if (found === undefined) continue;
    if (isReference) return { '@odata.id': `${reader.context.apiRoot}${table.set}(${id})` };
    // A row of an abstract type says what it is.
    return targets.length > 1 ? { '@odata.type': `#Microsoft.Dynamics.CRM.${table.name}`, ...found } : found;
  }
  return null;
}

function collectionReader(reader: Reader, near: Table, expand: Expand): (row: Row) => Json[] {
  const [table] = expand.targets;
  const { navigation, filter } = expand;
  return (row) => {
    const id = String(row[near.key] ?? '');
    const link = ({ context, source, aliases }: Scope): Sql => {
      if (navigation.kind !== 'many')
        return sql(`${columnSql(source, requireColumn(source.table, navigation.column))} = ?`, id);
      const { intersect } = navigation;
      return associatedSql(context, { intersect, table: near, id, source, aliases, hasFilter: filter !== undefined });
    };
    return readTarget(reader, { table, expand, link });
  };
}

type Target = { table: Table; expand: Expand; link: (scope: Scope) => Sql };

function readTarget(reader: Reader, { table, expand, link }: Target): Json[] {
  const scope = scopeFor(reader, table);
  const isPrincipal = expand.targets.length > 1;
  const columns = isPrincipal ? [requireColumn(table, PRINCIPAL_COLUMN)] : selectedColumns(table, expand.select);
  const filter = expand.filter === undefined ? [] : [compileFilter(scope, expand.filter)];
  const rows = readRows(reader, {
    source: scope.source,
    columns: [...columns, ...expandColumns(table, expand.nested)],
    where: [link(scope), ...filter],
    order: compileOrderBy(scope, expand.orderBy),
    limit: Math.min(expand.top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE),
  });
  const { row: toJson } = serializer(reader);
  const json = rows.map((row) => toJson(table, columns, row));
  expandRows(reader, { table, rows, json }, expand.nested);
  return json;
}
