/** Bodies held against the schema: columns of rows, parameters of actions. */
import type { Complain } from './check-query.ts';
import {
  type ColumnFacts,
  isGuid,
  kindOf,
  type OperationFacts,
  type SchemaNames,
  type TableFacts,
} from './schema-names.ts';

export type BodyScope = { names: SchemaNames; complain: Complain };
type Json = Readonly<Record<string, unknown>>;

export function readObject(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function checkRow(scope: BodyScope, table: TableFacts, row: Json, mode: 'create' | 'update'): void {
  for (const [name, value] of Object.entries(row)) {
    if (name === '@odata.type') checkType(scope, value, table);
    else if (name.endsWith('@odata.bind')) checkBind(scope, table, name.slice(0, -'@odata.bind'.length), value);
    else checkColumn(scope, table, { name, value, mode });
  }
}

function checkType({ complain }: BodyScope, value: unknown, table: TableFacts): void {
  if (value !== `Microsoft.Dynamics.CRM.${table.name}`) complain(`@odata.type ${String(value)} for ${table.name}`);
}

function checkBind({ names, complain }: BodyScope, table: TableFacts, property: string, value: unknown): void {
  const navigation = table.navigation.get(property);
  const target = names.tables.get(navigation?.target ?? '');
  if (navigation?.kind !== 'single') return void complain(`${table.name} has no lookup ${property}`);
  const [, set, id] = /^\/?(\w+)\(([^)]+)\)$/.exec(String(value)) ?? [];
  const isReference = value === null || /^\$\w+$/.test(String(value)) || (set === target?.set && isGuid(id ?? ''));
  if (!isReference) complain(`${property}@odata.bind = ${String(value)}`);
}

type Member = { name: string; value: unknown; mode: 'create' | 'update' };

function checkColumn({ complain }: BodyScope, table: TableFacts, { name, value, mode }: Member): void {
  const column = table.columns.get(name);
  if (column === undefined) return void complain(`${table.name} has no column ${name}`);
  const isLookup = ['lookup', 'owner', 'customer'].includes(column.type);
  if (column.readOnly === true || isLookup || (mode === 'update' && column.update === false))
    complain(`${mode} writes ${name}`);
  if (value !== null && !isValue(column, value)) complain(`${table.name}.${name} = ${JSON.stringify(value)}`);
}

function isValue(column: ColumnFacts, value: unknown): boolean {
  const kind = kindOf(column);
  if (kind === 'boolean') return typeof value === 'boolean';
  if (kind === 'number') return typeof value === 'number';
  if (typeof value !== 'string') return false;
  if (kind === 'guid') return isGuid(value);
  if (kind === 'time') return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value);
  return value.length <= (column.maxLength ?? Number.POSITIVE_INFINITY);
}

export function checkParameters(scope: BodyScope, operation: OperationFacts, body: Json): void {
  const { name, parameters } = operation;
  for (const given of Object.keys(body)) {
    if (!parameters.some((parameter) => parameter.name === given)) scope.complain(`${name} has no parameter ${given}`);
  }
  for (const parameter of parameters) {
    const value = body[parameter.name];
    if (value === undefined || value === null) {
      if (!parameter.nullable) scope.complain(`${name} lacks ${parameter.name}`);
    } else checkParameter(scope, `${name}.${parameter.name}`, { type: parameter.type, value });
  }
}

function checkParameter(scope: BodyScope, place: string, { type, value }: { type: string; value: unknown }): void {
  const item = /^Collection\((.+)\)$/.exec(type)?.[1];
  if (item !== undefined) {
    if (!Array.isArray(value) || value.length === 0) return void scope.complain(`${place} is no filled array`);
    for (const each of value) checkParameter(scope, place, { type: item, value: each });
    return;
  }
  if (type === 'Edm.Guid' && !(typeof value === 'string' && isGuid(value))) scope.complain(`${place} is no GUID`);
  if (type === 'Edm.Boolean' && typeof value !== 'boolean') scope.complain(`${place} is no yes or no`);
  if (type === 'Edm.Int32' && !Number.isInteger(value)) scope.complain(`${place} is no whole number`);
  if (type.startsWith('mscrm.')) checkReference(scope, place, { table: type.slice('mscrm.'.length), value });
}

/** A row named by type and key; other columns may come along, as in CreateMultiple. */
function checkReference(scope: BodyScope, place: string, { table, value }: { table: string; value: unknown }): void {
  const row: Json = typeof value === 'object' && value !== null ? { ...value } : {};
  const type = String(row['@odata.type'] ?? '').replace('Microsoft.Dynamics.CRM.', '');
  const facts = scope.names.tables.get(type);
  if (facts === undefined) return void scope.complain(`${place} has no known @odata.type`);
  if (table !== 'crmbaseentity' && type !== table) scope.complain(`${place} is a ${type}, not a ${table}`);
  if (!isGuid(String(row[facts.key]))) scope.complain(`${place} lacks ${facts.key}`);
  checkRow(scope, facts, row, 'create');
}
