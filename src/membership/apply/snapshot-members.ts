/**
 * Who is on the own lists before the input is read. Nobody who is not in it can be removed: whoever comes in later is newer than the
 * plan, by whatever clock.
 */
import { readMembersOfList } from '../member-queries.ts';
import type { OwnList } from '../own-lists.ts';
import { type AddedBy, isOurs, knownAdditions } from '../plan-removals.ts';
import type { WritingSession } from '../session.ts';
import { listMemberFromRow } from '../wire.ts';
import type { Spool } from './spool.ts';

export async function snapshotMembers(
  session: WritingSession,
  { lists, addedBy }: { readonly lists: readonly OwnList[]; readonly addedBy: AddedBy },
  spool: Pick<Spool, 'saveMembers'>,
): Promise<void> {
  for (const { id: listId, personType } of lists) {
    for await (const page of session.dataverse.pages(readMembersOfList(listId))) {
      const members = page.map(listMemberFromRow);
      const addedByJournal = knownAdditions(session, addedBy, members);
      spool.saveMembers(
        members.map((member) => ({
          ...member,
          listId,
          personType,
          isOurs: isOurs(member, { addedBy, addedByJournal }),
        })),
      );
    }
  }
}
