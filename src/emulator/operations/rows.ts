/** Rows by the usual verbs: POST, PATCH, PUT and DELETE of one property, DELETE. */

import {
  duplicateFound,
  duplicateInsert,
  duplicateKey,
  lockOnDynamicList,
  messageNotSupported,
  rowAbsent,
  unsupportedTable,
  versionMismatch,
} from '../errors/row-errors.ts';
import { readRow, statePair } from '../odata/read-body.ts';
import { runQuery } from '../odata/run-query.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import type { Answer } from '../wire.ts';
import { changeMemberCount } from './members.ts';
import { computedColumns, newRow } from './new-row.ts';
import {
  modifiedColumns,
  type OperationContext,
  type OperationRequest,
  requireAccess,
  requirePrivileges,
  visibleRow,
} from './operation.ts';
import type { JsonObject } from './parameters.ts';

/** POST on an entity set, and the creating half of PATCH and of the bulk messages. */
export function create(context: OperationContext, request: OperationRequest, table: string): Answer {
  const id = context.store.transaction(() =>
    createRow(context, { table, body: request.body, headers: request.headers }),
  );
  return writtenAnswer(context, request, { table, id, isNew: true });
}

type NewRowRequest = {
  table: string;
  body: JsonObject;
  headers: OperationRequest['headers'];
  /** From the URL of a PATCH; it wins over the body's. */
  id?: string;
};

/** Rows that only actions make. */
const ACTION_TABLES: readonly string[] = ['listmember', 'campaignitem'];

export function createRow(context: OperationContext, { table, body, headers, id }: NewRowRequest): string {
  // Conflict: table pages list POST for listmember, but no payload could name list and member; the field reports a refusal.
  if (ACTION_TABLES.includes(table)) throw refusedCreate(table);
  requireAccess(context, 'Create', table);
  const key = requireTable(context.schema, table).key;
  const given = readRow(context, table, body, 'create');
  if (id !== undefined) given[key] = id;
  requireReferenceAccess(context, table, given);
  const row = newRow(context, table, given);
  const rowId = String(row[key]);
  if (context.switches.reusedId === 'refused' && given[key] !== undefined && wasDeleted(context.store, table, rowId)) {
    throw duplicateInsert();
  }
  refuseDuplicates(context, { table, row, headers });
  if (!context.store.insert(table, row)) throw duplicateKey();
  return rowId;
}

function refusedCreate(table: string): Error {
  if (table === 'listmember') return messageNotSupported('Create', table);
  return unsupportedTable();
}

/** A lookup on the new row needs Append on the row and AppendTo on its target. */
function requireReferenceAccess(context: OperationContext, table: string, given: Row): void {
  if (table === 'lead' && (given._campaignid_value ?? null) !== null) {
    requirePrivileges(context, ['prvAppendLead', 'prvAppendToCampaign']);
  }
}

