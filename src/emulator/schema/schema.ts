/**
 * Tables, columns and operations of the served part of Dataverse, as data. Knows names and rules of columns; nothing of rows, SQL or HTTP.
 */

import {
  type Column,
  type ColumnType,
  isLookup,
  type Option,
  type RawColumn,
  type RequiredLevel,
  readColumn,
} from './column.ts';
import raw from './schema.data.json' with { type: 'json' };

export type Navigation =
  | { kind: 'single'; name: string; target: string; column: string }
  | { kind: 'collection'; name: string; target: string; column: string }
  | { kind: 'many'; name: string; target: string; intersect: string };

export type Table = {
  name: string;
  set: string;
  key: string;
  typeCode: number;
  primaryName: string | undefined;
  /** Whether it has a default duplicate-detection rule that is served: the same e-mail. */
  hasDuplicateRule: boolean;
  /** By wire name, the key first. */
  columns: ReadonlyMap<string, Column>;
  /** The same columns by logical name. */
  byLogicalName: ReadonlyMap<string, Column>;
  navigation: ReadonlyMap<string, Navigation>;
  /** Navigation properties that Dataverse has and this subset does not serve. */
  unmodelledNavigation: ReadonlySet<string>;
};

/** The key that a lookup holds. Users and teams have theirs from `principal`, which is no table here. */
export function targetKey({ target }: Navigation): string {
  return target === 'principal' ? 'ownerid' : `${target}id`;
}

/** An N:N relationship: rows of `table` hold both ends; `typedBy` names the table of end `b`. */
type Intersect = {
  table: string;
  a: { table: string; column: string };
  b: { table: string; column: string };
  typedBy: string;
};

export type Operation = {
  /** `action` or `function`. */
  kind: string;
  name: string;
  /** As the CSDL has it: `mscrm.list`, `Collection(mscrm.lead)` or null when unbound. */
  bound: string | null;
  parameters: readonly { name: string; type: string; nullable: boolean }[];
  returns: string | null;
};

export type Schema = {
  namespace: string;
  /** By logical name. */
  tables: ReadonlyMap<string, Table>;
  keys: ReadonlySet<string>;
  tableBySet(set: string): Table | undefined;
  /** By wire name or logical name. */
  column(table: string, name: string): Column | undefined;
  intersect(relationship: string): Intersect | undefined;
  /** Whether its rows are those of an N:N relationship: only actions make and remove them. */
  isIntersect(table: string): boolean;
  operations: readonly Operation[];
  /** The overload that is bound so. */
  operation(name: string, bound: Operation['bound']): Operation | undefined;
  queryFunctions: ReadonlySet<string>;
  complexTypes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Entity sets, and operations, that Dataverse has and this subset does not serve: they are refused with 501. */
  unmodelledSets: ReadonlySet<string>;
  unmodelledOperations: ReadonlySet<string>;
};

/** The table that must be there: a name that came out of the schema itself. */
export function requireTable(schema: Schema, name: string): Table {
  const table = schema.tables.get(name);
  if (table === undefined) throw new Error(`table ${name} is not in the schema`);
  return table;
}

/** The column that must be there: a wire name that came out of the schema itself. */
export function requireColumn(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new Error(`column ${name} is not in table ${table.name}`);
  return column;
}

/** A column that one organization added to a table, e.g. `new_synctomkto` on lead. */
export type ExtraColumn = {
  table: string;
  /** Logical name. */
  name: string;
  type: ColumnType;
  label?: string;
  maxLength?: number;
  min?: number;
  max?: number;
  options?: readonly Option[];
  default?: number | boolean | string;
  requiredLevel?: RequiredLevel;
  /** Tables of a lookup; the navigation property has the column's logical name. */
  targets?: readonly string[];
  /** Whether the store keeps an index for it; default false. */
  indexed?: boolean;
  /** Under column security, and no caller has a profile that lets it read (U40); default false. */
  secured?: boolean;
};

/** What one organization changed on a column of the usual schema. */
export type ColumnOverride = { table: string; column: string; requiredLevel?: RequiredLevel; maxLength?: number };

