/** RemoveItemCampaign: bound to the campaign; `campaignitemid` is the linked LIST's id. [field] U11 (removeItemCampaign). */
import { notRelatedToCampaign } from '../errors/membership-errors.ts';
import { segmentNotFound } from '../errors/path-errors.ts';
import { readReference } from './action-parameters.ts';
import { unlink } from './campaign-links.ts';
import type { NamedOperation } from './operation.ts';

export const removeItemCampaign: NamedOperation = (context, { boundTo, parameters }) => {
  const { removeItemCampaign: offer } = context.switches;
  if (offer === 'absent') throw segmentNotFound('Microsoft.Dynamics.CRM.RemoveItemCampaign');
  const { id } = readReference(context.schema, parameters.CampaignItem, 'campaignitem');
  const wasLinked = unlink(context, { campaignId: boundTo?.id ?? '', itemTable: 'list', itemId: id });
  if (!wasLinked) throw notRelatedToCampaign();
  return offer === 'ok-200' ? { status: 200, body: {} } : { status: 204 };
};
