/** Which of these people are on these lists, read from listmember itself, before and after each write. */

import { learnedFrom, type MembersBy } from '../dataverse/capabilities.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { rowsOf } from '../dataverse/rows-of.ts';
import { type ListMember, listMemberFromRow } from '../dataverse/wire.ts';
import type { CampaignAccess } from './access.ts';
import { readMembersById } from './queries.ts';

/**
 * People per query. A batched GET holds 65,536 characters: an encoded GUID takes 43 of them in an `In` list, 62 in FetchXML. A `$filter` has
 * at most 500 conditions.
 */
const IDS_PER_QUERY = { In: 1400, FetchXML: 1000, eq: 450 } as const satisfies Record<MembersBy, number>;

/** For a request of their own, or after writes in the same batch. */
export function membershipOperations(
  access: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): readonly Read[] {
  const { membersBy, maxInValues } = access.capabilities.current();
  const size = Math.min(IDS_PER_QUERY[membersBy], maxInValues);
  const slices: (readonly string[])[] = [];
  for (let start = 0; start < personIds.length; start += size) slices.push(personIds.slice(start, start + size));
  return listIds.flatMap((listId) => slices.map((ids) => readMembersById(listId, ids, membersBy)));
}

/** Undefined when one of the reads has no answer: read again with readMemberships. */
export function membersIn(results: readonly OperationResult[]): readonly ListMember[] | undefined {
  if (results.some((result) => result.kind !== 'ok')) return undefined;
  return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
}

export async function readMemberships(
  access: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): Promise<readonly ListMember[]> {
  if (listIds.length === 0 || personIds.length === 0) return [];
  const { membersBy } = access.capabilities.current();
  const results = await access.dataverse.batch(membershipOperations(access, listIds, personIds));
  const refusal = results.find((result) => result.kind === 'refused');
  if (refusal === undefined) return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
  const asked = {
    what: 'memberships',
    by: membersBy,
    people: Math.min(personIds.length, IDS_PER_QUERY[membersBy]),
  } as const;
  const learned = learnedFrom(asked, refusal.error, access.capabilities.current());
  if (learned === undefined) throw refusal.error;
  access.capabilities.learn(learned);
  return readMemberships(access, listIds, personIds);
}
