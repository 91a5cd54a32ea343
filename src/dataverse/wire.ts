/**
 * Dataverse's names (tables, columns, actions) and one function per table that maps a row to an object.
 * Sources: Microsoft's table references and the Web API's CSDL.
 */

import type { PersonType } from '../events.ts';
import { type JsonObject, type JsonValue, textOf } from '../json.ts';
import { normalizeEmail } from '../people/identity.ts';

/** organization.languagecode of Turkish, in which i and I are two letters ("Dataverse language collations", U39). */
export const TURKISH = 1055;

/** The two kinds of people on a campaign's own lists. Dynamics lists may also hold accounts, which are not people here. */
export const PERSON_TYPES = ['lead', 'contact'] as const satisfies readonly PersonType[];

export const TABLES = {
  lead: { name: 'lead', set: 'leads', key: 'leadid' },
  contact: { name: 'contact', set: 'contacts', key: 'contactid' },
} as const satisfies Record<PersonType, { name: string; set: string; key: string }>;

/** list.createdfromcode; documented: 1 account, 2 contact, 4 lead. */
export const CREATED_FROM_CODE = { lead: 4, contact: 2 } as const satisfies Record<PersonType, number>;

/** N:N between campaign and list; the same property on both ends. */
export const CAMPAIGN_LISTS = 'campaignlist_association';

const words = (text: string): readonly string[] => text.split(' ');

export const CAMPAIGN_COLUMNS = words(
  'campaignid name codename statecode statuscode istemplate typecode proposedstart proposedend actualstart actualend',
);
export const LIST_COLUMNS = words('listid listname type createdfromcode lockstatus statecode');
export const LIST_MEMBER_COLUMNS = words('listmemberid _listid_value _entityid_value createdon _createdby_value');
/** The same by their logical names, as FetchXML wants them; its rows have the wire names. */
export const LIST_MEMBER_ATTRIBUTES = words('listmemberid listid entityid createdon createdby');
/** Without these a row does not say who is on which list, since when: nobody is in or out by it, and no event has its id. */
export const NEEDED_OF_MEMBER = words('listmemberid _listid_value _entityid_value createdon');
const PEOPLE_ATTRIBUTES = words(
  'emailaddress1 fullname statecode createdon createdby masterid donotbulkemail donotemail',
);
/** Logical names, as FetchXML wants them. */
export const PERSON_ATTRIBUTES = {
  lead: ['leadid', 'parentcontactid', ...PEOPLE_ATTRIBUTES],
  contact: ['contactid', 'originatingleadid', ...PEOPLE_ATTRIBUTES],
} satisfies Record<PersonType, readonly string[]>;
/** Aliases of the joined membership columns. No dots: v8 and v9 write them differently. */
export const MEMBER_ALIASES = { listmemberid: 'm_id', listid: 'm_list', createdon: 'm_on', createdby: 'm_by' } as const;

export const ACTIONS = {
  addMembers: 'AddListMembersList',
  removeMembers: 'RemoveListMembersList',
  addMember: 'Microsoft.Dynamics.CRM.AddMemberList',
  removeMember: 'Microsoft.Dynamics.CRM.RemoveMemberList',
  linkList: 'Microsoft.Dynamics.CRM.AddItemCampaign',
  unlinkList: 'Microsoft.Dynamics.CRM.RemoveItemCampaign',
} as const;

/** statuscode of the campaign table, documented in its table reference. */
export const CAMPAIGN_STATUS = {
  0: 'Proposed',
  1: 'Ready To Launch',
  2: 'Launched',
  3: 'Completed',
  4: 'Canceled',
  5: 'Suspended',
  6: 'Inactive',
} as const satisfies Record<number, string>;

/** typecode of the campaign table. */
const CAMPAIGN_TYPE = {
  1: 'Advertisement',
  2: 'Direct Marketing',
  3: 'Event',
  4: 'Co-branding',
  5: 'Other',
} as const satisfies Record<number, string>;

export type Campaign = {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly isActive: boolean;
  readonly isTemplate: boolean;
  /** Label of the status; the number as text for an organization's own statuses. */
  readonly status: string;
  readonly type: string;
  readonly start: string;
  readonly end: string;
};

export type MarketingList = {
  readonly id: string;
  readonly name: string;
  /** Undefined for a list of accounts. */
  readonly personType: PersonType | undefined;
  readonly isDynamic: boolean;
  readonly isLocked: boolean;
  readonly isActive: boolean;
};

