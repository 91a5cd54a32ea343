/** Reads of listmember: by list, and by list and people. */
import { and, eq, inList, odataGuid, query } from '../dataverse/odata-query.ts';
import { LIST_MEMBER_COLUMNS } from './wire.ts';

export function membersByIdPath(listId: string, personIds: readonly string[]): string {
  const filter = and(eq('_listid_value', odataGuid(listId)), inList('entityid', personIds));
  return query('listmembers', { select: LIST_MEMBER_COLUMNS, filter });
}

export function membersOfListPath(listId: string): string {
  return query('listmembers', { select: LIST_MEMBER_COLUMNS, filter: eq('_listid_value', odataGuid(listId)) });
}
