import { notEmulated } from '../errors/path-errors.ts';
import { requiredFieldMissing } from '../errors/row-errors.ts';
import { type Column, isLookup } from '../schema/column.ts';
import { requireTable, type Table } from '../schema/schema.ts';
import type { Row } from '../store/row-store.ts';
import { readBind } from './bind.ts';
import { directLookup, invalidProperty, wrongEntityType } from './body-errors.ts';
import { readBodyValue } from './body-value.ts';
import type { QueryContext } from './query-context.ts';
import { statePair } from './state-pair.ts';

export type BodyContext = Pick<QueryContext, 'store' | 'schema' | 'apiRoot'>;
export type BodyMode = 'create' | 'update';

const BIND = '@odata.bind';

/**
 * A create or update body as a row for the store. Columns that only the server sets are accepted and ignored, as Dataverse does; on
 * creation defaults are filled in. A status reason alone is checked against the stored state by the caller, with `statePair`.
 */
export function readRow(
  context: BodyContext,
  tableName: string,
  body: Readonly<Record<string, unknown>>,
  mode: BodyMode,
): Row {
  const table = requireTable(context.schema, tableName);
  const given: Row = {};
  for (const [name, value] of Object.entries(body))
    Object.assign(given, readMember(context, table, { name, value }, mode));
  requireColumns(table, given, mode);
  if (mode === 'update') return { ...given, ...updatedState(table, given) };
  return { ...defaultValues(table), ...given, ...createdState(table, given) };
}

type Member = { name: string; value: unknown };

function readMember(context: BodyContext, table: Table, { name, value }: Member, mode: BodyMode): Row {
  if (name.endsWith(BIND)) {
    const { column, id } = readBind(context, table, name.slice(0, -BIND.length), value);
    return isWritable(table.columns.get(column), mode) ? { [column]: id } : {};
  }
  if (name === '@odata.type') requireType(table, value);
  if (name.includes('@')) return {};
  const column = table.columns.get(name);
  if (column === undefined) throw unknownMember(table, name);
  if (isLookup(column)) throw directLookup();
  const read = readBodyValue(table, column, value);
  return isWritable(column, mode) && column.name !== (mode === 'update' ? table.key : '') ? { [name]: read } : {};
}

/** With or without `#`, by the namespace or its alias. */
function requireType(table: Table, value: unknown): void {
  const named = String(value).replace(/^#?(?:Microsoft\.Dynamics\.CRM|mscrm)\./, '');
  if (named !== table.name) throw wrongEntityType(table, String(value).replace(/^#/, ''));
}

function unknownMember(table: Table, name: string): Error {
  if (table.navigation.has(name)) return notEmulated(`related rows inside a body ('${name}')`);
  return invalidProperty(name, table);
}

function isWritable(column: Column | undefined, mode: BodyMode): boolean {
  return (mode === 'create' ? column?.validForCreate : column?.validForUpdate) ?? false;
}

/** SystemRequired is enforced by the API, ApplicationRequired by forms only. [documented] */
function requireColumns(table: Table, given: Row, mode: BodyMode): void {
  for (const column of table.columns.values()) {
    if (column.requiredLevel !== 'SystemRequired' || column.name === table.key || column.default !== undefined)
      continue;
    const value = given[column.name];
    if (value === null || (value === undefined && mode === 'create'))
      throw requiredFieldMissing(column.logical, table.name);
  }
}

/** What a new row has when nothing is said. */
function defaultValues(table: Table): Row {
  return Object.fromEntries(
    [...table.columns.values()].flatMap((column) =>
      column.default === undefined ? [] : [[column.name, column.default]],
    ),
  );
}

function createdState(table: Table, given: Row): Row {
  const { statecode } = table.columns.has('statecode') ? defaultValues(table) : {};
  if (given.statecode === undefined && given.statuscode !== undefined) return statePair(table, given, undefined);
  return statePair(table, given, statecode);
}

/** A new state brings its status reason; a status reason alone needs the row's state, which the caller has. */
function updatedState(table: Table, given: Row): Row {
  return given.statecode === undefined ? {} : statePair(table, given, undefined);
}
