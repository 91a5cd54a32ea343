/**
 * Who is on the own lists before the input is read. Nobody who is not in it can be removed: whoever comes in later is newer than the
 * plan, by whatever clock.
 */

import type { OwnList } from '../../campaign/own-lists.ts';
import { readMembersOfList } from '../../campaign/queries.ts';
import { type AddedBy, isOurs, knownAdditions } from '../../change/plan-remove.ts';
import type { Session } from '../../change/session.ts';
import { listMemberFromRow } from '../../dataverse/wire.ts';
import type { PersonRow } from '../../input/input-row.ts';
import { personRow } from '../../people/members/source-list.ts';
import type { Candidate, Spool } from '../spool.ts';

export async function snapshotMembers(
  session: Session,
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

export async function* removalRows(pages: AsyncIterable<readonly Candidate[]>): AsyncGenerator<readonly PersonRow[]> {
  for await (const page of pages) yield page.map(removalRow);
}

const removalRow = ({ listId, personType, personId, line }: Candidate): PersonRow =>
  personRow({ id: listId, personType }, personId, line);
