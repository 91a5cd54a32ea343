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
  const defaults = tableDefaults(table);
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

/** Columns whose default differs by table are data of the schema; the opt-outs are Allow everywhere. */
function tableDefaults(table: Table): Row {
  const row: Row = {};
  for (const column of table.columns.values()) {
    if (column.default !== undefined) row[column.name] = column.default;
    else if (OPT_OUTS.includes(column.name)) row[column.name] = false;
  }
  return row;
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
  const { statecode, statuscode } = changes;
  if (statecode === undefined && statuscode === undefined) return {};
  const state = statecode ?? currentState;
  if (statuscode === undefined || statuscode === null)
    return { statecode: state ?? null, statuscode: defaultStatus(table, state) };
  const owner = table.columns.get('statuscode')?.options?.find((option) => option.value === statuscode);
  if (owner === undefined || (state !== undefined && state !== null && owner.state !== state))
    throw refuse.invalidStatePair();
  return { statecode: state ?? owner.state ?? null, statuscode };
}

function defaultStatus(table: Table, state: Value | undefined): number {
  const status = table.columns.get('statecode')?.defaultStatus?.[String(state)];
  if (status === undefined) throw refuse.invalidStatePair();
  return status;
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
const FIRST_CODE = 1000;
const LAST_CODE = 99_999;

/** In the form of Dynamics' automatic numbers: `CMP-01042-K7R2QD`. */
function generatedCode(): string {
  const number = String(randomInt(FIRST_CODE, LAST_CODE)).padStart(5, '0');
  const suffix = Array.from({ length: 6 }, () => CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)));
  return `CMP-${number}-${suffix.join('')}`;
}
