/** Members of static lists: the four actions that add people to a list and remove them, and what these share. */

import { refuse } from '../errors/errors.ts';
import { readGuid } from '../odata/values.ts';
import { fixedId, SALES_USER_ID, SYSTEM_USER_ID } from '../organization/organization.ts';
import { requirePrivileges, visibleRow } from '../organization/privileges.ts';
import type { Switches } from '../switches.ts';
import {
  type BoundRequest,
  complexAnswer,
  createdColumns,
  type NamedOperation,
  type OperationContext,
} from './operation.ts';
import { type RowReference, readReference } from './parameters.ts';
import { type CheckedPeople, checkPeople, memberRows, type PersonTable, type StaticList } from './people-to-add.ts';

// AddListMembersList: many people of one type onto one static list. [documented]

/** U16 (membersSize): no limit is documented; one repository caps. */
const REFUSED_ABOVE = 500;

export const addListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  if (context.switches.membersSize === 'limit-500' && members.length > REFUSED_ABOVE) throw refuse.invalidArgument();
  addMembers(context, listId, () => members);
  return { status: 204 };
};

function listAndMembers(
  { schema }: OperationContext,
  { parameters }: BoundRequest,
): { listId: string; members: readonly RowReference[] } {
  const list = readReference(schema, parameters.List, 'list');
  if (!Array.isArray(parameters.Members) || parameters.Members.length === 0) throw refuse.invalidArgument();
  return { listId: list.id, members: parameters.Members.map((member) => readReference(schema, member)) };
}

/** AddMemberList: one person by id; the table follows from the list. [inferred] */
export const addMemberList: NamedOperation = (context, { id: listId, parameters }) => {
  const personId = readGuid(String(parameters.EntityId)) ?? '';
  const rows = addMembers(context, listId, ({ table }) => [{ table, id: personId }]);
  return complexAnswer(context, 'AddMemberListResponse', { Id: rows.get(personId) ?? NO_ROW });
};

/** Somebody who was skipped (U5) has no membership row. */
const NO_ROW = '00000000-0000-0000-0000-000000000000';

/**
 * RemoveListMembersList: what Microsoft's own interface sends. [name documented, shape field]
 * U8 (removeListNonMembers): they are ignored, or the call is refused as a whole, or it fails although the members are removed.
 */
export const removeListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  const { removeListNonMembers } = context.switches;
  const ids = members.map(({ id }) => id);
  const nonMembers = removeMembers(context, listId, { ids, mustBeMembers: removeListNonMembers === 'error' });
  if (nonMembers.length > 0 && removeListNonMembers === 'partial') throw refuse.notAListMember();
  return { status: 204 };
};

/**
 * RemoveMemberList: one person. `ListMember.listmemberid` is the PERSON's id, as all field code has it; the row's id is refused.
 * U10 (removeMemberList): its success status, its parameter. U7 (removeNonMember).
 */
export const removeMemberList: NamedOperation = (context, { id: listId, parameters }) => {
  const { removeMemberList: offer, removeNonMember } = context.switches;
  if (offer === 'parameter-refused') throw refuse.untypedParameter('ListMember', 'RemoveMemberList');
  const { id } = readReference(context.schema, parameters.ListMember, 'listmember');
  removeMembers(context, listId, { ids: [id], mustBeMembers: removeNonMember === 'error' });
  return offer === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};

const PERSON_PRIVILEGES = {
  lead: ['prvReadLead', 'prvAppendLead'],
  contact: ['prvReadContact', 'prvAppendContact'],
  account: ['prvReadAccount', 'prvAppendAccount'],
} as const;

/**
 * Gives the membership rows by person. U3 (addOneBadPerson): one bad person fails the whole call, or only itself; then the refusal is
 * thrown once the others are committed.
 */
function addMembers(
  context: OperationContext,
  listId: string,
  membersOf: (list: StaticList) => readonly RowReference[],
): ReadonlyMap<string, string> {
  const { store, switches } = context;
  const { rows, refusal } = store.transaction(() => {
    const list = listToAddTo(context, listId);
    requirePrivileges(context, ['prvReadList', 'prvAppendToList', ...PERSON_PRIVILEGES[list.table]]);
    const checked = checkPeople(context, list, membersOf(list));
    const [refusal] = checked.refused;
    if (refusal !== undefined && switches.addOneBadPerson === 'nothing-added') throw refusal;
    return { rows: insertMembers(context, list, checked), refusal };
  });
  if (refusal !== undefined) throw refusal;
  return rows;
}

