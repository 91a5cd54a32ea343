/**
 * RemoveMemberList: one person. `ListMember.listmemberid` is the PERSON's id, as all field code has it; the row's id is no member.
 * U10 (removeMemberList): offered or not, its success status, its parameter. U7 (removeNonMember).
 */
import { notAListMember } from '../errors/membership-errors.ts';
import { segmentNotFound, untypedParameter } from '../errors/path-errors.ts';
import { readReference } from './action-parameters.ts';
import { removeMembers, requireRemovePrivileges } from './list-members.ts';
import type { NamedOperation } from './operation.ts';
import { listToRemoveFrom } from './static-list.ts';

export const removeMemberList: NamedOperation = (context, { boundTo, parameters }) => {
  const { removeMemberList: offer, removeNonMember } = context.switches;
  if (offer === 'absent') throw segmentNotFound('Microsoft.Dynamics.CRM.RemoveMemberList');
  if (offer === 'parameter-refused') throw untypedParameter('ListMember', 'RemoveMemberList');
  const { id } = readReference(context.schema, parameters.ListMember, 'listmember');
  context.store.transaction(() => {
    const list = listToRemoveFrom(context, boundTo?.id ?? '');
    requireRemovePrivileges(context);
    const strangers = removeMembers(context, list, [id]);
    if (strangers.length > 0 && removeNonMember === 'error') throw notAListMember();
  });
  return offer === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};
