/** The reads about a campaign and its lists, worded once. Small GETs, so that they can travel with every batch. */

import { eq, odataGuid, odataString, or, query, row } from '../dataverse/odata-query.ts';
import type { Operation } from '../dataverse/operation.ts';
import { ownListName } from './list-name.ts';
import { PERSON_TYPES } from './person.ts';
import { CAMPAIGN_COLUMNS, CAMPAIGN_LISTS, LIST_COLUMNS } from './wire.ts';

const get = (path: string): Operation => ({ method: 'GET', path });

export function campaignQuery(campaignId: string): Operation {
  return get(query(row('campaigns', campaignId), { select: CAMPAIGN_COLUMNS }));
}

export function linkedListsQuery(campaignId: string): Operation {
  return get(query(`${row('campaigns', campaignId)}/${CAMPAIGN_LISTS}`, { select: LIST_COLUMNS }));
}

export function listQuery(listId: string): Operation {
  return get(query(row('lists', listId), { select: LIST_COLUMNS }));
}

/** Lists that are ours by derived id or by the campaign's id in their name, linked or not. */
export function ownListsQuery(campaignId: string, derivedIds: readonly string[]): Operation {
  const byId = derivedIds.map((id) => eq('listid', odataGuid(id)));
  const byName = PERSON_TYPES.map((type) => eq('listname', odataString(ownListName(type, campaignId))));
  return get(query('lists', { select: LIST_COLUMNS, filter: or(...byId, ...byName) }));
}

/** Campaigns that a list is linked to; 404 for a list that is not there. */
export function listsCampaignsQuery(listId: string): Operation {
  return get(
    query(`${row('lists', listId)}/${CAMPAIGN_LISTS}`, { select: ['campaignid', 'name', 'codename', 'statecode'] }),
  );
}

/** One member of a list, if it has any. */
export function memberOfListQuery(listId: string): Operation {
  return get(
    query('listmembers', { select: ['listmemberid'], filter: eq('_listid_value', odataGuid(listId)), top: 1 }),
  );
}
