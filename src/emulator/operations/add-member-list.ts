/** AddMemberList: one person by id; the table follows from the list. [inferred] */
import { readGuid } from '../path-segments.ts';
import { addMembers, requireAddPrivileges } from './list-members.ts';
import { complexAnswer, type NamedOperation } from './operation.ts';
import { listToAddTo } from './static-list.ts';

export const addMemberList: NamedOperation = (context, { boundTo, parameters }) => {
  const personId = readGuid(String(parameters.EntityId)) ?? '';
  const { rows, refusal } = context.store.transaction(() => {
    const list = listToAddTo(context, boundTo?.id ?? '');
    requireAddPrivileges(context, list);
    return addMembers(context, list, [{ table: list.table, id: personId }]);
  });
  if (refusal !== undefined) throw refusal;
  return complexAnswer(context, 'AddMemberListResponse', { Id: rows.get(personId) ?? NO_ROW });
};

/** Somebody passed over (U5 skipped) has no membership row. */
const NO_ROW = '00000000-0000-0000-0000-000000000000';
