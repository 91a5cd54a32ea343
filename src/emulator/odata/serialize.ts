import { type Column, isLookup } from '../schema/column.ts';
import { requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row-store.ts';
import { FORMATTED_VALUE, LOOKUP_PROPERTY, LOOKUP_TABLE, type Wanted, wantedAnnotations } from './annotations.ts';
import { formattedValue } from './formatted-value.ts';
import type { Reader } from './reader.ts';

export type Json = Record<string, unknown>;

/** Turns rows into what the wire has; names of looked-up rows are read once per answer. */
export type Serializer = {
  /** Key and ETag always; the rest in the order of `columns`. */
  row(table: Table, columns: readonly Column[], row: Row): Json;
  /** One value under a name of its own, with its annotations before it. */
  value(named: NamedValue): Json;
};

export type NamedValue = { name: string; table: Table; column: Column; value: Value; row: Row };

export function serializer(reader: Reader): Serializer {
  const annotationsOf = annotator(reader);
  const isPlain = reader.preferences.annotations === undefined;
  const value = (named: NamedValue): Json => ({ ...annotationsOf(named), [named.name]: named.value });
  return {
    value,
    row(table, columns, row) {
      const json: Json = { '@odata.etag': etagOf(row) };
      const key = table.columns.get(table.key);
      const written = key === undefined || columns.includes(key) ? columns : [...columns, key];
      for (const column of written) {
        const cell = row[column.name] ?? null;
        if (isPlain) json[column.name] = cell;
        else Object.assign(json, value({ name: column.name, table, column, value: cell, row }));
      }
      return json;
    },
  };
}

/** The annotations of one value, as far as they were asked for. */
function annotator(reader: Reader): (named: NamedValue) => Json {
  const wanted = wantedAnnotations(reader.preferences.annotations);
  const lookups = new Map<string, LookedUp | undefined>();
  const lookUp = (column: Column, id: string, row: Row): LookedUp | undefined => {
    const key = `${column.targets.join()} ${id}`;
    if (!lookups.has(key)) lookups.set(key, findTarget(reader, column, { id, row }));
    return lookups.get(key);
  };
  const lookupJson = ({ name, table, column, value, row }: NamedValue): Json => {
    if (!LOOKUP_ANNOTATIONS.some(wanted)) return {};
    const target = lookUp(column, String(value), row);
    return target === undefined ? {} : lookupAnnotations({ name, table, column, wanted }, target);
  };
  return (named) => {
    if (named.value === null) return {};
    if (isLookup(named.column)) return lookupJson(named);
    const text = wanted(FORMATTED_VALUE) ? formattedValue(named.column, named.value) : undefined;
    return text === undefined ? {} : { [`${named.name}@${FORMATTED_VALUE}`]: text };
  };
}

const LOOKUP_ANNOTATIONS = [FORMATTED_VALUE, LOOKUP_TABLE, LOOKUP_PROPERTY];

export function etagOf(row: Row): string {
  return `W/"${row.versionnumber ?? 0}"`;
}

type LookedUp = { table: string; name: string };

/** Members of a list say in `entitytype` which table they are of; elsewhere the candidates are tried. */
function findTarget(reader: Reader, column: Column, { id, row }: { id: string; row: Row }): LookedUp | undefined {
  const { store, schema } = reader.context;
  const typed = column.logical === 'entityid' ? row.entitytype : undefined;
  const candidates = typeof typed === 'string' ? [typed] : column.targets;
  for (const name of candidates) {
    const target = store.get(name, id);
    const { primaryName } = requireTable(schema, name);
    if (target !== undefined) return { table: name, name: String(target[primaryName ?? ''] ?? '') };
  }
  return undefined;
}

type Annotating = { name: string; table: Table; column: Column; wanted: Wanted };

function lookupAnnotations({ name, table, column, wanted }: Annotating, target: LookedUp): Json {
  const property = [...table.navigation.values()].find(
    (each) =>
      each.kind === 'single' &&
      each.column === column.name &&
      (each.target === target.table || each.target === 'principal'),
  );
  return {
    ...(wanted(LOOKUP_PROPERTY) && property !== undefined ? { [`${name}@${LOOKUP_PROPERTY}`]: property.name } : {}),
    ...(wanted(LOOKUP_TABLE) ? { [`${name}@${LOOKUP_TABLE}`]: target.table } : {}),
    ...(wanted(FORMATTED_VALUE) ? { [`${name}@${FORMATTED_VALUE}`]: target.name } : {}),
  };
}