function insertMembers(
  context: OperationContext,
  list: StaticList,
  { add, existing }: CheckedPeople,
): ReadonlyMap<string, string> {
  const shared = {
    ...createdColumns(context),
    _createdby_value: memberCreator(context.switches, context.userId),
    _listid_value: list.id,
    entitytype: list.table,
    _ownerid_value: list.row._ownerid_value ?? null,
    owninguser: list.row._owninguser_value ?? null,
    owningbusinessunit: list.row._owningbusinessunit_value ?? null,
  };
  const rows = new Map(existing);
  for (const { id, name } of add) {
    // U23 (readdedMemberId): somebody who is added again gets the same id as before, or a new one.
    const isNewId = rows.has(id) || context.switches.readdedMemberId === 'new';
    const listmemberid = isNewId ? context.newId() : fixedId(list.id, id);
    context.store.insert('listmember', { ...shared, listmemberid, _entityid_value: id, name });
    rows.set(id, listmemberid);
  }
  if (add.length > 0) changeMemberCount(context, list.id, add.length);
  return rows;
}

/** U32 (memberCreator): the creator that a new membership row names. */
export function memberCreator(
  { memberCreator: answer }: Pick<Switches, 'memberCreator'>,
  callerId: string,
): string | null {
  if (answer === 'none') return null;
  if (answer === 'caller') return callerId;
  return answer === 'system' ? SYSTEM_USER_ID : SALES_USER_ID;
}

/** Removes every row of these people; gives the people who had none. */
function removeMembers(
  context: OperationContext,
  listId: string,
  { ids, mustBeMembers }: { ids: readonly string[]; mustBeMembers: boolean },
): string[] {
  const { store } = context;
  return store.transaction(() => {
    // U14 (removeFromLockedList): that adding is refused is documented; removing is not settled.
    if (context.switches.removeFromLockedList === 'allowed') readList(context, listId);
    else listToAddTo(context, listId);
    requirePrivileges(context, ['prvReadList', 'prvAppendToList']);
    const rows = memberRows(context, listId, ids);
    const present = new Set(rows.map(({ personId }) => personId));
    const nonMembers = [...new Set(ids)].filter((id) => !present.has(id));
    if (nonMembers.length > 0 && mustBeMembers) throw refuse.notAListMember();
    for (const { id } of rows) store.remove('listmember', id);
    if (rows.length > 0) changeMemberCount(context, listId, -rows.length);
    return nonMembers;
  });
}

/** Takes a person who was deleted or qualified off every list. */
export function leaveLists(context: OperationContext, personId: string): void {
  for (const row of context.store.find('listmember', { _entityid_value: personId })) {
    context.store.remove('listmember', String(row.listmemberid));
    changeMemberCount(context, String(row._listid_value), -1);
  }
}

/** U26 (memberCount): the server keeps `membercount`, and may lag. Where it lags it is one write behind; it is documented as not exact. */
export function changeMemberCount(context: OperationContext, listId: string, change: number): void {
  const { store, switches } = context;
  const name = `membercount:${listId}`;
  // Counted once per list: later changes are added up.
  const counted = (): number => {
    const [row] = store.select('SELECT count(*) AS n FROM listmember WHERE _listid_value = ?', [listId]);
    return Number(row?.n ?? 0) - change;
  };
  const before = Number(store.getSetting(name) ?? counted());
  const after = before + change;
  store.setSetting(name, String(after));
  store.update('list', listId, { membercount: switches.memberCount === 'exact' ? after : before });
}

/** By createdfromcode. */
const TABLE_BY_CODE: Readonly<Record<string, PersonTable>> = { 1: 'account', 2: 'contact', 4: 'lead' };

function listToAddTo(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (list.row.statecode !== 0) throw refuse.listNotActive();
  if (list.row.lockstatus === true) throw refuse.listLocked();
  return list;
}

function readList(context: OperationContext, id: string): StaticList {
  const row = visibleRow(context, 'list', id);
  if (row.type === true) throw refuse.dynamicList();
  return { id, row, table: TABLE_BY_CODE[String(row.createdfromcode)] ?? 'lead' };
}
