/**
 * Which names Dataverse knows, read from the schema file as plain data. The emulator reads the same file with code of its own: what it
 * accepts by mistake is still found here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ColumnFacts = { type: string; readOnly?: boolean; update?: boolean; maxLength?: number };
export type NavigationFacts = { kind: 'single' | 'collection' | 'many'; target: string; column?: string };
export type TableFacts = {
  name: string;
  set: string;
  key: string;
  /** By wire name. */
  columns: Map<string, ColumnFacts>;
  /** By logical name. */
  logical: Map<string, ColumnFacts>;
  navigation: Map<string, NavigationFacts>;
};
export type OperationFacts = {
  kind: 'action' | 'function';
  name: string;
  bound: string | null;
  parameters: { name: string; type: string; nullable: boolean }[];
};
export type SchemaNames = {
  tables: Map<string, TableFacts>;
  bySet: Map<string, TableFacts>;
  operations: OperationFacts[];
  queryFunctions: Map<string, string[]>;
};

export type AddedColumn = { table: string; name: string; type: string };

type RawTable = {
  set: string;
  key: string;
  columns: Record<string, ColumnFacts>;
  navigation: Record<string, NavigationFacts>;
};

export function readSchemaNames(added: readonly AddedColumn[] = []): SchemaNames {
  const path = join(__dirname, '../../../src/emulator/schema/schema.data.json');
  const raw = JSON.parse(readFileSync(path, 'utf8'));
  const tables = new Map(
    Object.entries<RawTable>(raw.tables).map(([name, table]) => [name, readTable(name, table, added)]),
  );
  return {
    tables,
    bySet: new Map([...tables.values()].map((table) => [table.set, table])),
    operations: raw.operations,
    queryFunctions: new Map(Object.entries(raw.queryFunctions)),
  };
}

function readTable(
  name: string,
  { set, key, columns, navigation }: RawTable,
  added: readonly AddedColumn[],
): TableFacts {
  const own = added.filter(({ table }) => table === name).map((column): [string, ColumnFacts] => [column.name, column]);
  const all = new Map([...Object.entries(columns), ...own]);
  return {
    name,
    set,
    key,
    columns: all,
    logical: new Map([...all].map(([wire, facts]) => [wire.replace(/^_(.+)_value$/, '$1'), facts])),
    navigation: new Map(Object.entries(navigation)),
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

const KINDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['string', 'memo', 'entityname'].map((type) => [type, 'text'])),
  ...Object.fromEntries(['guid', 'lookup', 'owner', 'customer'].map((type) => [type, 'guid'])),
  ...Object.fromEntries(['datetime', 'date'].map((type) => [type, 'time'])),
  boolean: 'boolean',
  image: 'image',
};

/** How values of a column are written: text, guid, time, boolean, number. */
export function kindOf({ type }: ColumnFacts): string {
  return KINDS[type] ?? 'number';
}
