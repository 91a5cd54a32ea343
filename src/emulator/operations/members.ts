/** Members of static lists: the four actions that put people on a list and take them off, and what these share. */
import { createHash } from 'node:crypto';
import { type ODataError, segmentNotFound, untypedParameter } from '../errors/errors.ts';
import { dynamicList, invalidArgument, listLocked, listNotActive, notAListMember } from '../errors/row-errors.ts';
import { readGuid } from '../odata/values.ts';
import {
  type BoundRequest,
  complexAnswer,
  createdColumns,
  type NamedOperation,
  type OperationContext,
  requirePrivileges,
  visibleRow,
} from './operation.ts';
import { type RowReference, readReference } from './parameters.ts';
import { judge, type PersonTable, type StaticList } from './people-to-add.ts';

// AddListMembersList: many people of one type onto one static list. [documented]

/** U16 (membersSize): no limit is documented; one repository caps, one blog tells of background jobs. */
const REFUSED_ABOVE = 500;
const READS_UNTIL_VISIBLE = 2;

export const addListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  if (context.switches.membersSize === 'limit-500' && members.length > REFUSED_ABOVE) throw invalidArgument();
  const { refusal } = context.store.transaction(() => {
    const list = listToAddTo(context, listId);
    requireAddPrivileges(context, list);
    return addMembers(context, list, members);
  });
  if (context.switches.membersSize === 'asynchronous') context.delayReads(READS_UNTIL_VISIBLE);
  if (refusal !== undefined) throw refusal;
  return { status: 204 };
};

function listAndMembers(
  context: OperationContext,
  { parameters }: BoundRequest,
): { listId: string; members: readonly RowReference[] } {
  const list = readReference(context.schema, parameters.List, 'list');
  if (!Array.isArray(parameters.Members) || parameters.Members.length === 0) throw invalidArgument();
  return { listId: list.id, members: parameters.Members.map((member) => readReference(context.schema, member)) };
}

/** AddMemberList: one person by id; the table follows from the list. [inferred] */
export const addMemberList: NamedOperation = (context, { boundTo, parameters }) => {
  const personId = readGuid(String(parameters.EntityId)) ?? '';
  const { rows, refusal } = context.store.transaction(() => {
    const list = listToAddTo(context, boundTo?.id ?? '');
    requireAddPrivileges(context, list);
    return addMembers(context, list, [{ table: list.table, id: personId }]);
  });
  if (refusal !== undefined) throw refusal;
  return complexAnswer(context, 'AddMemberListResponse', { Id: rows.get(personId) ?? NO_ROW });
};

/** Somebody passed over (U5 skipped) has no membership row. */
const NO_ROW = '00000000-0000-0000-0000-000000000000';

/** RemoveListMembersList: what Microsoft's own interface sends. [name documented, shape field] U9 (removeListMembersList) takes it away. */
export const removeListMembersList: NamedOperation = (context, request) => {
  if (context.switches.removeListMembersList === 'absent') throw segmentNotFound('RemoveListMembersList');
  const { listId, members } = listAndMembers(context, request);
  const ids = members.map((member) => member.id);
  const strangers = context.store.transaction(() => {
    const list = listToRemoveFrom(context, listId);
    requireRemovePrivileges(context);
    // U8 (removeListNonMembers): ignored, refused as a whole, or members go and the call still fails.
    if (context.switches.removeListNonMembers === 'error') requireAllMembers(context, list, ids);
    return removeMembers(context, list, ids);
  });
  if (strangers.length > 0 && context.switches.removeListNonMembers === 'partial') throw notAListMember();
  return { status: 204 };
};

/**
 * RemoveMemberList: one person. `ListMember.listmemberid` is the PERSON's id, as all field code has it; the row's id is no member.
 * U10 (removeMemberList): offered or not, its success status, its parameter. U7 (removeNonMember).
 */
export const removeMemberList: NamedOperation = (context, { boundTo, parameters }) => {
  const { removeMemberList: offer, removeNonMember } = context.switches;
  if (offer === 'absent') throw segmentNotFound('Microsoft.Dynamics.CRM.RemoveMemberList');
  if (offer === 'parameter-refused') throw untypedParameter('ListMember', 'RemoveMemberList');
  const { id } = readReference(context.schema, parameters.ListMember, 'listmember');
  context.store.transaction(() => {
    const list = listToRemoveFrom(context, boundTo?.id ?? '');
    requireRemovePrivileges(context);
    const strangers = removeMembers(context, list, [id]);
    if (strangers.length > 0 && removeNonMember === 'error') throw notAListMember();
  });
  return offer === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};

/** Adding people to a static list and taking them out, shared by the four member actions. */
const PERSON_PRIVILEGES = {
  lead: ['prvReadLead', 'prvAppendLead'],
  contact: ['prvReadContact', 'prvAppendContact'],
  account: ['prvReadAccount', 'prvAppendAccount'],
} as const;

