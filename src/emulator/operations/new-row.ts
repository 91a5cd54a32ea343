/** What the server fills in when a row is made: defaults, owner, times, names and codes. */
import { randomInt } from 'node:crypto';
import { refuse } from '../errors/errors.ts';
import type { Column } from '../schema/column.ts';
import { requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import { createdColumns, type OperationContext } from './operation.ts';

/** The part of an operation's context that making a row needs; seeds have no more. */
export type RowMaker = Pick<OperationContext, 'schema' | 'userId' | 'businessUnitId' | 'now' | 'newId'> & {
  caller: { onBehalfBy?: string };
};

export function newRow(context: RowMaker, tableName: string, given: Row): Row {
  const table = requireTable(context.schema, tableName);
  const missing = [...table.columns.values()].find((column) => isMissing(table, column, given));
  if (missing !== undefined) throw refuse.requiredFieldMissing(missing.logical, tableName);
  // Columns whose default differs by table are data of the schema; the opt-outs are Allow everywhere.
  const defaults: Row = {};
  for (const column of table.columns.values()) {
    if (column.default !== undefined) defaults[column.name] = column.default;
    else if (OPT_OUTS.includes(column.name)) defaults[column.name] = false;
  }
  const row: Row = {
    ...defaults,
    ...ownership(context, table, given),
    ...known(table, createdColumns(context)),
    ...given,
    ...statePair(table, given, given.statuscode === undefined ? defaults.statecode : undefined),
  };
  row[table.key] ??= context.newId();
  return { ...row, ...computedColumns(tableName, row), ...tableRules(tableName, row), ...migratedTime(row) };
}

/**
 * `overriddencreatedon` of a creation becomes `createdon`, and keeps when the row was really made, "the date and time that the record was
 * migrated". [documented: table references; which way round: field]
 * Differs: the privilege to do so is not checked.
 */
function migratedTime({ createdon = null, overriddencreatedon = null }: Row): Row {
  return overriddencreatedon === null ? {} : { createdon: overriddencreatedon, overriddencreatedon: createdon };
}

/** Only SystemRequired is enforced by the API. [documented] The server fills in what has a default, the key and the owner. */
function isMissing(table: Table, column: Column, given: Row): boolean {
  if (column.requiredLevel !== 'SystemRequired' || column.name === table.key || !column.validForCreate) return false;
  return column.default === undefined && column.type !== 'owner' && (given[column.name] ?? null) === null;
}

const OPT_OUTS = ['donotbulkemail', 'donotemail', 'donotphone', 'donotfax', 'donotpostalmail', 'donotsendmm', 'merged'];

function ownership(context: RowMaker, table: Table, given: Row): Row {
  if (!table.columns.has('_ownerid_value')) return {};
  const owner = given._ownerid_value ?? context.userId;
  // Tables of relationships have the plain names.
  return known(table, {
    _ownerid_value: owner,
    _owninguser_value: owner,
    _owningbusinessunit_value: context.businessUnitId,
    owninguser: owner,
    owningbusinessunit: context.businessUnitId,
  });
}

function known(table: Table, row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => table.columns.has(name)));
}

/**
 * The state columns of a change, completed: a state brings its default status reason, a status reason must fit its state.
 * `currentState` is the row's state before an update; on creation the default.
 */
export function statePair(table: Table, changes: Row, currentState: Value | undefined): Row {
  if (changes.statecode === undefined && changes.statuscode === undefined) return {};
  const state = changes.statecode ?? currentState ?? null;
  const statuscode = changes.statuscode ?? table.columns.get('statecode')?.defaultStatus?.[String(state)];
  const option = table.columns.get('statuscode')?.options?.find(({ value }) => value === statuscode);
  if (statuscode === undefined || option === undefined || (state !== null && option.state !== state))
    throw refuse.invalidStatePair();
  return { statecode: state ?? option.state ?? null, statuscode };
}

/** Columns that follow others; also after an update. */
export function computedColumns(table: string, row: Row): Row {
  if (table !== 'lead' && table !== 'contact') return {};
  const names = [row.firstname, row.middlename, row.lastname].filter((name) => typeof name === 'string' && name !== '');
  return { fullname: names.length === 0 ? null : names.join(' ') };
}

function tableRules(table: string, row: Row): Row {
  if (table === 'campaign') return { codename: row.codename || generatedCode(), istemplate: row.istemplate ?? false };
  if (table !== 'list') return {};
  if (row.type === true && row.lockstatus === true) throw refuse.lockOnDynamicList();
  if (row.type !== true && (row.query ?? null) !== null) throw refuse.queryOnStaticList();
  return { membertype: row.createdfromcode ?? null, membercount: 0 };
}

const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTVWXYZ0123456789';

/** In the form of Dynamics' automatic numbers: `CMP-01042-K7R2QD`. */
function generatedCode(): string {
  const number = String(randomInt(1000, 99_999)).padStart(5, '0');
  const suffix = Array.from({ length: 6 }, () => CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)));
  return `CMP-${number}-${suffix.join('')}`;
}
