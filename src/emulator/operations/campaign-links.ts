/** Links between campaigns and what they use: rows of campaignitem. */
import { inactiveItemToCampaign } from '../errors/membership-errors.ts';
import { duplicateKey } from '../errors/row-errors.ts';
import type { Row } from '../store/row-store.ts';
import { requirePrivileges } from './authorize.ts';
import type { OperationContext } from './operation.ts';
import { visibleRow } from './update.ts';

export type Link = { campaignId: string; itemTable: 'list' | 'campaign'; itemId: string };

/** What an existing link does to a second request: the actions and `$ref` differ (U12, U13). */
export type OnExisting = 'accept' | 'refuse';

function findLink(context: OperationContext, { campaignId, itemId }: Link): Row | undefined {
  const rows = context.store.find('campaignitem', { _campaignid_value: campaignId, entityid: itemId });
  return rows.next().value ?? undefined;
}

export function link(context: OperationContext, wanted: Link, onExisting: OnExisting): string {
  requirePrivileges(context, LINK_PRIVILEGES);
  return context.store.transaction(() => {
    const item = visibleRow(context, wanted.itemTable, wanted.itemId);
    const campaign = visibleRow(context, 'campaign', wanted.campaignId);
    refuseInactive(context, item, campaign);
    const existing = findLink(context, wanted);
    if (existing !== undefined && onExisting === 'refuse') throw duplicateKey();
    return existing === undefined ? insertLink(context, wanted, campaign) : String(existing.campaignitemid);
  });
}

const LINK_PRIVILEGES = [
  'prvReadCampaign',
  'prvAppendCampaign',
  'prvAppendToCampaign',
  'prvReadList',
  'prvAppendList',
  'prvAppendToList',
];

/** U15 (linkToInactiveCampaign); for the inactive item the code is documented. */
function refuseInactive({ switches }: OperationContext, item: Row, campaign: Row): void {
  if (item.statecode !== 0) throw inactiveItemToCampaign();
  if (campaign.statecode !== 0 && switches.linkToInactiveCampaign === 'refused') throw inactiveItemToCampaign();
}

function insertLink(context: OperationContext, { campaignId, itemTable, itemId }: Link, campaign: Row): string {
  const campaignitemid = context.newId();
  context.store.insert('campaignitem', {
    campaignitemid,
    _campaignid_value: campaignId,
    entityid: itemId,
    entitytype: itemTable,
    _ownerid_value: campaign._ownerid_value ?? null,
    owninguser: campaign._owninguser_value ?? null,
    owningbusinessunit: campaign._owningbusinessunit_value ?? null,
  });
  return campaignitemid;
}

/** False when there was no such link. */
export function unlink(context: OperationContext, unwanted: Link): boolean {
  requirePrivileges(context, ['prvAppendToCampaign', 'prvReadActivity']);
  return context.store.transaction(() => {
    visibleRow(context, 'campaign', unwanted.campaignId);
    const row = findLink(context, unwanted);
    return row !== undefined && context.store.remove('campaignitem', String(row.campaignitemid));
  });
}
