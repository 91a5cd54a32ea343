/** AddListMembersList: many people of one type onto one static list. [documented] */
import { invalidArgument } from '../errors/row-errors.ts';
import { type RowReference, readReference } from './action-parameters.ts';
import { addMembers, requireAddPrivileges } from './list-members.ts';
import type { BoundRequest, NamedOperation, OperationContext } from './operation.ts';
import { listToAddTo } from './static-list.ts';

/** U16 (membersSize): no limit is documented; one repository caps, one blog tells of background jobs. */
const REFUSED_ABOVE = 500;
const READS_UNTIL_VISIBLE = 2;

export const addListMembersList: NamedOperation = (context, request) => {
  const { listId, members } = listAndMembers(context, request);
  if (context.switches.membersSize === 'limit-500' && members.length > REFUSED_ABOVE) throw invalidArgument();
  const { refusal } = context.store.transaction(() => {
    const list = listToAddTo(context, listId);
    requireAddPrivileges(context, list);
    return addMembers(context, list, members);
  });
  if (context.switches.membersSize === 'asynchronous') context.delayReads(READS_UNTIL_VISIBLE);
  if (refusal !== undefined) throw refusal;
  return { status: 204 };
};

export function listAndMembers(
  context: OperationContext,
  { parameters }: BoundRequest,
): { listId: string; members: readonly RowReference[] } {
  const list = readReference(context.schema, parameters.List, 'list');
  if (!Array.isArray(parameters.Members) || parameters.Members.length === 0) throw invalidArgument();
  return { listId: list.id, members: parameters.Members.map((member) => readReference(context.schema, member)) };
}
