/** Reads rows that the caller may see, and writes them as OData has them. */

import { type Column, isLookup, isText } from '../schema/column.ts';
import { requireColumn, requireTable, type Table } from '../schema/schema.ts';
import { quoteName, type Row, type Value } from '../store/row.ts';
import type { QueryContext } from './query.ts';
import { allOf, columnSql, fromSql, isSecured, keySql, type Source, type Sql, sql, visibleSql } from './sql.ts';
import { formattedValue } from './values.ts';

/** One query: its context, and the tables it has read. */
export type Reader = QueryContext & { tables: Set<string> };

export type TableQuery = {
  source: Source;
  /** The key and the row version are always read. */
  columns: readonly Column[];
  where: readonly Sql[];
  /** Terms of ORDER BY; the key is added as the last one. */
  order?: readonly string[];
  limit: number;
  offset?: number;
};

export function readRows(reader: Reader, query: TableQuery): Row[] {
  const { source } = query;
  const { table } = source;
  const always = [requireColumn(table, table.key), requireColumn(table, 'versionnumber')];
  const columns = [...new Set([...query.columns, ...always])];
  const where = allOf([...query.where, ...visibleSql(reader, source)]);
  const selected = columns.map((column) => `${columnSql(source, column)} AS ${quoteName(column.name)}`).join(', ');
  // A plus sign keeps SQLite from walking the table in key order.
  const order = [...(query.order ?? []), `${where.isSelective === true ? '+' : ''}${keySql(source)}`].join(', ');
  const text = `SELECT ${selected} FROM ${fromSql(source)} WHERE ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`;
  const rows = [...reader.store.select(text, [...where.parameters, query.limit, query.offset ?? 0])];
  reader.work.rowsRead += rows.length;
  reader.tables.add(table.name);
  return rows.map((row) => {
    const shown: Row = {};
    for (const column of columns) shown[column.name] = shownValue(reader, table, column, row[column.name]);
    return shown;
  });
}

/** A value out of the store, U40: as column security and its masking rules let the caller see it. */
export function shownValue({ switches }: QueryContext, table: Table, column: Column, stored: Value = null): Value {
  const value = decodeValue(column, stored);
  if (value === null || !isSecured(switches, table, column)) return value;
  return switches.securedValues === 'masked' && isText(column) ? '####' : null;
}

export function countRows(reader: Reader, query: Pick<TableQuery, 'source' | 'where' | 'limit'>): number {
  const { source, where, limit } = query;
  reader.tables.add(source.table.name);
  return countSql(reader, sql(fromSql(source)), allOf([...where, ...visibleSql(reader, source)]), limit);
}

export function countSql({ store }: Reader, from: Sql, where: Sql, limit: number): number {
  const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from.text} WHERE ${where.text} LIMIT ?)`;
  const [row] = store.select(text, [...from.parameters, ...where.parameters, limit]);
  return Number(row?.n ?? 0);
}

/** SQLite has no booleans. */
export function decodeValue(column: Column, value: Value): Value {
  return column.type === 'boolean' && value !== null ? Number(value) === 1 : value;
}

// `Prefer: odata.include-annotations`: which annotations an answer carries.

const FORMATTED_VALUE = 'OData.Community.Display.V1.FormattedValue';
const LOOKUP_TABLE = 'Microsoft.Dynamics.CRM.lookuplogicalname';
const LOOKUP_PROPERTY = 'Microsoft.Dynamics.CRM.associatednavigationproperty';
const ANNOTATIONS = [FORMATTED_VALUE, LOOKUP_TABLE, LOOKUP_PROPERTY] as const;
type Annotation = (typeof ANNOTATIONS)[number];

export type Wanted = (annotation: string) => boolean;

export function wantedAnnotations(patterns: readonly string[] | undefined): Wanted {
  const included = (patterns ?? []).filter((pattern) => !pattern.startsWith('-'));
  const excluded = (patterns ?? []).filter((pattern) => pattern.startsWith('-')).map((pattern) => pattern.slice(1));
  const matches = (list: readonly string[], name: string): boolean => list.some((pattern) => isMatch(pattern, name));
  return (name) => matches(included, name) && !matches(excluded, name);
}

/** `X`, or `X*` for all names that begin so. */
function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

export type Json = Record<string, unknown>;

/** Turns rows into what the wire has; names of looked-up rows are read once per answer. */
type Serializer = {
  /** Key and ETag always; the rest in the order of `columns`. */
  row(table: Table, columns: readonly Column[], row: Row): Json;
  /** One value under a name of its own, with its annotations before it. */
  value(named: NamedValue): Json;
};

type NamedValue = { name: string; table: Table; column: Column; value: Value; row: Row };

export function serializer(reader: Reader): Serializer {
  const annotationsOf = annotator(reader);
  const isPlain = reader.preferences.annotations === undefined;
  const value = (named: NamedValue): Json => ({ ...annotationsOf(named), [named.name]: named.value });
  return {
    value,
    row(table, columns, row) {
      const json: Json = { '@odata.etag': etagOf(row) };
      for (const column of new Set([...columns, requireColumn(table, table.key)])) {
        const { name } = column;
        const cell = row[name] ?? null;
        if (isPlain) json[name] = cell;
        else Object.assign(json, value({ name, table, column, value: cell, row }));
      }
      return json;
    },
  };
}

function annotator(reader: Reader): (named: NamedValue) => Json {
  const wanted = wantedAnnotations(reader.preferences.annotations);
  if (!ANNOTATIONS.some(wanted)) return () => ({});
  const lookups = new Map<string, LookedUp | undefined>();
  const lookUp = (column: Column, id: string, row: Row): LookedUp | undefined => {
    const key = `${column.targets.join()} ${id}`;
    if (!lookups.has(key)) lookups.set(key, findTarget(reader, column, { id, row }));
    return lookups.get(key);
  };
  const textsOf = ({ table, column, value, row }: NamedValue): Partial<Record<Annotation, string | undefined>> => {
    if (value === null) return {};
    if (!isLookup(column)) return { [FORMATTED_VALUE]: formattedValue(column, value) };
    const target = lookUp(column, String(value), row);
    if (target === undefined) return {};
    return {
      [LOOKUP_PROPERTY]: lookupProperty(table, column, target.table),
      [LOOKUP_TABLE]: target.table,
      [FORMATTED_VALUE]: target.name,
    };
  };
  return (named) =>
    Object.fromEntries(
      Object.entries(textsOf(named)).flatMap(([annotation, text]) =>
        text !== undefined && wanted(annotation) ? [[`${named.name}@${annotation}`, text]] : [],
      ),
    );
}

function lookupProperty(table: Table, { name }: Column, target: string): string | undefined {
  return [...table.navigation.values()].find(
    (each) => each.kind === 'single' && each.column === name && (each.target === target || each.target === 'principal'),
  )?.name;
}

export function etagOf(row: Row): string {
  return `W/"${row.versionnumber ?? 0}"`;
}

type LookedUp = { table: string; name: string };

/** Members of a list say in `entitytype` which table they are of; elsewhere the candidates are tried. */
function findTarget(reader: Reader, column: Column, { id, row }: { id: string; row: Row }): LookedUp | undefined {
  const { store, schema } = reader;
  const typed = column.logical === 'entityid' ? row.entitytype : undefined;
  const candidates = typeof typed === 'string' ? [typed] : column.targets;
  for (const name of candidates) {
    const target = store.get(name, id);
    const { primaryName } = requireTable(schema, name);
    if (target !== undefined) return { table: name, name: String(target[primaryName ?? ''] ?? '') };
  }
  return undefined;
}
