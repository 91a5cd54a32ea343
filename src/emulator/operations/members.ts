/** Members of static lists: the four actions that put people on a list and take them off, and what these share. */

import { type ODataError, refuse } from '../errors/errors.ts';
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
import { judge, memberRows, type PersonTable, type StaticList } from './people-to-add.ts';

// AddListMembersList: many people of one type onto one static list. [documented]

/** U16 (membersSize): no limit is documented; one repository caps. */
const REFUSED_ABOVE = 500;

export const addListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  if (context.switches.membersSize === 'limit-500' && members.length > REFUSED_ABOVE) throw refuse.invalidArgument();
  const { refusal } = context.store.transaction(() => {
    return addMembers(context, listToAddTo(context, listId), members);
  });
  if (refusal !== undefined) throw refusal;
  return { status: 204 };
};

function listAndMembers(
  context: OperationContext,
  { parameters }: BoundRequest,
): { listId: string; members: readonly RowReference[] } {
  const list = readReference(context.schema, parameters.List, 'list');
  if (!Array.isArray(parameters.Members) || parameters.Members.length === 0) throw refuse.invalidArgument();
  return { listId: list.id, members: parameters.Members.map((member) => readReference(context.schema, member)) };
}

/** AddMemberList: one person by id; the table follows from the list. [inferred] */
export const addMemberList: NamedOperation = (context, { id: listId, parameters }) => {
  const personId = readGuid(String(parameters.EntityId)) ?? '';
  const { rows, refusal } = context.store.transaction(() => {
    const list = listToAddTo(context, listId);
    return addMembers(context, list, [{ table: list.table, id: personId }]);
  });
  if (refusal !== undefined) throw refusal;
  return complexAnswer(context, 'AddMemberListResponse', { Id: rows.get(personId) ?? NO_ROW });
};

/** Somebody passed over (U5 skipped) has no membership row. */
const NO_ROW = '00000000-0000-0000-0000-000000000000';

/** RemoveListMembersList: what Microsoft's own interface sends. [name documented, shape field] */
export const removeListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  const ids = members.map((member) => member.id);
  const strangers = context.store.transaction(() => {
    const list = listToRemoveFrom(context, listId);
    requirePrivileges(context, REMOVE_PRIVILEGES);
    // U8 (removeListNonMembers): ignored, refused as a whole, or members go and the call still fails.
    if (context.switches.removeListNonMembers === 'error') {
      const present = new Set(memberRows(context, listId, ids).map(({ personId }) => personId));
      if (ids.some((id) => !present.has(id))) throw refuse.notAListMember();
    }
    return removeMembers(context, list, ids);
  });
  if (strangers.length > 0 && context.switches.removeListNonMembers === 'partial') throw refuse.notAListMember();
  return { status: 204 };
};

/**
 * RemoveMemberList: one person. `ListMember.listmemberid` is the PERSON's id, as all field code has it; the row's id is no member.
 * U10 (removeMemberList): its success status, its parameter. U7 (removeNonMember).
 */
export const removeMemberList: NamedOperation = (context, { id: listId, parameters }) => {
  const { removeMemberList: offer, removeNonMember } = context.switches;
  if (offer === 'parameter-refused') throw refuse.untypedParameter('ListMember', 'RemoveMemberList');
  const { id } = readReference(context.schema, parameters.ListMember, 'listmember');
  context.store.transaction(() => {
    const list = listToRemoveFrom(context, listId);
    requirePrivileges(context, REMOVE_PRIVILEGES);
    const strangers = removeMembers(context, list, [id]);
    if (strangers.length > 0 && removeNonMember === 'error') throw refuse.notAListMember();
  });
  return offer === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};

const PERSON_PRIVILEGES = {
  lead: ['prvReadLead', 'prvAppendLead'],
  contact: ['prvReadContact', 'prvAppendContact'],
  account: ['prvReadAccount', 'prvAppendAccount'],
} as const;

const REMOVE_PRIVILEGES = ['prvReadList', 'prvAppendToList'];

type AddResult = {
  /** Person → membership row. */
  rows: ReadonlyMap<string, string>;
  /** To be thrown once what was added is committed. */
  refusal?: ODataError;
};

