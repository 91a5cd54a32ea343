/** Whether a flow action added a member, by the creator of the membership row or by this machine's journal. */

import { additionId } from '../campaign/ids.ts';
import type { ListMember } from '../dataverse/wire.ts';
import type { Journal } from '../journal/journal.ts';

/** Users whose additions may be removed. */
export type AddedBy = { readonly kind: 'anyone' } | { readonly kind: 'users'; readonly userIds: ReadonlySet<string> };

/** Exactly these membership rows: neither their creators nor the journal matter. */
export type TheseMembers = { readonly kind: 'members'; readonly isMeant: (member: ListMember) => boolean };

/** Ids of the `added` events of rows that are ours by the journal. It is asked only about rows whose creator does not show it. */
export function knownAdditions(
  { journal }: { readonly journal: Pick<Journal, 'addedByUs'> },
  addedBy: AddedBy | TheseMembers,
  members: readonly ListMember[],
): ReadonlySet<string> {
  if (addedBy.kind !== 'users') return new Set();
  return journal.addedByUs(members.filter((member) => !isBy(member, addedBy.userIds)).map(additionId));
}

const isBy = ({ createdBy }: ListMember, userIds: ReadonlySet<string>): boolean =>
  createdBy !== undefined && userIds.has(createdBy);

/** Its creator or the journal shows it: in doubt nobody is removed. Whether a new row is this run's own is another question: creators.ts. */
export function isFlowAdded(
  member: ListMember,
  {
    addedBy,
    addedByJournal,
  }: { readonly addedBy: AddedBy | TheseMembers; readonly addedByJournal: ReadonlySet<string> },
): boolean {
  if (addedBy.kind === 'members') return addedBy.isMeant(member);
  if (addedBy.kind === 'anyone') return true;
  return isBy(member, addedBy.userIds) || addedByJournal.has(additionId(member));
}
