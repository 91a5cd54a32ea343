/**
 * AddItemCampaign: links a list (or a campaign) to a campaign; bound to the item. Conflict: the SDK's response names only the id, CSDL
 * and action page declare the row. The row is answered.
 */

import { notEmulated, segmentNotFound } from '../errors/path-errors.ts';
import { ODataError } from '../errors.ts';
import { runQuery } from '../odata/run-query.ts';
import { readReference } from './action-parameters.ts';
import { link } from './campaign-links.ts';
import type { NamedOperation, OperationContext } from './operation.ts';

export const addItemCampaign: NamedOperation = (context, { boundTo, parameters }) => {
  refuseBySwitch(context);
  const campaign = readReference(context.schema, parameters.Campaign, 'campaign');
  const itemTable = boundTo?.table;
  if (itemTable !== 'list' && itemTable !== 'campaign') throw notEmulated(`AddItemCampaign on '${itemTable ?? ''}'`);
  const onExisting = context.switches.addExistingLink === 'ok-200' ? 'accept' : 'refuse';
  const id = link(context, { campaignId: campaign.id, itemTable, itemId: boundTo?.id ?? '' }, onExisting);
  return { status: 200, body: runQuery(context, { kind: 'row', table: 'campaignitem', id }, '', {}).body };
};

/** U28 (addItemCampaign): not offered, or not inside a change set. */
function refuseBySwitch({ switches, isInChangeSet }: OperationContext): void {
  if (switches.addItemCampaign === 'absent') throw segmentNotFound('Microsoft.Dynamics.CRM.AddItemCampaign');
  if (switches.addItemCampaign === 'refused-in-change-set' && isInChangeSet) {
    throw new ODataError(400, '0x80040315', 'This action is not supported.');
  }
}
