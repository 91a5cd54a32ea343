/** Counts the members of many lists by the user who added them, in grouped counts over 250 lists at a time. */

import { fetchXml } from '../dataverse/fetchxml.ts';
import { groupBy, slicesOf } from '../dataverse/groups.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { fetchRows, readInTurn, refusedBy, rowsOf } from '../dataverse/reads.ts';
import { TOO_MANY_TO_AGGREGATE } from '../dataverse/refusals.ts';
import { listMemberFromRow } from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import { type JsonObject, textOf } from '../json.ts';
import { readMembersOfList } from './queries.ts';

/** Values of one `in`: below the caps that are reported (U29). */
const LISTS_PER_READ = 250;

/** Numbers of members by the user who added them; the key is empty when the server does not say. */
export type MembersByCreator = ReadonlyMap<string, number>;

/** Counted by the server; by us only where a list is too long for it. */
export async function countMembers(
  dataverse: Dataverse,
  listIds: readonly string[],
): Promise<ReadonlyMap<string, MembersByCreator | DataverseError>> {
  const counted = new Map<string, MembersByCreator | DataverseError>();
  let waiting = slicesOf(listIds, LISTS_PER_READ);
  while (waiting.length > 0) {
    const results = await readInTurn(dataverse, waiting.map(countRead));
    const tooMany = waiting.filter((_, place) => isTooMany(results[place]));
    for (const [place, ids] of waiting.entries()) {
      const result = results[place];
      const refusal = refusedBy(result);
      if (isTooMany(result)) continue;
      const rows = groupBy(refusal === undefined ? rowsOf(result) : [], ({ list }) => textOf(list).toLowerCase());
      for (const id of ids) counted.set(id, refusal ?? new Map((rows.get(id) ?? []).map(groupOf)));
    }
    for (const [id] of tooMany.filter(({ length }) => length === 1))
      if (id !== undefined) counted.set(id, await countByPages(dataverse, id));
    waiting = tooMany.filter(({ length }) => length > 1).flatMap((ids) => slicesOf(ids, Math.ceil(ids.length / 2)));
  }
  return counted;
}

function countRead(listIds: readonly string[]): Read {
  const xml = fetchXml({
    entity: 'listmember',
    aggregate: true,
    attributes: [
      { name: 'listid', alias: 'list', groupby: true },
      { name: 'createdby', alias: 'creator', groupby: true },
      { name: 'listmemberid', alias: 'members', aggregate: 'count' },
    ],
    filter: { conditions: [{ attribute: 'listid', operator: 'in', values: listIds }] },
  });
  return fetchRows('listmembers', xml, 'list', 'members');
}

/** An answer has at most this many groups, and does not say that there are more. */
const MAX_GROUPS = 5000;

const isTooMany = (result: OperationResult | undefined): boolean =>
  refusedBy(result)?.dataverseCode === TOO_MANY_TO_AGGREGATE ||
  (result?.kind === 'ok' && rowsOf(result).length >= MAX_GROUPS);

const groupOf = ({ creator, members }: JsonObject): readonly [string, number] => [
  textOf(creator).toLowerCase(),
  typeof members === 'number' ? members : 0,
];

async function countByPages(dataverse: Dataverse, listId: string): Promise<MembersByCreator | DataverseError> {
  const counts = new Map<string, number>();
  try {
    for await (const page of dataverse.pages(readMembersOfList(listId)))
      for (const { createdBy = '' } of page.map(listMemberFromRow))
        counts.set(createdBy, (counts.get(createdBy) ?? 0) + 1);
    return counts;
  } catch (error) {
    if (error instanceof DataverseError) return error;
    throw error;
  }
}

export const countOf = (members: MembersByCreator | DataverseError | undefined): number =>
  members === undefined || members instanceof DataverseError
    ? 0
    : [...members.values()].reduce((sum, count) => sum + count, 0);
