/** Functions that name caller and organization. */
import { ORGANIZATION } from '../organization.ts';
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
