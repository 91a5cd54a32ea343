/** Which of these people are on these lists, read from listmember itself, before and after each write. */

import type { OperationResult, Read } from '../dataverse/operation.ts';
import { TOO_MANY_VALUES } from '../dataverse/refusal-codes.ts';
import { rowsOf } from '../dataverse/rows-of.ts';
import { type ListMember, listMemberFromRow } from '../dataverse/wire.ts';
import type { CampaignAccess } from './access.ts';
import { readMembersById, readMembersOfList } from './queries.ts';

/** A batched GET holds 65,536 characters; an encoded GUID in an In list takes 43 of them. */
const IDS_PER_PATH = 1400;

/** For a request of their own, or after writes in the same batch. */
export function membershipOperations(
  session: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): readonly Read[] {
  const size = Math.min(IDS_PER_PATH, session.abilities.current().maxInValues);
  const slices: (readonly string[])[] = [];
  for (let start = 0; start < personIds.length; start += size) slices.push(personIds.slice(start, start + size));
  return listIds.flatMap((listId) => slices.map((ids) => readMembersById(listId, ids)));
}

/** Undefined when one of the reads has no answer: read again with readMemberships. */
export function membersIn(results: readonly OperationResult[]): readonly ListMember[] | undefined {
  if (results.some((result) => result.kind !== 'ok')) return undefined;
  return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
}

export async function readMemberships(
  session: CampaignAccess,
  listIds: readonly string[],
  personIds: readonly string[],
): Promise<readonly ListMember[]> {
  if (listIds.length === 0 || personIds.length === 0) return [];
  const abilities = session.abilities.current();
  if (!abilities.inOnEntityId) return readWholeLists(session, listIds, new Set(personIds));
  const results = await session.dataverse.batch(membershipOperations(session, listIds, personIds));
  const refusal = results.find((result) => result.kind === 'refused');
  if (refusal === undefined) return results.flatMap((result) => rowsOf(result).map(listMemberFromRow));
  if (refusal.error.status !== 400) throw refusal.error;
  if (refusal.error.dataverseCode === TOO_MANY_VALUES && abilities.maxInValues > 1) {
    session.abilities.learn({
      maxInValues: Math.floor(Math.min(abilities.maxInValues, personIds.length, IDS_PER_PATH) / 2) || 1,
    });
  } else {
    session.abilities.learn({ inOnEntityId: false });
  }
  return readMemberships(session, listIds, personIds);
}

/** When U17 is refused: reads the whole lists and keeps these people. */
async function readWholeLists(
  session: CampaignAccess,
  listIds: readonly string[],
  personIds: ReadonlySet<string>,
): Promise<readonly ListMember[]> {
  const found: ListMember[] = [];
  for (const listId of listIds) {
    for await (const page of session.dataverse.pages(readMembersOfList(listId))) {
      found.push(...page.map(listMemberFromRow).filter((member) => personIds.has(member.personId)));
    }
  }
  return found;
}
