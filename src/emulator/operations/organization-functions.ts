/** Functions that name the organization, the caller, and what a user may do. */

import { depthOf, PRIVILEGE_NAMES, privilegeId, readPrivileges } from '../caller.ts';
import { accessDenied } from '../errors/errors.ts';
import { invalidArgument } from '../errors/row-errors.ts';
import { ORGANIZATION } from '../organization.ts';
import { complexAnswer, type NamedOperation, type OperationContext, visibleRow } from './operation.ts';

// Functions that name caller and organization.

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

// Functions that say what a user may do.

export const retrieveUserPrivileges: NamedOperation = (context, { boundTo }) =>
  complexAnswer(context, 'RetrieveUserPrivilegesResponse', {
    RolePrivileges: rolePrivileges(context, boundTo?.id ?? '', PRIVILEGE_NAMES),
  });

export const retrieveUserSetOfPrivilegesByNames: NamedOperation = (context, { boundTo, parameters }) => {
  const names = Array.isArray(parameters.PrivilegeNames) ? parameters.PrivilegeNames.map(String) : [];
  // U38 (privilegesByNames).
  const { privilegesByNames } = context.switches;
  if (privilegesByNames === 'refused') throw accessDenied();
  const granted = rolePrivileges(context, boundTo?.id ?? '', names);
  return complexAnswer(context, 'RetrieveUserSetOfPrivilegesByNamesResponse', {
    RolePrivileges:
      privilegesByNames === 'full' ? granted : granted.map(({ PrivilegeName: _name, ...privilege }) => privilege),
  });
};

export const retrieveUserPrivilegeByPrivilegeName: NamedOperation = (context, { boundTo, parameters }) =>
  complexAnswer(context, 'RetrieveUserPrivilegeByPrivilegeNameResponse', {
    RolePrivileges: rolePrivileges(context, boundTo?.id ?? '', [String(parameters.PrivilegeName)]),
  });

type RolePrivilege = { Depth: string; PrivilegeId: string; BusinessUnitId: string; PrivilegeName?: string };

/** Privileges the user lacks, and names nobody knows, are simply not in the answer. */
function rolePrivileges(context: OperationContext, userId: string, names: readonly string[]): RolePrivilege[] {
  visibleRow(context, 'systemuser', userId);
  const set = readPrivileges(context.store, userId);
  return names.flatMap((asked) => {
    const name = PRIVILEGE_NAMES.find((known) => known.toLowerCase() === asked.toLowerCase());
    const depth = name === undefined ? 'None' : depthOf(set, name, context.switches);
    if (name === undefined || depth === 'None') return [];
    return [
      {
        Depth: depth,
        PrivilegeId: privilegeId(name),
        BusinessUnitId: context.businessUnitId,
        PrivilegeName: name,
      },
    ];
  });
}

/** RetrieveTotalRecordCount: counts per table. Differs: Dataverse answers from a snapshot up to 24 hours old. */
export const retrieveTotalRecordCount: NamedOperation = (context, { parameters }) => {
  const names = Array.isArray(parameters.EntityNames) ? parameters.EntityNames.map(String) : [];
  const counts = names.map((name) => {
    if (context.schema.tableByName(name) === undefined) throw invalidArgument();
    const [row] = [...context.store.select(`SELECT count(*) AS n FROM "${name}"`, [])];
    return Number(row?.n ?? 0);
  });
  return complexAnswer(context, 'RetrieveTotalRecordCountResponse', {
    EntityRecordCountCollection: { Count: names.length, IsReadOnly: false, Keys: names, Values: counts },
  });
};
