/** Rows by the usual verbs: POST, PATCH, PUT and DELETE of one property, DELETE; and many new ones at once. */

import { refuse } from '../errors/errors.ts';
import { readRow } from '../odata/read-body.ts';
import { runQuery } from '../odata/run-query.ts';
import { isJsonObject, type JsonObject } from '../odata/values.ts';
import { requireAccess, requirePrivileges, visibleRow } from '../organization/privileges.ts';
import type { Answer } from '../requests/wire.ts';
import { requireTable } from '../schema/schema.ts';
import { foldText, type Row } from '../store/row.ts';
import { changeMemberCount, leaveLists } from './members.ts';
import { computedColumns, newRow, statePair } from './new-row.ts';
import { complexAnswer, modifiedColumns, type NamedOperation, type OperationContext } from './operation.ts';

type RowId = { table: string; id: string };

/** POST on an entity set. */
export function create(context: OperationContext, table: string): Answer {
  const { body } = context.request;
  const id = context.store.transaction(() => createRow(context, { table, body }));
  return writtenAnswer(context, { table, id, isNew: true });
}

/** CreateMultiple: on standard tables any error rolls the whole call back and names no index. [documented] */
export const createMultiple: NamedOperation = (context, { table, parameters }) => {
  const { Targets: targets } = parameters;
  if (!Array.isArray(targets) || targets.length === 0) throw refuse.invalidArgument();
  const ids = context.store.transaction(() =>
    targets.map((target: unknown) => {
      if (!isJsonObject(target)) throw refuse.invalidArgument();
      // Each target names its type. [documented]
      if (target['@odata.type'] === undefined) throw refuse.abstractMember();
      return createRow(context, { table, body: target });
    }),
  );
  return complexAnswer(context, 'CreateMultipleResponse', { Ids: ids });
};

/** `id`: from the URL of a PATCH; it wins over the body's. */
function createRow(
  context: OperationContext,
  { table, body, id }: { table: string; body: JsonObject; id?: string },
): string {
  // Conflict: table pages list POST for listmember, but no payload could name list and member; the field reports a refusal.
  if (table === 'listmember') throw refuse.messageNotSupported('Create', table);
  if (context.schema.isIntersect(table)) throw refuse.unsupportedTable();
  requireAccess(context, 'Create', table);
  const { key } = requireTable(context.schema, table);
  const given = readRow(context, table, body, 'create');
  if (id !== undefined) given[key] = id;
  // A lookup on the new row needs Append on the row and AppendTo on its target.
  if (table === 'lead' && (given._campaignid_value ?? null) !== null)
    requirePrivileges(context, ['prvAppendLead', 'prvAppendToCampaign']);
  const row = newRow(context, table, given);
  const rowId = String(row[key]);
  const mayBeReused = given[key] === undefined || context.switches.reusedId === 'allowed';
  if (!mayBeReused && context.store.getSetting(deletedSetting(table, rowId)) !== undefined)
    throw refuse.idTaken(context.switches.takenIdCode, 'Cannot insert duplicate key.');
  refuseDuplicates(context, { table, row });
  if (!context.store.insert(table, row))
    throw refuse.idTaken(context.switches.takenIdCode, refuse.duplicateKey().message);
  return rowId;
}

/** U31 (reusedId): which ids were deleted is remembered, as by an organization that keeps deleted records. */
function deletedSetting(table: string, id: string): string {
  return `deleted:${table}:${id}`;
}

/** Changes of an existing row: PATCH, one property by PUT or DELETE, and the bulk messages. */
export function updateRow(context: OperationContext, { table, id, body }: RowId & { body: JsonObject }): void {
  if (context.schema.isIntersect(table)) throw refuse.messageNotSupported('Update', table);
  const before = visibleRow(context, table, id);
  requireAccess(context, 'Write', table, before);
  const changes = readRow(context, table, body, 'update');
  // A status reason alone must fit the state that the row has. [documented code]
  Object.assign(changes, statePair(requireTable(context.schema, table), changes, before.statecode));
  if (table === 'list' && before.type === true && changes.lockstatus === true) throw refuse.lockOnDynamicList();
  const after: Row = { ...before, ...changes };
  if (changes.emailaddress1 !== undefined) refuseDuplicates(context, { table, row: after });
  if (changes._ownerid_value !== undefined) changes._owninguser_value = changes._ownerid_value;
  context.store.update(table, id, { ...changes, ...computedColumns(table, after), ...modifiedColumns(context) });
}