function requireAddPrivileges(context: OperationContext, list: StaticList): void {
  requirePrivileges(context, ['prvReadList', 'prvAppendToList', ...PERSON_PRIVILEGES[list.table]]);
}

function requireRemovePrivileges(context: OperationContext): void {
  requirePrivileges(context, ['prvReadList', 'prvAppendToList']);
}

type AddResult = {
  /** Person → membership row. */
  rows: ReadonlyMap<string, string>;
  /** To be thrown once what was added is committed. */
  refusal?: ODataError;
};

/** U3 (addOneBadPerson): one bad person spoils the whole call, or only itself. */
function addMembers(context: OperationContext, list: StaticList, members: readonly RowReference[]): AddResult {
  const { add, refused, existing } = judge(context, list, members);
  const [refusal] = refused;
  if (refusal !== undefined && context.switches.addOneBadPerson === 'nothing-added') throw refusal;
  const rows = new Map(existing);
  const shared = { ...createdColumns(context), ...listColumns(list) };
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

function listColumns({ id, table, row }: StaticList) {
  return {
    _listid_value: id,
    entitytype: table,
    _ownerid_value: row._ownerid_value ?? null,
    owninguser: row._owninguser_value ?? null,
    owningbusinessunit: row._owningbusinessunit_value ?? null,
  };
}

/** U23 (readdedMemberId): the same id again when somebody comes back, or a new one. */
function memberId(context: OperationContext, listId: string, personId: string): string {
  if (context.switches.readdedMemberId === 'new') return context.newId();
  const hex = createHash('sha1').update(`${listId}${personId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Takes out every row of these people; gives the people who had none. */
function removeMembers(context: OperationContext, list: StaticList, ids: readonly string[]): string[] {
  const sql =
    'SELECT listmemberid, _entityid_value AS person FROM listmember WHERE _entityid_value IN (SELECT value FROM json_each(?)) AND _listid_value = ?';
  const found = new Set<string>();
  const rows = [...context.store.select(sql, [JSON.stringify(ids), list.id])];
  for (const row of rows) {
    context.store.remove('listmember', String(row.listmemberid));
    found.add(String(row.person));
  }
  if (rows.length > 0) changeMemberCount(context, list.id, -rows.length);
  return [...new Set(ids)].filter((id) => !found.has(id));
}

/** Somebody who is gone, or is another from now on, is on no list any more. */
export function leaveLists(context: OperationContext, personId: string): void {
  for (const row of context.store.find('listmember', { _entityid_value: personId })) {
    context.store.remove('listmember', String(row.listmemberid));
    changeMemberCount(context, String(row._listid_value), -1);
  }
}

function requireAllMembers(context: OperationContext, list: StaticList, ids: readonly string[]): void {
  const sql =
    'SELECT DISTINCT _entityid_value AS person FROM listmember WHERE _entityid_value IN (SELECT value FROM json_each(?)) AND _listid_value = ?';
  const present = [...context.store.select(sql, [JSON.stringify(ids), list.id])].length;
  if (present < new Set(ids).size) throw notAListMember();
}

/** U26 (memberCount): the server keeps `membercount`, and may lag. Lagging here is one write behind; never the truth, as documented. */
export function changeMemberCount(context: OperationContext, listId: string, change: number): void {
  const name = `membercount:${listId}`;
  const before = Number(context.store.getSetting(name) ?? countMembers(context, listId) - change);
  const after = before + change;
  context.store.setSetting(name, String(after));
  context.store.update('list', listId, { membercount: context.switches.memberCount === 'exact' ? after : before });
}

/** Once per list: later changes are added up. */
function countMembers(context: OperationContext, listId: string): number {
  const rows = context.store.select('SELECT count(*) AS n FROM listmember WHERE _listid_value = ?', [listId]);
  return Number([...rows][0]?.n ?? 0);
}

/** The list an action works on, and the states in which it refuses. */
const TABLE_BY_CODE: Readonly<Record<string, PersonTable>> = { 1: 'account', 2: 'contact', 4: 'lead' };

function listToAddTo(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (list.row.statecode !== 0) throw listNotActive();
  if (list.row.lockstatus === true) throw listLocked();
  return list;
}

/** U14 (removeFromLockedList): that adding is refused is documented; removing is not settled. */
function listToRemoveFrom(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (context.switches.removeFromLockedList === 'allowed') return list;
  if (list.row.statecode !== 0) throw listNotActive();
  if (list.row.lockstatus === true) throw listLocked();
  return list;
}

function readList(context: OperationContext, id: string): StaticList {
  const row = visibleRow(context, 'list', id);
  if (row.type === true) throw dynamicList();
  return { id, row, table: TABLE_BY_CODE[String(row.createdfromcode)] ?? 'lead' };
}
