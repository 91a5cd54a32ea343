/** The organization a new data folder starts with: small, believable, and with one of everything that can go wrong. */

import { APPLICATION_USER_ID } from '../organization.ts';
import type { Row } from '../store/row.ts';
import {
  BUSINESS_UNITS,
  CONTACTS,
  contactId,
  ERIKA_USER_ID,
  LEADS,
  leadId,
  MARKETO_USER_ID,
  madeAt,
  PARENT_CONTACT,
  SYSTEM_USERS,
} from './default-people.ts';
import type { Seed } from './seed.ts';

// Campaigns of the default organization, one for each state a client must tell apart.

const CAMPAIGN_IDS = {
  springLaunch: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001',
  autumnWebinar: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0002',
  winterGala: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0003',
  template: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0004',
  newsletterDe: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0005',
  newsletterEn: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0006',
  partnerSummit: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0007',
  tradeFair: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0008',
  roadshow: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0009',
  productDay: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0010',
  productDayCopy: 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0011',
} as const;

const LAUNCHED = 2;
const COMPLETED = 3;
const INACTIVE = 6;

const ADVERTISEMENT = 1;
const DIRECT_MARKETING = 2;
const EVENT = 3;

const CAMPAIGNS: readonly Row[] = [
  campaign(CAMPAIGN_IDS.springLaunch, 'Spring Launch', 'SPRING-LAUNCH', {
    typecode: DIRECT_MARKETING,
    statuscode: LAUNCHED,
    proposedstart: '2026-03-01T00:00:00Z',
    proposedend: '2026-05-31T00:00:00Z',
    objective: 'Bring the spring collection to people who asked for it.',
  }),
  campaign(CAMPAIGN_IDS.autumnWebinar, 'Autumn Webinar', 'WEBINAR-AUTUMN', {
    typecode: EVENT,
    statuscode: LAUNCHED,
    proposedstart: '2026-10-06T00:00:00Z',
    proposedend: '2026-10-08T00:00:00Z',
  }),
  campaign(CAMPAIGN_IDS.winterGala, 'Winter Gala', 'GALA-WINTER', {
    typecode: EVENT,
    statecode: 1,
    statuscode: INACTIVE,
  }),
  campaign(CAMPAIGN_IDS.template, 'Campaign Template', 'TEMPLATE-BASE', { typecode: ADVERTISEMENT, istemplate: true }),
  campaign(CAMPAIGN_IDS.newsletterDe, 'Newsletter', 'NEWS-DE', { typecode: DIRECT_MARKETING, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.newsletterEn, 'Newsletter', 'NEWS-EN', { typecode: DIRECT_MARKETING, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.partnerSummit, 'Partner Summit', 'SUMMIT-PARTNER', { typecode: EVENT, statuscode: COMPLETED }),
  campaign(CAMPAIGN_IDS.tradeFair, 'Trade Fair Berlin', 'FAIR-BERLIN', { typecode: EVENT, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.roadshow, 'Roadshow', 'ROADSHOW', { typecode: EVENT }),
  campaign(CAMPAIGN_IDS.productDay, 'Product Day', 'PRODUCT-DAY', { typecode: EVENT, statuscode: LAUNCHED }),
  campaign(CAMPAIGN_IDS.productDayCopy, 'Product Day Copy', 'PRODUCT-DAY-2', { typecode: EVENT }),
];

function campaign(campaignid: string, name: string, codename: string, more: Row): Row {
  return { campaignid, name, codename, ...madeAt('2026-01-12T09:30:00Z'), ...more };
}

// Marketing lists of the default organization, their members and their campaigns.

const OF_CONTACTS = 2;
const OF_LEADS = 4;

/** Marketo names its pair by a token of its own. */
const MARKETO_TOKEN = '1004711';

const LIST_IDS = {
  webinarLeads: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20001',
  webinarContacts: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20002',
  fairLeads: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20003',
  roadshowLeads: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20004',
  productDayContacts: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20005',
  customers: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20006',
  partners: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20007',
  openLeads: '77d0c1a5-2e94-4f38-b6a0-51c9e0d20008',
} as const;

const LISTS: readonly Row[] = [
  list(LIST_IDS.webinarLeads, `Mkto-leads-${MARKETO_TOKEN}`, OF_LEADS, { _createdby_value: MARKETO_USER_ID }),
  list(LIST_IDS.webinarContacts, `Mkto-contacts-${MARKETO_TOKEN}`, OF_CONTACTS, { _createdby_value: MARKETO_USER_ID }),
  list(LIST_IDS.fairLeads, `Mkto-leads-${CAMPAIGN_IDS.tradeFair}`, OF_LEADS, {
    ...ours('Trade Fair Berlin'),
    lockstatus: true,
  }),
  list(LIST_IDS.roadshowLeads, `Mkto-leads-${CAMPAIGN_IDS.roadshow}`, OF_LEADS, ours('Roadshow')),
  list(LIST_IDS.productDayContacts, `Mkto-contacts-${CAMPAIGN_IDS.productDay}`, OF_CONTACTS, ours('Product Day')),
  list(LIST_IDS.customers, 'Customers DACH', OF_CONTACTS, { purpose: 'Customers in Germany, Austria and Switzerland' }),
  list(LIST_IDS.partners, 'Partners', OF_CONTACTS, { purpose: 'Partner contacts' }),
  list(LIST_IDS.openLeads, 'All open leads', OF_LEADS, {
    type: true,
    query:
      '<fetch><entity name="lead"><attribute name="leadid"/><filter><condition attribute="statecode" operator="eq" value="0"/></filter></entity></fetch>',
  }),
];

function list(listid: string, listname: string, createdfromcode: number, more: Row): Row {
  return { listid, listname, createdfromcode, ...madeAt('2026-02-02T08:00:00Z'), ...more };
}

function ours(campaign: string): Row {
  const text = `Kept by dyncamp for the campaign "${campaign}". Do not edit by hand.`;
  return { _createdby_value: APPLICATION_USER_ID, purpose: text, description: text };
}

/** Roadshow's list is linked nowhere; Product Day's is linked twice. */
const CAMPAIGN_ITEMS: readonly Row[] = [
  item(1, CAMPAIGN_IDS.autumnWebinar, LIST_IDS.webinarLeads),
  item(2, CAMPAIGN_IDS.autumnWebinar, LIST_IDS.webinarContacts),
  item(3, CAMPAIGN_IDS.autumnWebinar, LIST_IDS.customers),
  item(4, CAMPAIGN_IDS.tradeFair, LIST_IDS.fairLeads),
  item(5, CAMPAIGN_IDS.productDay, LIST_IDS.productDayContacts),
  item(6, CAMPAIGN_IDS.productDayCopy, LIST_IDS.productDayContacts),
  item(7, CAMPAIGN_IDS.partnerSummit, LIST_IDS.partners),
  item(8, CAMPAIGN_IDS.newsletterDe, LIST_IDS.customers),
  item(9, CAMPAIGN_IDS.newsletterDe, LIST_IDS.openLeads),
];

function item(number: number, campaignid: string, entityid: string): Row {
  const campaignitemid = `1f6a8c3b-9d57-4e20-a7c4-${String(number).padStart(12, '0')}`;
  return { campaignitemid, _campaignid_value: campaignid, entityid, entitytype: 'list', _ownerid_value: ERIKA_USER_ID };
}

type Membership = { listid: string; table: 'lead' | 'contact'; people: readonly number[]; by: string };

/** Erika put lead 3 on Marketo's list by hand: no flow action may take her out. */
const MEMBERSHIPS: readonly Membership[] = [
  { listid: LIST_IDS.webinarLeads, table: 'lead', people: [1, 2, 13], by: MARKETO_USER_ID },
  { listid: LIST_IDS.webinarLeads, table: 'lead', people: [3], by: ERIKA_USER_ID },
  { listid: LIST_IDS.webinarContacts, table: 'contact', people: [1, 2], by: MARKETO_USER_ID },
  { listid: LIST_IDS.customers, table: 'contact', people: [3, 4, 11, 15], by: ERIKA_USER_ID },
  { listid: LIST_IDS.partners, table: 'contact', people: [16, 17], by: ERIKA_USER_ID },
  { listid: LIST_IDS.fairLeads, table: 'lead', people: [4, 6], by: APPLICATION_USER_ID },
  { listid: LIST_IDS.roadshowLeads, table: 'lead', people: [7, 8], by: APPLICATION_USER_ID },
  { listid: LIST_IDS.productDayContacts, table: 'contact', people: [18, 20], by: APPLICATION_USER_ID },
];

const LIST_MEMBERS: readonly Row[] = MEMBERSHIPS.flatMap(({ listid, table, people, by }, group) =>
  people.map((number) => ({
    listmemberid: `8e27b5f0-4a1c-4d96-b${group}00-${String(number).padStart(12, '0')}`,
    _listid_value: listid,
    _entityid_value: table === 'lead' ? leadId(number) : contactId(number),
    entitytype: table,
    ...madeAt('2026-02-03T09:15:00Z'),
    _createdby_value: by,
  })),
);

// The organization a new data folder starts with: small, believable, and with one of everything that can go wrong.

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