/** `If-Match` with a row version. [documented] */
function requireVersion(row: Row, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const wanted = /"?(\d+)"?\s*$/.exec(ifMatch.replace(/^W\//, ''))?.[1];
  if (wanted !== String(row.versionnumber)) throw refuse.versionMismatch();
}

/** PATCH on a row: update it, or create it under the id of the URL, as `If-Match` and `If-None-Match` allow. */
export function upsert(context: OperationContext, { table, id }: RowId): Answer {
  const { body, headers } = context.request;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const isNew = context.store.transaction(() => {
    const row = context.store.get(table, id);
    if (row === undefined) {
      if (ifMatch !== undefined) throw refuse.rowAbsent(table, id);
      createRow(context, { table, body, id });
      return true;
    }
    // U24 (createOnlyPatchOnList): untested on lists, where it may update after all.
    const isIgnoredOnList = table === 'list' && context.switches.createOnlyPatchOnList === 'upsert';
    if (ifNoneMatch === '*' && !isIgnoredOnList) throw refuse.duplicateKey();
    requireVersion(row, ifMatch);
    updateRow(context, { table, id, body });
    return false;
  });
  return writtenAnswer(context, { table, id, isNew });
}

/** DELETE of a row, with the rows that go with it. */
export function deleteRow(context: OperationContext, { table, id }: RowId): Answer {
  const { store, switches } = context;
  // U18 (deleteListMember): documented, never seen over the Web API.
  const isRefused = table === 'listmember' && switches.deleteListMember === 'refused';
  if (table === 'campaignitem' || isRefused) throw refuse.messageNotSupported('Delete', table);
  store.transaction(() => {
    const row = visibleRow(context, table, id);
    requireAccess(context, 'Delete', table, row);
    requireVersion(row, context.request.headers['if-match']);
    removeDependents(context, { table, id });
    store.remove(table, id);
    if (table === 'listmember') changeMemberCount(context, String(row._listid_value), -1);
    store.setSetting(deletedSetting(table, id), '1');
  });
  return { status: 204 };
}

function removeDependents(context: OperationContext, { table, id }: RowId): void {
  const { store } = context;
  const removeAll = (dependent: 'listmember' | 'campaignitem', where: Row): void => {
    for (const row of store.find(dependent, where)) store.remove(dependent, String(row[`${dependent}id`]));
  };
  if (table === 'lead' || table === 'contact' || table === 'account') leaveLists(context, id);
  if (table === 'list') {
    removeAll('listmember', { _listid_value: id });
    removeAll('campaignitem', { entityid: id });
  }
  if (table === 'campaign') {
    removeAll('campaignitem', { _campaignid_value: id });
    for (const lead of store.find('lead', { _campaignid_value: id }))
      store.update('lead', String(lead.leadid), { _campaignid_value: null });
  }
}

/** Duplicate-detection rules run only when the request says so. [documented] */
function refuseDuplicates(context: OperationContext, { table, row }: { table: string; row: Row }): void {
  if (context.request.headers['mscrm.suppressduplicatedetection']?.toLowerCase() !== 'false') return;
  const { emailaddress1: email } = row;
  const { key, hasDuplicateRule } = requireTable(context.schema, table);
  if (!hasDuplicateRule || typeof email !== 'string' || email === '') return;
  const { collation, duplicateStatus } = context.switches;
  for (const other of context.store.find(table, { emailaddress1: email })) {
    const isEqual = foldText(String(other.emailaddress1), collation) === foldText(email, collation);
    if (other[key] !== row[key] && isEqual) throw refuse.duplicateFound(duplicateStatus === '500' ? 500 : 412);
  }
}

/** Only the row's URL, or the row itself when the request prefers it. */
function writtenAnswer(context: OperationContext, { table, id, isNew }: RowId & { isNew: boolean }): Answer {
  const url = `${context.apiRoot}${requireTable(context.schema, table).set}(${id})`;
  const headers = { ...(isNew ? { Location: url } : {}), 'OData-EntityId': url };
  if (!context.preferences.returnRepresentation) return { status: 204, headers };
  const { body } = runQuery(context, { kind: 'row', table, id }, context.request.rawQuery);
  return { status: isNew ? 201 : 200, body, headers };
}
