/** Which of these people are on these lists, read from listmember itself, before and after each write. */

import { learnedFrom, type MembersBy } from '../dataverse/capabilities.ts';
import { slicesOf } from '../dataverse/groups.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { rowsOf } from '../dataverse/reads.ts';
import { type ListMember, listMemberFromRow } from '../dataverse/wire.ts';
import type { CampaignAccess } from './access.ts';
import { readMembersById, readMembersOfList } from './queries.ts';

/**
 * People per query. A batched GET holds 65,536 characters: an encoded GUID takes 43 of them in an `In` list, 62 in FetchXML. A `$filter` has
 * at most 500 conditions.
 */
const IDS_PER_QUERY = { In: 1400, FetchXML: 1000, eq: 450 } as const satisfies Partial<Record<MembersBy, number>>;

/** For a request of their own, or after writes in the same batch. None where only the whole list can be read: it has many pages. */
export function membershipOperations(
  access: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): readonly Read[] {
  const { membersBy, maxInValues } = access.capabilities.current();
  if (membersBy === 'whole list') return [];
  const size = Math.min(IDS_PER_QUERY[membersBy], maxInValues);
  const slices = slicesOf(personIds, size);
  return listIds.flatMap((listId) => slices.map((ids) => readMembersById(listId, ids, membersBy)));
}

/** Undefined when there are no reads, or one of them has no answer: read again with readMemberships. */
export function membersIn(results: readonly OperationResult[]): readonly ListMember[] | undefined {
  if (results.length === 0 || results.some((result) => result.kind !== 'ok')) return undefined;
  return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
}

export async function readMemberships(
  access: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): Promise<readonly ListMember[]> {
  if (listIds.length === 0 || personIds.length === 0) return [];
  const { membersBy, maxInValues } = access.capabilities.current();
  if (membersBy === 'whole list') return inWholeLists(access, listIds, new Set(personIds));
  const results = await access.dataverse.batch(membershipOperations(access, listIds, personIds));
  const refusal = results.find((result) => result.kind === 'refused');
  if (refusal === undefined) return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
  const asked = {
    what: 'memberships',
    by: membersBy,
    people: Math.min(personIds.length, IDS_PER_QUERY[membersBy], maxInValues),
  } as const;
  const learned = learnedFrom(asked, refusal.error, access.capabilities.current());
  if (learned === undefined) throw refusal.error;
  access.capabilities.learn(learned);
  return readMemberships(access, listIds, personIds);
}

/** Memory does not grow with the list. */
async function inWholeLists(
  access: CampaignAccess,
  listIds: readonly string[],
  personIds: ReadonlySet<string>,
): Promise<readonly ListMember[]> {
  const found: ListMember[] = [];
  for (const listId of listIds) {
    for await (const page of access.dataverse.pages(readMembersOfList(listId)))
      found.push(...page.map(listMemberFromRow).filter(({ personId }) => personIds.has(personId)));
  }
  return found;
}

type Row = { readonly id: string; readonly createdOn: string };

/**
 * Not an earlier one: a row may come back with the same id (U23), but with another creation time. Dataverse keeps whole seconds; their
 * format in the answer does not matter, and a time that cannot be read (NaN) is the same as itself.
 */
export const isSameRow = (one: Row, other: Row): boolean =>
  one.id === other.id && Object.is(secondOf(one.createdOn), secondOf(other.createdOn));

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** Person and list, whatever the row. */
export const memberKey = ({ listId, personId }: { readonly listId: string; readonly personId: string }): string =>
  `${listId}/${personId}`;
