/** Who put the people on a list, counted by the server; by us where the list is too long for it. */
import { odataGuid } from '../dataverse/odata-query.ts';
import type { Dataverse, JsonObject, OperationResult, Read } from '../dataverse/operation.ts';
import { fetchRows } from '../dataverse/reads.ts';
import { readMembersOfList } from '../membership/member-queries.ts';
import { TOO_MANY_TO_AGGREGATE } from '../membership/refusal-codes.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { listMemberFromRow } from '../membership/wire.ts';

/** Members by the id of who added them; the key is empty where the server does not tell. */
export type MembersByCreator = ReadonlyMap<string, number>;

function countOperation(listId: string): Read {
  const id = odataGuid(listId).literal;
  const xml = `<fetch aggregate='true'><entity name='listmember'><attribute name='createdby' alias='creator' groupby='true'/><attribute name='listmemberid' alias='members' aggregate='count'/><filter><condition attribute='listid' operator='eq' value='${id}'/></filter></entity></fetch>`;
  return fetchRows('listmembers', xml, 'members');
}

/** Sums over the lists. Throws what the server refuses. */
export async function countByCreator(dataverse: Dataverse, listIds: readonly string[]): Promise<MembersByCreator> {
  const total = new Map<string, number>();
  const results = listIds.length === 0 ? [] : await dataverse.batch(listIds.map(countOperation));
  for (const [place, listId] of listIds.entries()) {
    for (const [creator, members] of await countOf(dataverse, listId, results[place]))
      total.set(creator, (total.get(creator) ?? 0) + members);
  }
  return total;
}

async function countOf(
  dataverse: Dataverse,
  listId: string,
  result: OperationResult | undefined,
): Promise<MembersByCreator> {
  const isTooMany = result?.kind === 'refused' && result.error.dataverseCode === TOO_MANY_TO_AGGREGATE;
  if (!isTooMany) return new Map(rowsOf(result).map(readGroup));
  const counts = new Map<string, number>();
  for await (const page of dataverse.pages(readMembersOfList(listId))) {
    for (const { createdBy = '' } of page.map(listMemberFromRow))
      counts.set(createdBy, (counts.get(createdBy) ?? 0) + 1);
  }
  return counts;
}

function readGroup({ creator, members }: JsonObject): readonly [string, number] {
  return [typeof creator === 'string' ? creator.toLowerCase() : '', typeof members === 'number' ? members : 0];
}
