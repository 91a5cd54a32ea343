/** RemoveListMembersList: what Microsoft's own interface sends. [name documented, shape field] U9 (removeListMembersList) takes it away. */

import { notAListMember } from '../errors/membership-errors.ts';
import { segmentNotFound } from '../errors/path-errors.ts';
import { listAndMembers } from './add-list-members-list.ts';
import { removeMembers, requireAllMembers, requireRemovePrivileges } from './list-members.ts';
import type { NamedOperation } from './operation.ts';
import { listToRemoveFrom } from './static-list.ts';

export const removeListMembersList: NamedOperation = (context, request) => {
  if (context.switches.removeListMembersList === 'absent') throw segmentNotFound('RemoveListMembersList');
  const { listId, members } = listAndMembers(context, request);
  const ids = members.map((member) => member.id);
  const strangers = context.store.transaction(() => {
    const list = listToRemoveFrom(context, listId);
    requireRemovePrivileges(context);
    // U8 (removeListNonMembers): ignored, refused as a whole, or members go and the call still fails.
    if (context.switches.removeListNonMembers === 'error') requireAllMembers(context, list, ids);
    return removeMembers(context, list, ids);
  });
  if (strangers.length > 0 && context.switches.removeListNonMembers === 'partial') throw notAListMember();
  return { status: 204 };
};