/** U3 (addOneBadPerson): one bad person spoils the whole call, or only itself. */
function addMembers(context: OperationContext, list: StaticList, members: readonly RowReference[]): AddResult {
  requirePrivileges(context, ['prvReadList', 'prvAppendToList', ...PERSON_PRIVILEGES[list.table]]);
  const { add, refused, existing } = judge(context, list, members);
  const [refusal] = refused;
  if (refusal !== undefined && context.switches.addOneBadPerson === 'nothing-added') throw refusal;
  const rows = new Map(existing);
  const shared = {
    ...createdColumns(context),
    _createdby_value: memberCreator(context.switches, context.userId),
    _listid_value: list.id,
    entitytype: list.table,
    _ownerid_value: list.row._ownerid_value ?? null,
    owninguser: list.row._owninguser_value ?? null,
    owningbusinessunit: list.row._owningbusinessunit_value ?? null,
  };
  const taken = new Set(existing.keys());
  for (const { id, name } of add) {
    const listmemberid = taken.has(id) ? context.newId() : memberId(context, list.id, id);
    taken.add(id);
    context.store.insert('listmember', { ...shared, listmemberid, _entityid_value: id, name });
    rows.set(id, listmemberid);
  }
  if (add.length > 0) changeMemberCount(context, list.id, add.length);
  return refusal === undefined ? { rows } : { rows, refusal };
}

/** U32 (memberCreator): whom a new membership row names as its creator. */
export function memberCreator(
  { memberCreator: answer }: Pick<Switches, 'memberCreator'>,
  callerId: string,
): string | null {
  if (answer === 'none') return null;
  if (answer === 'caller') return callerId;
  return answer === 'system' ? SYSTEM_USER_ID : SALES_USER_ID;
}

/** U23 (readdedMemberId): the same id again when somebody comes back, or a new one. */
function memberId(context: OperationContext, listId: string, personId: string): string {
  if (context.switches.readdedMemberId === 'new') return context.newId();
  return fixedId(listId, personId);
}

/** Takes out every row of these people; gives the people who had none. */
function removeMembers(context: OperationContext, list: StaticList, ids: readonly string[]): string[] {
  const rows = memberRows(context, list.id, ids);
  for (const { id } of rows) context.store.remove('listmember', id);
  if (rows.length > 0) changeMemberCount(context, list.id, -rows.length);
  const found = new Set(rows.map(({ personId }) => personId));
  return [...new Set(ids)].filter((id) => !found.has(id));
}

/** Somebody who is gone, or is another from now on, is on no list any more. */
export function leaveLists(context: OperationContext, personId: string): void {
  for (const row of context.store.find('listmember', { _entityid_value: personId })) {
    context.store.remove('listmember', String(row.listmemberid));
    changeMemberCount(context, String(row._listid_value), -1);
  }
}

/** U26 (memberCount): the server keeps `membercount`, and may lag. Lagging here is one write behind; never the truth, as documented. */
export function changeMemberCount(context: OperationContext, listId: string, change: number): void {
  const name = `membercount:${listId}`;
  // Counted once per list: later changes are added up.
  const counted = (): number => {
    const [row] = context.store.select('SELECT count(*) AS n FROM listmember WHERE _listid_value = ?', [listId]);
    return Number(row?.n ?? 0) - change;
  };
  const before = Number(context.store.getSetting(name) ?? counted());
  const after = before + change;
  context.store.setSetting(name, String(after));
  context.store.update('list', listId, { membercount: context.switches.memberCount === 'exact' ? after : before });
}

/** By createdfromcode. */
const TABLE_BY_CODE: Readonly<Record<string, PersonTable>> = { 1: 'account', 2: 'contact', 4: 'lead' };

function listToAddTo(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (list.row.statecode !== 0) throw refuse.listNotActive();
  if (list.row.lockstatus === true) throw refuse.listLocked();
  return list;
}

/** U14 (removeFromLockedList): that adding is refused is documented; removing is not settled. */
function listToRemoveFrom(context: OperationContext, id: string): StaticList {
  const isAllowed = context.switches.removeFromLockedList === 'allowed';
  return isAllowed ? readList(context, id) : listToAddTo(context, id);
}

function readList(context: OperationContext, id: string): StaticList {
  const row = visibleRow(context, 'list', id);
  if (row.type === true) throw refuse.dynamicList();
  return { id, row, table: TABLE_BY_CODE[String(row.createdfromcode)] ?? 'lead' };
}