type RawNavigation = { kind: string; target: string; column?: string | undefined; intersect?: string | undefined };
type RawTable = Pick<Table, 'set' | 'key' | 'typeCode'> & {
  primaryName: string | null;
  hasDuplicateRule?: boolean | undefined;
  columns: Readonly<Record<string, RawColumn | undefined>>;
  navigation: Readonly<Record<string, RawNavigation | undefined>>;
  unmodelledNavigation: readonly string[];
};

export function buildSchema(extra: readonly ExtraColumn[] = [], overrides: readonly ColumnOverride[] = []): Schema {
  const rawTables: Readonly<Record<string, RawTable>> = raw.tables;
  const tables = new Map<string, Table>();
  for (const [name, table] of Object.entries(rawTables)) {
    const own = Object.entries(table.columns).flatMap(([column, facts]) => (facts ? [readColumn(column, facts)] : []));
    const added = extra.filter((column) => column.table === name).map(extraColumn);
    const columns = [...own, ...added].map((column) => {
      const changed = overrides.find((each) => each.table === name && each.column === column.logical);
      const { requiredLevel = column.requiredLevel, maxLength = column.maxLength } = changed ?? {};
      return { ...column, requiredLevel, maxLength };
    });
    tables.set(name, readTable(name, table, columns));
  }
  const bySet = new Map([...tables.values()].map((table) => [table.set, table]));
  const intersects: ReadonlyMap<string, Intersect> = new Map(Object.entries(raw.intersect));
  const { operations }: { operations: readonly Operation[] } = raw;
  return {
    namespace: raw.namespace,
    tables,
    keys: new Set([...tables.values()].map((table) => table.key)),
    tableBySet: (set) => bySet.get(set),
    column: (table, name) => tables.get(table)?.columns.get(name) ?? tables.get(table)?.byLogicalName.get(name),
    intersect: (relationship) => intersects.get(relationship),
    isIntersect: (name) => [...intersects.values()].some(({ table }) => table === name),
    operations,
    operation: (name, bound) => operations.find((each) => each.name === name && each.bound === bound),
    queryFunctions: new Set(Object.keys(raw.queryFunctions)),
    complexTypes: new Map(Object.entries(raw.complexTypes)),
    unmodelledSets: new Set(Object.keys(raw.unmodelledSets)),
    unmodelledOperations: new Set(raw.unmodelledOperations),
  };
}

function readTable(name: string, table: RawTable, columns: readonly Column[]): Table {
  const navigation = Object.entries(table.navigation).flatMap(([property, facts]): Navigation[] => {
    if (facts === undefined) return [];
    const { kind, target, column = '', intersect = '' } = facts;
    if (kind === 'many') return [{ kind, name: property, target, intersect }];
    return [{ kind: kind === 'single' ? 'single' : 'collection', name: property, target, column }];
  });
  const lookups = columns.filter((column) => column.custom && isLookup(column));
  const customNavigation = lookups.flatMap(({ logical, targets: [target], name: column }): Navigation[] =>
    target === undefined ? [] : [{ kind: 'single', name: logical, target, column }],
  );
  const { set, key, typeCode, hasDuplicateRule = false } = table;
  return {
    name,
    set,
    key,
    typeCode,
    primaryName: table.primaryName ?? undefined,
    hasDuplicateRule,
    columns: new Map(columns.map((column) => [column.name, column])),
    byLogicalName: new Map(columns.map((column) => [column.logical, column])),
    navigation: new Map([...navigation, ...customNavigation].map((each) => [each.name, each])),
    unmodelledNavigation: new Set(table.unmodelledNavigation),
  };
}

function extraColumn(extra: ExtraColumn): Column {
  const { table: _, name, type, maxLength = 100, options, ...facts } = extra;
  const { requiredLevel = 'None', indexed = false, secured = false } = extra;
  return {
    ...readColumn(type === 'lookup' ? `_${name}_value` : name, { ...facts, type, schemaName: name }),
    maxLength: type === 'string' || type === 'memo' ? maxLength : undefined,
    options: options ?? (type === 'boolean' ? YES_NO : undefined),
    requiredLevel,
    custom: true,
    indexed,
    secured,
  };
}

const YES_NO: readonly Option[] = [
  { value: 0, label: 'No' },
  { value: 1, label: 'Yes' },
];
