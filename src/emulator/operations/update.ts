/** Changes of a row that is there: PATCH, one property by PUT or DELETE, and the bulk messages. */
import { lockOnDynamicList } from '../errors/membership-errors.ts';
import { messageNotSupported, rowAbsent, versionMismatch } from '../errors/row-errors.ts';
import { readRow } from '../odata/read-body.ts';
import { statePair } from '../odata/state-pair.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row } from '../store/row-store.ts';
import type { JsonObject } from './action-parameters.ts';
import { canSee, requireAccess } from './authorize.ts';
import { ACTION_TABLES } from './create.ts';
import { refuseDuplicates } from './duplicates.ts';
import { computedColumns } from './new-row.ts';
import { modifiedColumns, type OperationContext, type OperationRequest } from './operation.ts';

export type RowChange = {
  table: string;
  id: string;
  body: JsonObject;
  headers: OperationRequest['headers'];
};

export function updateRow(context: OperationContext, { table, id, body, headers }: RowChange): void {
  const before = requireRow(context, table, id);
  requireAccess(context, 'Write', table, before);
  const changes = readRow(context, table, body, 'update');
  requireFittingState(context, table, { before, changes });
  keepFixedColumns(table, before, changes);
  const after: Row = { ...before, ...changes };
  if (changes.emailaddress1 !== undefined) refuseDuplicates(context, { table, row: after, headers });
  if (changes._ownerid_value !== undefined) changes._owninguser_value = changes._ownerid_value;
  context.store.update(table, id, { ...changes, ...computedColumns(table, after), ...modifiedColumns(context) });
}

/** The row, or the refusal that it is not there; a row hidden by security looks the same. */
function requireRow(context: OperationContext, table: string, id: string): Row {
  if (ACTION_TABLES.includes(table)) throw messageNotSupported('Update', table);
  return visibleRow(context, table, id);
}

export function visibleRow(context: OperationContext, table: string, id: string): Row {
  const row = context.store.get(table, id);
  if (row === undefined || !canSee(context, table, row)) throw rowAbsent(table, id);
  return row;
}

/** `If-Match` with a row version. [documented] */
export function requireVersion(row: Row, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const wanted = /"?(\d+)"?\s*$/.exec(ifMatch.replace(/^W\//, ''))?.[1];
  if (wanted !== String(row.versionnumber)) throw versionMismatch();
}

/** A status reason alone must fit the state that the row has. [documented code] */
function requireFittingState(context: OperationContext, table: string, rows: { before: Row; changes: Row }): void {
  const { before, changes } = rows;
  if (changes.statuscode === undefined || changes.statecode !== undefined) return;
  statePair(requireTable(context.schema, table), changes, before.statecode);
}

/** Fixed after creation: the stored value never changes, whether the service refuses or ignores the attempt. [unsettled answer] */
function keepFixedColumns(table: string, before: Row, changes: Row): void {
  if (table !== 'list') return;
  for (const column of ['createdfromcode', 'type', 'membercount', 'membertype']) delete changes[column];
  if (before.type === true && changes.lockstatus === true) throw lockOnDynamicList();
}
