/** What the server fills in when a row is made: defaults, owner, times, names and codes. */
import { randomInt } from 'node:crypto';
import { lockOnDynamicList, queryOnStaticList, requiredFieldMissing } from '../errors/row-errors.ts';
import { requireTable, type Table } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import { createdColumns, type OperationContext } from './operation.ts';

/** As much of an operation's context as it takes to make a row; seeds have no more. */
export type RowMaker = Pick<OperationContext, 'schema' | 'userId' | 'businessUnitId' | 'now' | 'newId'> & {
  caller: { onBehalfBy?: string };
};

export function newRow(context: RowMaker, tableName: string, given: Row): Row {
  const table = requireTable(context.schema, tableName);
  requireColumns(table, given);
  const row: Row = {
    ...tableDefaults(table),
    ...ownership(context, table, given),
    ...known(table, createdColumns(context)),
    ...given,
  };
  row[table.key] ??= context.newId();
  return {
    ...row,
    ...defaultStatus(table, row),
    ...computedColumns(tableName, row),
    ...tableRules(tableName, row),
    ...migratedTime(row),
  };
}

/**
 * `overriddencreatedon` of a creation becomes `createdon`, and keeps when the row was really made, "the date and time that the record was
 * migrated". [documented: table references; which way round: field]
 * Differs: the privilege to do so is not asked for.
 */
function migratedTime({ createdon = null, overriddencreatedon = null }: Row): Row {
  return overriddencreatedon === null ? {} : { createdon: overriddencreatedon, overriddencreatedon: createdon };
}

/** Only SystemRequired is enforced by the API. [documented] The server fills in what has a default, the key and the owner. */
function requireColumns(table: Table, given: Row): void {
  for (const column of table.columns.values()) {
    if (column.requiredLevel !== 'SystemRequired' || column.name === table.key) continue;
    if (column.default !== undefined || column.type === 'owner' || !column.validForCreate) continue;
    if (column.type === 'state' || (given[column.name] ?? null) !== null) continue;
    throw requiredFieldMissing(column.logical, table.name);
  }
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
  return known(table, {
    _ownerid_value: owner,
    _owninguser_value: owner,
    _owningbusinessunit_value: context.businessUnitId,
  });
}

function known(table: Table, row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => table.columns.has(name)));
}

/** A state given without a reason gets the reason that goes with it. */
function defaultStatus(table: Table, row: Row): Row {
  const reasons = table.columns.get('statecode')?.defaultStatus;
  const reason = reasons?.[String(row.statecode)];
  const states = table.columns.get('statuscode')?.options;
  const fits = states?.some((option) => option.value === row.statuscode && option.state === row.statecode);
  return reason === undefined || fits === true ? {} : { statuscode: reason };
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
  if (row.type === true && row.lockstatus === true) throw lockOnDynamicList();
  if (row.type !== true && (row.query ?? null) !== null) throw queryOnStaticList();
  return { membertype: row.createdfromcode ?? null, membercount: 0 };
}

const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTVWXYZ0123456789';
const FIRST_CODE = 1000;
const LAST_CODE = 99_999;

/** As Dynamics' automatic numbers look: `CMP-01042-K7R2QD`. */
function generatedCode(): string {
  const number = String(randomInt(FIRST_CODE, LAST_CODE)).padStart(5, '0');
  const suffix = Array.from({ length: 6 }, () => CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)));
  return `CMP-${number}-${suffix.join('')}`;
}
