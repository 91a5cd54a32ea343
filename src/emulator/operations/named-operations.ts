/** The actions and functions that are served, by name. Declared ones that are not here are refused with 501. */
import { addItemCampaign } from './add-item-campaign.ts';
import { addListMembersList } from './add-list-members-list.ts';
import { addMemberList } from './add-member-list.ts';
import { copyCampaign } from './copy-campaign.ts';
import { merge } from './merge.ts';
import { createMultiple, updateMultiple, upsertMultiple } from './multiple.ts';
import type { NamedOperation } from './operation.ts';
import { retrieveCurrentOrganization, retrieveVersion, whoAmI } from './organization-functions.ts';
import {
  retrieveUserPrivilegeByPrivilegeName,
  retrieveUserPrivileges,
  retrieveUserSetOfPrivilegesByNames,
} from './privilege-functions.ts';
import { qualifyLead } from './qualify-lead.ts';
import { removeItemCampaign } from './remove-item-campaign.ts';
import { removeListMembersList } from './remove-list-members-list.ts';
import { removeMemberList } from './remove-member-list.ts';
import { retrieveTotalRecordCount } from './retrieve-total-record-count.ts';

export const NAMED_OPERATIONS: ReadonlyMap<string, NamedOperation> = new Map([
  ['AddItemCampaign', addItemCampaign],
  ['AddListMembersList', addListMembersList],
  ['AddMemberList', addMemberList],
  ['CopyCampaign', copyCampaign],
  ['CreateMultiple', createMultiple],
  ['Merge', merge],
  ['QualifyLead', qualifyLead],
  ['RemoveItemCampaign', removeItemCampaign],
  ['RemoveListMembersList', removeListMembersList],
  ['RemoveMemberList', removeMemberList],
  ['RetrieveCurrentOrganization', retrieveCurrentOrganization],
  ['RetrieveTotalRecordCount', retrieveTotalRecordCount],
  ['RetrieveUserPrivilegeByPrivilegeName', retrieveUserPrivilegeByPrivilegeName],
  ['RetrieveUserPrivileges', retrieveUserPrivileges],
  ['RetrieveUserSetOfPrivilegesByNames', retrieveUserSetOfPrivilegesByNames],
  ['RetrieveVersion', retrieveVersion],
  ['UpdateMultiple', updateMultiple],
  ['UpsertMultiple', upsertMultiple],
  ['WhoAmI', whoAmI],
]);
