/** Marketing lists of the default organization, their members and their campaigns. */
import { APPLICATION_USER_ID } from '../../organization.ts';
import type { Row } from '../../store/row-store.ts';
import { CAMPAIGN_IDS } from './campaigns.ts';
import { contactId } from './contacts.ts';
import { leadId } from './leads.ts';
import { ERIKA_USER_ID, MARKETO_USER_ID } from './users.ts';

const CONTACTS = 2;
const LEADS = 4;

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

export const LISTS: readonly Row[] = [
  list(LIST_IDS.webinarLeads, `Mkto-leads-${MARKETO_TOKEN}`, LEADS, { _createdby_value: MARKETO_USER_ID }),
  list(LIST_IDS.webinarContacts, `Mkto-contacts-${MARKETO_TOKEN}`, CONTACTS, { _createdby_value: MARKETO_USER_ID }),
  list(LIST_IDS.fairLeads, `Mkto-leads-${CAMPAIGN_IDS.tradeFair}`, LEADS, {
    ...ours('Trade Fair Berlin'),
    lockstatus: true,
  }),
  list(LIST_IDS.roadshowLeads, `Mkto-leads-${CAMPAIGN_IDS.roadshow}`, LEADS, ours('Roadshow')),
  list(LIST_IDS.productDayContacts, `Mkto-contacts-${CAMPAIGN_IDS.productDay}`, CONTACTS, ours('Product Day')),
  list(LIST_IDS.customers, 'Customers DACH', CONTACTS, { purpose: 'Customers in Germany, Austria and Switzerland' }),
  list(LIST_IDS.partners, 'Partners', CONTACTS, { purpose: 'Partner contacts' }),
  list(LIST_IDS.openLeads, 'All open leads', LEADS, {
    type: true,
    query:
      '<fetch><entity name="lead"><attribute name="leadid"/><filter><condition attribute="statecode" operator="eq" value="0"/></filter></entity></fetch>',
  }),
];

function list(listid: string, listname: string, createdfromcode: number, more: Row): Row {
  const creator = more._createdby_value ?? ERIKA_USER_ID;
  return {
    listid,
    listname,
    createdfromcode,
    type: false,
    createdon: '2026-02-02T08:00:00Z',
    modifiedon: '2026-02-02T08:00:00Z',
    _createdby_value: creator,
    _ownerid_value: creator,
    ...more,
  };
}

function ours(campaign: string): Row {
  const text = `Kept by dyncamp for the campaign "${campaign}". Do not edit by hand.`;
  return { _createdby_value: APPLICATION_USER_ID, purpose: text, description: text };
}

/** Roadshow's list is linked nowhere; Product Day's is linked twice. */
export const CAMPAIGN_ITEMS: readonly Row[] = [
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

export const LIST_MEMBERS: readonly Row[] = MEMBERSHIPS.flatMap(({ listid, table, people, by }, group) =>
  people.map((number) => ({
    listmemberid: `8e27b5f0-4a1c-4d96-b${group}00-${String(number).padStart(12, '0')}`,
    _listid_value: listid,
    _entityid_value: table === 'lead' ? leadId(number) : contactId(number),
    entitytype: table,
    createdon: '2026-02-03T09:15:00Z',
    modifiedon: '2026-02-03T09:15:00Z',
    _createdby_value: by,
    _modifiedby_value: by,
    _ownerid_value: by,
  })),
);
