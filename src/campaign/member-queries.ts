/** Reads of listmember: by list, and by list and people. */
import { and, eq, inList, odataGuid, query } from '../dataverse/odata-query.ts';
import type { Read } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import { LIST_MEMBER_COLUMNS, NEEDED_OF_MEMBER } from '../dataverse/wire.ts';

export function readMembersById(listId: string, personIds: readonly string[]): Read {
  const filter = and(eq('_listid_value', odataGuid(listId)), inList('entityid', personIds));
  return readRows(query('listmembers', { select: LIST_MEMBER_COLUMNS, filter }), ...NEEDED_OF_MEMBER);
}

export function readMembersOfList(listId: string): Read {
  const filter = eq('_listid_value', odataGuid(listId));
  return readRows(query('listmembers', { select: LIST_MEMBER_COLUMNS, filter }), ...NEEDED_OF_MEMBER);
}