/** Changes of a row that is there: PATCH, one property by PUT or DELETE, and the bulk messages. */
type RowChange = {
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

/** `If-Match` with a row version. [documented] */
function requireVersion(row: Row, ifMatch: string | undefined): void {
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

/** PATCH on a row: update it, or create it under the id of the URL, as `If-Match` and `If-None-Match` allow. */
type UpsertTarget = { table: string; id: string };

export function upsert(context: OperationContext, request: OperationRequest, { table, id }: UpsertTarget): Answer {
  const isNew = context.store.transaction(() => upsertRow(context, request, { table, id }));
  return writtenAnswer(context, request, { table, id, isNew });
}

function upsertRow(context: OperationContext, request: OperationRequest, { table, id }: UpsertTarget): boolean {
  const { body, headers } = request;
  const ifMatch = headers['if-match'];
  const row = context.store.get(table, id);
  if (row === undefined) {
    if (ifMatch !== undefined) throw rowAbsent(table, id);
    createRow(context, { table, body, headers, id });
    return true;
  }
  // U24 (createOnlyPatchOnList): untested on lists, where it may update after all.
  const isIgnoredOnList = table === 'list' && context.switches.createOnlyPatchOnList === 'upsert';
  if (headers['if-none-match'] === '*' && !isIgnoredOnList) throw duplicateKey();
  requireVersion(row, ifMatch);
  updateRow(context, { table, id, body, headers });
  return false;
}

/** DELETE of a row, with the rows that go with it. */
type DeleteTarget = { table: string; id: string };

export function deleteRow(context: OperationContext, request: OperationRequest, target: DeleteTarget): Answer {
  const { table, id } = target;
  // U18 (deleteListMember): documented, never seen over the Web API.
  const isRefused = table === 'listmember' && context.switches.deleteListMember === 'refused';
  if (table === 'campaignitem' || isRefused) throw messageNotSupported('Delete', table);
  context.store.transaction(() => {
    const row = visibleRow(context, table, id);
    requireAccess(context, 'Delete', table, row);
    requireVersion(row, request.headers['if-match']);
    removeDependents(context, target);
    context.store.remove(table, id);
    if (table === 'listmember') changeMemberCount(context, String(row._listid_value), -1);
    rememberDeleted(context.store, table, id);
  });
  return { status: 204 };
}

const PEOPLE: readonly string[] = ['lead', 'contact', 'account'];

function removeDependents(context: OperationContext, { table, id }: DeleteTarget): void {
  if (PEOPLE.includes(table)) removeMemberships(context, id);
  if (table === 'list') {
    removeAll(context, 'listmember', { _listid_value: id });
    removeAll(context, 'campaignitem', { entityid: id });
  }
  if (table === 'campaign') {
    removeAll(context, 'campaignitem', { _campaignid_value: id });
    for (const lead of context.store.find('lead', { _campaignid_value: id })) {
      context.store.update('lead', String(lead.leadid), { _campaignid_value: null });
    }
  }
}

function removeMemberships(context: OperationContext, personId: string): void {
  for (const row of context.store.find('listmember', { _entityid_value: personId })) {
    context.store.remove('listmember', String(row.listmemberid));
    changeMemberCount(context, String(row._listid_value), -1);
  }
}

function removeAll(
  context: OperationContext,
  table: 'listmember' | 'campaignitem',
  where: Record<string, string>,
): void {
  for (const row of context.store.find(table, where)) context.store.remove(table, String(row[`${table}id`]));
}

/** U31 (reusedId): remembers which ids were deleted, as an organization that keeps deleted records does. */
function rememberDeleted(store: RowStore, table: string, id: string): void {
  store.setSetting(settingName(table, id), '1');
}

function wasDeleted(store: RowStore, table: string, id: string): boolean {
  return store.getSetting(settingName(table, id)) !== undefined;
}

function settingName(table: string, id: string): string {
  return `deleted:${table}:${id}`;
}

/** The default duplicate-detection rules: the same e-mail among leads, or among contacts. They run only on request. [documented] */
const RULE_TABLES: readonly string[] = ['lead', 'contact'];

type DuplicateQuestion = { table: string; row: Row; headers: OperationRequest['headers'] };

function refuseDuplicates(context: OperationContext, { table, row, headers }: DuplicateQuestion): void {
  if (headers['mscrm.suppressduplicatedetection']?.toLowerCase() !== 'false') return;
  const email = row.emailaddress1;
  if (!RULE_TABLES.includes(table) || typeof email !== 'string' || email === '') return;
  const key = requireTable(context.schema, table).key;
  for (const other of context.store.find(table, { emailaddress1: email })) {
    if (other[key] === row[key]) continue;
    throw duplicateFound(context.switches.duplicateStatus === '500' ? 500 : 412);
  }
}

/** Answers of single-row writes: nothing but the row's URL, or the row itself when asked for. */
type WrittenRow = { table: string; id: string; isNew: boolean };

function rowUrl(context: { apiRoot: string; schema: OperationContext['schema'] }, table: string, id: string): string {
  return `${context.apiRoot}${requireTable(context.schema, table).set}(${id})`;
}

function writtenAnswer(context: OperationContext, request: OperationRequest, written: WrittenRow): Answer {
  const { table, id, isNew } = written;
  const url = rowUrl(context, table, id);
  const headers = { ...(isNew ? { Location: url } : {}), 'OData-EntityId': url };
  if (!request.preferences.returnRepresentation) return { status: 204, headers };
  const { annotations } = request.preferences;
  const { body } = runQuery(
    context,
    { kind: 'row', table, id },
    request.rawQuery,
    annotations === undefined ? {} : { annotations },
  );
  return { status: isNew ? 201 : 200, body, headers };
}
