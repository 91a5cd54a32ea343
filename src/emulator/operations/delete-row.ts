/** DELETE of a row, with the rows that go with it. */
import { messageNotSupported } from '../errors/row-errors.ts';
import type { Answer } from '../wire.ts';
import { requireAccess } from './authorize.ts';
import { rememberDeleted } from './deleted-ids.ts';
import { changeMemberCount } from './member-count.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { requireVersion, visibleRow } from './update.ts';

export type DeleteTarget = { table: string; id: string };

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
