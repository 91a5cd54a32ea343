/** Links between campaigns and what they use, the rows of campaignitem: AddItemCampaign, RemoveItemCampaign, CopyCampaign. */

import { refuse } from '../errors/errors.ts';
import { runQuery } from '../odata/run-query.ts';
import { requirePrivileges, visibleRow } from '../organization/privileges.ts';
import type { Row } from '../store/row.ts';
import { newRow } from './new-row.ts';
import type { NamedOperation, OperationContext } from './operation.ts';
import { readReference } from './parameters.ts';

/**
 * AddItemCampaign: links a list (or a campaign) to a campaign; bound to the item. Conflict: the SDK's response names only the id, CSDL
 * and action page declare the row. The row is answered.
 */
export const addItemCampaign: NamedOperation = (context, { table, id: itemId, parameters }) => {
  // U28 (addItemCampaign).
  if (context.switches.addItemCampaign === 'refused-in-change-set' && context.isInChangeSet)
    throw refuse.notInChangeSet();
  const campaign = readReference(context.schema, parameters.Campaign, 'campaign');
  if (table !== 'list' && table !== 'campaign') throw refuse.notEmulated(`AddItemCampaign on '${table}'`);
  const onExisting = context.switches.addExistingLink === 'ok-200' ? 'accept' : 'refuse';
  const id = link(context, { campaignId: campaign.id, itemTable: table, itemId }, onExisting);
  return { status: 200, body: answeredRow(context, 'campaignitem', id) };
};

/** RemoveItemCampaign: bound to the campaign; `campaignitemid` is the linked LIST's id. [field] U11 (removeItemCampaign). */
export const removeItemCampaign: NamedOperation = (context, { id: campaignId, parameters }) => {
  const { id: itemId } = readReference(context.schema, parameters.CampaignItem, 'campaignitem');
  const wasLinked = unlink(context, { campaignId, itemTable: 'list', itemId });
  if (!wasLinked) throw refuse.notRelatedToCampaign();
  return context.switches.removeItemCampaign === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};

export type Link = { campaignId: string; itemTable: 'list' | 'campaign'; itemId: string };

function findLink(context: OperationContext, { campaignId, itemId }: Link): Row | undefined {
  const rows = context.store.find('campaignitem', { _campaignid_value: campaignId, entityid: itemId });
  return rows.next().value ?? undefined;
}

/** `onExisting`: what an existing link does to a second request; the actions and `$ref` differ (U12, U13). */
export function link(context: OperationContext, wanted: Link, onExisting: 'accept' | 'refuse'): string {
  requirePrivileges(context, LINK_PRIVILEGES);
  return context.store.transaction(() => {
    const item = visibleRow(context, wanted.itemTable, wanted.itemId);
    const campaign = visibleRow(context, 'campaign', wanted.campaignId);
    // For the inactive item the code is documented; U15 (linkToInactiveCampaign).
    const isRefused = campaign.statecode !== 0 && context.switches.linkToInactiveCampaign === 'refused';
    if (item.statecode !== 0 || isRefused) throw refuse.inactiveItemToCampaign();
    const existing = findLink(context, wanted);
    if (existing !== undefined && onExisting === 'refuse') throw refuse.duplicateKey();
    if (existing !== undefined) return String(existing.campaignitemid);
    const campaignitemid = context.newId();
    context.store.insert('campaignitem', {
      campaignitemid,
      _campaignid_value: wanted.campaignId,
      entityid: wanted.itemId,
      entitytype: wanted.itemTable,
      _ownerid_value: campaign._ownerid_value ?? null,
      owninguser: campaign._owninguser_value ?? null,
      owningbusinessunit: campaign._owningbusinessunit_value ?? null,
    });
    return campaignitemid;
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

/** False when there was no such link. */
export function unlink(context: OperationContext, unwanted: Link): boolean {
  requirePrivileges(context, ['prvAppendToCampaign', 'prvReadActivity']);
  return context.store.transaction(() => {
    visibleRow(context, 'campaign', unwanted.campaignId);
    const row = findLink(context, unwanted);
    return row !== undefined && context.store.remove('campaignitem', String(row.campaignitemid));
  });
}

// CopyCampaign: a new campaign (or template) with the columns of another. U27 (copyCampaignLinks): its links come along, or not.

const COPIED = [
  'name',
  'typecode',
  'objective',
  'description',
  'message',
  'promotioncodename',
  'proposedstart',
  'proposedend',
];

export const copyCampaign: NamedOperation = (context, { id: sourceId, parameters }) => {
  requirePrivileges(context, ['prvReadCampaign', 'prvCreateCampaign']);
  const { store, switches } = context;
  const id = store.transaction(() => {
    const source = visibleRow(context, 'campaign', sourceId);
    const columns = COPIED.map((column) => [column, source[column] ?? null]);
    const given: Row = { ...Object.fromEntries(columns), istemplate: parameters.SaveAsTemplate === true };
    const row = newRow(context, 'campaign', given);
    store.insert('campaign', row);
    const campaignId = String(row.campaignid);
    const items =
      switches.copyCampaignLinks === 'yes' ? store.find('campaignitem', { _campaignid_value: sourceId }) : [];
    for (const item of items)
      store.insert('campaignitem', { ...item, campaignitemid: context.newId(), _campaignid_value: campaignId });
    return campaignId;
  });
  return { status: 200, body: answeredRow(context, 'campaign', id) };
};

/** The row that an action answers with, whatever the request prefers. */
function answeredRow(context: OperationContext, table: string, id: string): unknown {
  const plain: OperationContext = { ...context, preferences: { returnRepresentation: false, continueOnError: false } };
  return runQuery(plain, { kind: 'row', table, id }, '').body;
}
