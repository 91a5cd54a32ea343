/** Adding people to a static list and taking them out, shared by the four member actions. */
import { createHash } from 'node:crypto';
import { notAListMember } from '../errors/membership-errors.ts';
import type { ODataError } from '../errors.ts';
import type { RowReference } from './action-parameters.ts';
import { requirePrivileges } from './authorize.ts';
import { judge } from './candidates.ts';
import { changeMemberCount } from './member-count.ts';
import { createdColumns, type OperationContext } from './operation.ts';
import type { StaticList } from './static-list.ts';

const PERSON_PRIVILEGES = {
  lead: ['prvReadLead', 'prvAppendLead'],
  contact: ['prvReadContact', 'prvAppendContact'],
  account: ['prvReadAccount', 'prvAppendAccount'],
} as const;

export function requireAddPrivileges(context: OperationContext, list: StaticList): void {
  requirePrivileges(context, ['prvReadList', 'prvAppendToList', ...PERSON_PRIVILEGES[list.table]]);
}

export function requireRemovePrivileges(context: OperationContext): void {
  requirePrivileges(context, ['prvReadList', 'prvAppendToList']);
}

export type AddResult = {
  /** Person → membership row. */
  rows: ReadonlyMap<string, string>;
  /** To be thrown once what was added is committed. */
  refusal?: ODataError;
};

/** U3 (addOneBadPerson): one bad person spoils the whole call, or only itself. */
export function addMembers(context: OperationContext, list: StaticList, members: readonly RowReference[]): AddResult {
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
export function removeMembers(context: OperationContext, list: StaticList, ids: readonly string[]): string[] {
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

export function requireAllMembers(context: OperationContext, list: StaticList, ids: readonly string[]): void {
  const sql =
    'SELECT DISTINCT _entityid_value AS person FROM listmember WHERE _entityid_value IN (SELECT value FROM json_each(?)) AND _listid_value = ?';
  const present = [...context.store.select(sql, [JSON.stringify(ids), list.id])].length;
  if (present < new Set(ids).size) throw notAListMember();
}
