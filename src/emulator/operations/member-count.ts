/** U26 (memberCount): the server keeps `membercount`, and may lag. Lagging here is one write behind; never the truth, as documented. */
import type { OperationContext } from './operation.ts';

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
