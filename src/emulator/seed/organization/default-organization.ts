/** The organization a new data folder starts with: small, believable, and with one of everything that can go wrong. */
import type { Seed } from '../seed.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { CONTACTS, PARENT_CONTACT } from './contacts.ts';
import { LEADS } from './leads.ts';
import { CAMPAIGN_ITEMS, LIST_MEMBERS, LISTS } from './lists.ts';
import { BUSINESS_UNITS, SYSTEM_USERS } from './users.ts';

/** Without these nobody could sign in: part of every seed. */
export const BARE_ORGANIZATION: Seed = { businessunits: BUSINESS_UNITS, systemusers: SYSTEM_USERS };

export const DEFAULT_ORGANIZATION: Seed = {
  campaigns: CAMPAIGNS,
  lists: LISTS,
  leads: LEADS.map((lead) =>
    lead.leadid === PARENT_CONTACT.leadid ? { ...lead, _parentcontactid_value: PARENT_CONTACT.contactid } : lead,
  ),
  contacts: CONTACTS,
  listmembers: LIST_MEMBERS,
  campaignitems: CAMPAIGN_ITEMS,
};
