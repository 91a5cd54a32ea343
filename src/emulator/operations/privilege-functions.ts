/** Functions that say what a user may do. */
import { depthOf, PRIVILEGE_NAMES, privilegeId, readPrivileges } from '../privileges.ts';
import { complexAnswer, type NamedOperation, type OperationContext } from './operation.ts';
import { visibleRow } from './update.ts';

export const retrieveUserPrivileges: NamedOperation = (context, { boundTo }) =>
  complexAnswer(context, 'RetrieveUserPrivilegesResponse', {
    RolePrivileges: rolePrivileges(context, boundTo?.id ?? '', PRIVILEGE_NAMES),
  });

export const retrieveUserSetOfPrivilegesByNames: NamedOperation = (context, { boundTo, parameters }) => {
  const names = Array.isArray(parameters.PrivilegeNames) ? parameters.PrivilegeNames.map(String) : [];
  return complexAnswer(context, 'RetrieveUserSetOfPrivilegesByNamesResponse', {
    RolePrivileges: rolePrivileges(context, boundTo?.id ?? '', names),
  });
};

export const retrieveUserPrivilegeByPrivilegeName: NamedOperation = (context, { boundTo, parameters }) =>
  complexAnswer(context, 'RetrieveUserPrivilegeByPrivilegeNameResponse', {
    RolePrivileges: rolePrivileges(context, boundTo?.id ?? '', [String(parameters.PrivilegeName)]),
  });

/** Privileges the user lacks, and names nobody knows, are simply not in the answer. */
function rolePrivileges(context: OperationContext, userId: string, names: readonly string[]): unknown[] {
  visibleRow(context, 'systemuser', userId);
  const set = readPrivileges(context.store, userId);
  return names.flatMap((asked) => {
    const name = PRIVILEGE_NAMES.find((known) => known.toLowerCase() === asked.toLowerCase());
    if (name === undefined || depthOf(set, name) === 'None') return [];
    return [
      {
        Depth: depthOf(set, name),
        PrivilegeId: privilegeId(name),
        BusinessUnitId: context.businessUnitId,
        PrivilegeName: name,
      },
    ];
  });
}