export type ListMember = {
  readonly id: string;
  readonly listId: string;
  readonly personId: string;
  readonly createdOn: string;
  /** A systemuser's id; undefined when the server does not say. */
  readonly createdBy: string | undefined;
};

type PersonState = 'usable' | 'qualified' | 'inactive';

export type PersonRecord = {
  readonly type: PersonType;
  readonly id: string;
  /** For display. Compare by its keys (people/identity.ts). */
  readonly email: string;
  /** The address as stored in Dynamics, if it differs from `email`. */
  readonly emailText?: string | undefined;
  readonly name: string;
  /** Leads: open, qualified, disqualified. Contacts: active or not. A merged record is inactive. */
  readonly state: PersonState;
  readonly createdOn: string;
  readonly createdBy: string | undefined;
  readonly survivorId: string | undefined;
  readonly parentContactId: string | undefined;
  readonly originatingLeadId: string | undefined;
  readonly isOptedOut: boolean;
  /** On the lists that the query asked for. */
  readonly memberships: readonly ListMember[];
};
const optional = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;
const label = (labels: Readonly<Record<number, string>>, value: JsonValue | undefined): string =>
  typeof value === 'number' ? (labels[value] ?? String(value)) : '';

export function campaignFromRow(row: JsonObject): Campaign {
  return {
    id: textOf(row.campaignid).toLowerCase(),
    name: textOf(row.name),
    code: textOf(row.codename),
    isActive: row.statecode === 0,
    isTemplate: row.istemplate === true,
    status: label(CAMPAIGN_STATUS, row.statuscode),
    type: label(CAMPAIGN_TYPE, row.typecode),
    start: textOf(row.actualstart) || textOf(row.proposedstart),
    end: textOf(row.actualend) || textOf(row.proposedend),
  };
}

export function marketingListFromRow(row: JsonObject): MarketingList {
  return {
    id: textOf(row.listid).toLowerCase(),
    name: textOf(row.listname),
    personType: personTypeOfCode(row.createdfromcode),
    isDynamic: row.type === true,
    isLocked: row.lockstatus === true,
    isActive: row.statecode === 0,
  };
}

function personTypeOfCode(code: JsonValue | undefined): PersonType | undefined {
  if (code === CREATED_FROM_CODE.lead) return 'lead';
  return code === CREATED_FROM_CODE.contact ? 'contact' : undefined;
}

export function listMemberFromRow(row: JsonObject): ListMember {
  return {
    id: textOf(row.listmemberid).toLowerCase(),
    listId: textOf(row._listid_value).toLowerCase(),
    personId: textOf(row._entityid_value).toLowerCase(),
    createdOn: textOf(row.createdon),
    createdBy: optional(row._createdby_value),
  };
}

/** Shared: nearly everybody who is added has none. */
const NO_MEMBERSHIPS: readonly ListMember[] = [];

/** From a row of the joined FetchXML read. The membership columns are present when the person is on one of the lists. */
export function personFromRow(type: PersonType, row: JsonObject): PersonRecord {
  const id = textOf(row[TABLES[type].key]).toLowerCase();
  const memberId = optional(row[MEMBER_ALIASES.listmemberid]);
  const emailText = textOf(row.emailaddress1);
  const email = normalizeEmail(emailText);
  return {
    type,
    id,
    email,
    emailText: emailText === email ? undefined : emailText,
    name: textOf(row.fullname),
    state: personState(type, row),
    createdOn: textOf(row.createdon),
    createdBy: optional(row._createdby_value),
    survivorId: optional(row._masterid_value),
    parentContactId: optional(row._parentcontactid_value),
    originatingLeadId: optional(row._originatingleadid_value),
    isOptedOut: row.donotbulkemail === true || row.donotemail === true,
    memberships:
      memberId === undefined
        ? NO_MEMBERSHIPS
        : [
            {
              id: memberId,
              listId: textOf(row[MEMBER_ALIASES.listid]).toLowerCase(),
              personId: id,
              createdOn: textOf(row[MEMBER_ALIASES.createdon]),
              createdBy: optional(row[MEMBER_ALIASES.createdby]),
            },
          ],
  };
}

function personState(type: PersonType, row: JsonObject): PersonState {
  if (row.statecode === 0 && optional(row._masterid_value) === undefined) return 'usable';
  return type === 'lead' && row.statecode === 1 ? 'qualified' : 'inactive';
}
