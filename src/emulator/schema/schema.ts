/**
 * Tables, columns and operations of the served part of Dataverse, as data. Knows names and rules of columns; nothing of rows, SQL or HTTP.
 */
import type { Column } from './column.ts';

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
  /** By wire name, the key first. */
  columns: ReadonlyMap<string, Column>;
  /** The same columns by logical name. */
  byLogicalName: ReadonlyMap<string, Column>;
  navigation: ReadonlyMap<string, Navigation>;
  /** Navigation properties that Dataverse has and this subset does not serve. */
  unmodelledNavigation: ReadonlySet<string>;
};

export type IntersectEnd = { table: string; column: string };

/** An N:N relationship: rows of `table` hold both ends; `typedBy` names the table of end `b`. */
export type Intersect = { name: string; table: string; a: IntersectEnd; b: IntersectEnd; typedBy: string };

export type OperationParameter = { name: string; type: string; nullable: boolean };

export type Operation = {
  kind: 'action' | 'function';
  name: string;
  /** As the CSDL has it: `mscrm.list`, `Collection(mscrm.lead)` or null when unbound. */
  bound: string | null;
  parameters: readonly OperationParameter[];
  returns: string | null;
};

export type Schema = {
  namespace: string;
  tables: ReadonlyMap<string, Table>;
  /** Names of all primary keys. */
  keys: ReadonlySet<string>;
  tableBySet(set: string): Table | undefined;
  tableByName(logicalName: string): Table | undefined;
  /** Wire name or logical name. */
  column(table: string, name: string): Column | undefined;
  navigation(table: string, property: string): Navigation | undefined;
  intersect(name: string): Intersect | undefined;
  intersects: readonly Intersect[];
  operations: readonly Operation[];
  /** All overloads of an action or function. */
  operation(name: string): readonly Operation[];
  /** Query functions of `$filter` by name, with their parameter names. */
  queryFunctions: ReadonlyMap<string, readonly string[]>;
  complexTypes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Entity sets, and operations, that Dataverse has and this subset does not serve: asked for, they are refused with 501. */
  unmodelledSets: ReadonlySet<string>;
  unmodelledOperations: ReadonlySet<string>;
};

/** The table that must be there: a name that came out of the schema itself. */
export function requireTable(schema: Schema, name: string): Table {
  const table = schema.tableByName(name);
  if (table === undefined) throw new Error(`table ${name} is not in the schema`);
  return table;
}

/** The column that must be there: a wire name that came out of the schema itself. */
export function requireColumn(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new Error(`column ${name} is not in table ${table.name}`);
  return column;
}
