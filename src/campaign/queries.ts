/** The reads about a campaign and its lists: small GETs, because they go with every batch. */
import type { MembersBy } from '../dataverse/capabilities.ts';
import { fetchXml } from '../dataverse/fetchxml.ts';
import { and, eq, type Filter, inList, odataGuid, odataString, or, query, row } from '../dataverse/odata-query.ts';
import type { Read } from '../dataverse/operation.ts';
import { fetchRows, readObject, readRows } from '../dataverse/reads.ts';
import {
  CAMPAIGN_COLUMNS,
  CAMPAIGN_LISTS,
  LIST_COLUMNS,
  LIST_MEMBER_ATTRIBUTES,
  LIST_MEMBER_COLUMNS,
  NEEDED_OF_MEMBER,
  PERSON_TYPES,
} from '../dataverse/wire.ts';
import { ownListName } from './list-name.ts';

export function campaignQuery(campaignId: string): Read {
  return readObject(query(row('campaigns', campaignId), { select: CAMPAIGN_COLUMNS }), 'campaignid');
}

export function linkedListsQuery(campaignId: string): Read {
  return readRows(query(`${row('campaigns', campaignId)}/${CAMPAIGN_LISTS}`, { select: LIST_COLUMNS }), 'listid');
}

export function listQuery(listId: string): Read {
  return readObject(query(row('lists', listId), { select: LIST_COLUMNS }), 'listid');
}

/** Lists that are ours by derived id or by the campaign's id in their name, linked or not. */
export function ownListsQuery(campaignId: string, derivedIds: readonly string[]): Read {
  const byId = derivedIds.map((id) => eq('listid', odataGuid(id)));
  const byName = PERSON_TYPES.map((type) => eq('listname', odataString(ownListName(type, campaignId))));
  return readRows(query('lists', { select: LIST_COLUMNS, filter: or(...byId, ...byName) }), 'listid');
}

/** Campaigns that a list is linked to; 404 for a missing list. */
export function listsCampaignsQuery(listId: string): Read {
  const select = ['campaignid', 'name', 'codename', 'statecode'];
  return readRows(query(`${row('lists', listId)}/${CAMPAIGN_LISTS}`, { select }), 'campaignid');
}

/** At most one row. */
export function memberOfListQuery(listId: string): Read {
  const filter = eq('_listid_value', odataGuid(listId));
  return readRows(query('listmembers', { select: ['listmemberid'], filter, top: 1 }), 'listmemberid');
}

export function readMembersById(listId: string, personIds: readonly string[], by: MembersBy = 'In'): Read {
  if (by === 'FetchXML') {
    const conditions = [
      { attribute: 'listid', operator: 'eq', value: listId },
      { attribute: 'entityid', operator: 'in', values: personIds },
    ] as const;
    const xml = fetchXml({ entity: 'listmember', attributes: LIST_MEMBER_ATTRIBUTES, filter: { conditions } });
    return fetchRows('listmembers', xml, ...NEEDED_OF_MEMBER);
  }
  const people =
    by === 'In' ? inList('entityid', personIds) : or(...personIds.map((id) => eq('_entityid_value', odataGuid(id))));
  return readMembers(and(eq('_listid_value', odataGuid(listId)), people));
}

export const readMembersOfList = (listId: string): Read => readMembers(eq('_listid_value', odataGuid(listId)));

export function readMembers(filter: Filter, orderby?: readonly string[]): Read {
  return readRows(query('listmembers', { select: LIST_MEMBER_COLUMNS, filter, orderby }), ...NEEDED_OF_MEMBER);
}
