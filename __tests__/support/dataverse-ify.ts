/**
 * npm dataverse-ify 2.0.7, set up as its own tests do in Node: its Web API behind the `Xrm` of a model-driven app, and what
 * `dataverse-gen` would have generated for the tables and actions of campaigns. Its types need those of `Xrm`: so it is required, not
 * imported.
 */

/** The part of its surface that the tests use, as its README shows it. */
export type DataverseIfy = {
  create(entity: object): Promise<string>;
  update(entity: object): Promise<void>;
  delete(entityName: string, id: string): Promise<void>;
  retrieve(entityName: string, id: string, columns: readonly string[]): Promise<Record<string, unknown>>;
  retrieveMultiple(
    query: string,
    options?: { logicalName?: string; maxPageSize?: number; returnRawEntities?: boolean },
  ): Promise<{ entities: Record<string, unknown>[]; nextLink?: string; moreRecords?: boolean }>;
  associate(entityName: string, id: string, relationship: string, related: readonly Reference[]): Promise<void>;
  disassociate(entityName: string, id: string, relationship: string, related: readonly Reference[]): Promise<void>;
  execute(request: object): Promise<Record<string, unknown> | undefined>;
  executeMultiple(requests: readonly unknown[]): Promise<Record<string, unknown>[] | undefined>;
};

export type Reference = { entityType: string; id: string };

const ACTION = 0;
const PRIMITIVE = 1;
const COLLECTION = 4;
const ENTITY = 5;

const entity = (logicalName: string, collectionName: string) => ({
  typeName: `mscrm.${logicalName}`,
  logicalName,
  collectionName,
  primaryIdAttribute: `${logicalName}id`,
  attributeTypes: {},
  navigation: {},
});

const guid = { typeName: 'Edm.Guid', structuralProperty: PRIMITIVE };
const row = (table: string) => ({ typeName: `mscrm.${table}`, structuralProperty: ENTITY });
const people = { typeName: 'Collection(mscrm.crmbaseentity)', structuralProperty: COLLECTION };
const unbound = (operationName: string, parameterTypes: object) => ({
  operationName,
  parameterTypes,
  operationType: ACTION,
});
const bound = (operationName: string, table: string, parameterTypes: object) => ({
  ...unbound(operationName, { entity: row(table), ...parameterTypes }),
  boundParameter: 'entity',
});

const METADATA = {
  entities: {
    campaign: entity('campaign', 'campaigns'),
    list: entity('list', 'lists'),
    lead: { ...entity('lead', 'leads'), navigation: { campaignid: ['mscrm.campaign'] } },
    contact: entity('contact', 'contacts'),
    listmember: entity('listmember', 'listmembers'),
    campaignitem: entity('campaignitem', 'campaignitems'),
  },
  actions: {
    AddListMembersList: unbound('AddListMembersList', { List: row('list'), Members: people }),
    RemoveListMembersList: unbound('RemoveListMembersList', { List: row('list'), Members: people }),
    AddMemberList: bound('AddMemberList', 'list', { EntityId: guid }),
    RemoveMemberList: bound('RemoveMemberList', 'list', { ListMember: row('listmember') }),
    AddItemCampaign: bound('AddItemCampaign', 'list', { Campaign: row('campaign') }),
    RemoveItemCampaign: bound('RemoveItemCampaign', 'campaign', { CampaignItem: row('campaignitem') }),
  },
};

export function openDataverseIfy(host: string): DataverseIfy {
  const { NodeWebApi } = require('dataverse-ify/lib/webapi/node/NodeWebApi');
  const { XrmContextDataverseClient, setMetadataCache } = require('dataverse-ify');
  const webApi = new NodeWebApi(host, '9.2');
  webApi.getRequestImplementation().setAccessToken('any');
  // It looks for `Xrm` where a model-driven app has it.
  Object.assign(globalThis, { Xrm: { WebApi: webApi } });
  setMetadataCache(METADATA);
  return new XrmContextDataverseClient(webApi);
}
