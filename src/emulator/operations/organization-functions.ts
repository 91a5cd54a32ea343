/** Functions that name the organization, the caller, and what a user may do. */

import { refuse } from '../errors/errors.ts';
import { ORGANIZATION } from '../organization/organization.ts';
import { depthOf, PRIVILEGE_NAMES, privilegeId, readPrivileges, visibleRow } from '../organization/privileges.ts';
import { complexAnswer, type NamedOperation } from './operation.ts';

export const whoAmI: NamedOperation = (context) =>
  complexAnswer(context, 'WhoAmIResponse', {
    BusinessUnitId: context.businessUnitId,
    UserId: context.userId,
    OrganizationId: ORGANIZATION.id,
  });

export const retrieveVersion: NamedOperation = (context) =>
  complexAnswer(context, 'RetrieveVersionResponse', { Version: ORGANIZATION.version });

export const retrieveCurrentOrganization: NamedOperation = (context) => {
  const root = context.apiRoot.replace(/\/api\/data\/.*$/, '/');
  return complexAnswer(context, 'RetrieveCurrentOrganizationResponse', {
    Detail: {
      OrganizationId: ORGANIZATION.id,
      FriendlyName: ORGANIZATION.friendlyName,
      OrganizationVersion: ORGANIZATION.version,
      EnvironmentId: ORGANIZATION.environmentId,
      Geo: ORGANIZATION.geo,
      TenantId: ORGANIZATION.tenantId,
      UrlName: ORGANIZATION.urlName,
      UniqueName: ORGANIZATION.uniqueName,
      State: 'Enabled',
      Endpoints: {
        Count: 2,
        IsReadOnly: false,
        Keys: ['WebApplication', 'OrganizationDataService'],
        Values: [root, `${root}XRMServices/2011/OrganizationData.svc/`],
      },
    },
  });
};

export const retrieveUserSetOfPrivilegesByNames: NamedOperation = (context, { id, parameters }) => {
  const names = Array.isArray(parameters.PrivilegeNames) ? parameters.PrivilegeNames.map(String) : [];
  // U38 (privilegesByNames).
  const { privilegesByNames } = context.switches;
  if (privilegesByNames === 'refused') throw refuse.accessDenied();
  visibleRow(context, 'systemuser', id);
  const set = readPrivileges(context.store, id);
  // Privileges the user lacks, and unknown names, are not in the answer.
  const granted = names.flatMap((asked) => {
    const name = PRIVILEGE_NAMES.find((known) => known.toLowerCase() === asked.toLowerCase());
    const depth = name === undefined ? 'None' : depthOf(set, name, context.switches);
    if (name === undefined || depth === 'None') return [];
    const privilege = { Depth: depth, PrivilegeId: privilegeId(name), BusinessUnitId: context.businessUnitId };
    return [privilegesByNames === 'full' ? { ...privilege, PrivilegeName: name } : privilege];
  });
  return complexAnswer(context, 'RetrieveUserSetOfPrivilegesByNamesResponse', { RolePrivileges: granted });
};
