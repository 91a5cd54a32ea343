/** Records, rows and views for the tests of the domain: small texts stand for ids, so that a failure can be read. */

import { createdPersonId } from '../../../src/campaign/ids.ts';
import type { Claims } from '../../../src/change/claims.ts';
import { trackClaims } from '../../../src/change/claims.ts';
import type { ListMember, PersonRecord } from '../../../src/dataverse/wire.ts';
import type { InputRow, PersonKey, PersonRow } from '../../../src/input/input-row.ts';
import type { AddRules } from '../../../src/people/add-rules.ts';
import { addressKey } from '../../../src/people/identity.ts';
import { buildPeopleView, type PeopleView, type ReadPerson } from '../../../src/people/view.ts';

export const LEADS = 'list-of-leads';
export const CONTACTS = 'list-of-contacts';
export const FOREIGN = 'foreign-list';
export const OWN_LIST_IDS = new Set([LEADS, CONTACTS]);
export const ME = 'user-me';

function record(type: 'lead' | 'contact', id: string, more: Partial<PersonRecord>): PersonRecord {
  return {
    type,
    id,
    email: 'ann@x.de',
    name: '',
    state: 'usable',
    createdOn: '2026-01-01T00:00:00Z',
    createdBy: undefined,
    survivorId: undefined,
    parentContactId: undefined,
    originatingLeadId: undefined,
    isOptedOut: false,
    memberships: [],
    ...more,
  };
}

export const lead = (id: string, more: Partial<PersonRecord> = {}): PersonRecord => record('lead', id, more);
export const contact = (id: string, more: Partial<PersonRecord> = {}): PersonRecord => record('contact', id, more);

export function member(listId: string, personId: string, more: Partial<ListMember> = {}): ListMember {
  const createdOn = '2026-02-03T04:05:06Z';
  return { id: `row-${listId}-${personId}`, listId, personId, createdOn, createdBy: ME, ...more };
}

export function read(person: PersonRecord, matchValue?: string): ReadPerson {
  return { record: person, matchValue, foundByEmail: matchValue === undefined };
}

export const viewOf = (...people: readonly PersonRecord[]): PeopleView =>
  buildPeopleView(people.map((person) => read(person)));

export function row(key: PersonKey, more: Partial<PersonRow> = {}): PersonRow {
  const email = key.by === 'email' ? key.email : '';
  return {
    kind: 'person',
    place: { source: 'people.csv', line: 2, ref: 'ref' },
    key,
    email,
    attributes: email === '' ? {} : { emailaddress1: email },
    columns: {},
    ...more,
  };
}

export const byEmail = (text: string, more: Partial<PersonRow> = {}): PersonRow =>
  row({ by: 'email', email: addressKey(text) }, { emailText: text, ...more });
export const byId = (id: string, personType?: 'lead' | 'contact'): PersonRow => row({ by: 'id', id, personType });
export const withName = (text: string): PersonRow =>
  byEmail(text, { attributes: { emailaddress1: text, lastname: 'Doe' } });

export const INVALID: InputRow = {
  kind: 'invalid',
  place: { source: 'people.csv', line: 9, ref: 'x' },
  columns: {},
  code: 'BAD_GUID',
  message: 'no id',
};

export const ADD_RULES: AddRules = {
  organizationId: '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de',
  campaignId: '11111111-2222-4333-8444-555555555555',
  matchBy: undefined,
  onAmbiguous: 'fail',
  onInactive: 'fail',
  mayCreate: true,
  createAs: 'lead',
  sourceCampaign: true,
  defaults: {},
  duplicateRules: 'honour',
  maxCreates: Number.POSITIVE_INFINITY,
  skipOptedOut: false,
  allowSharedList: false,
  isDryRun: false,
};

/** Of the person whom a creation as ADD_RULES ask for makes. */
export const createdId = (email: string, sequence: number): string =>
  createdPersonId({ organizationId: ADD_RULES.organizationId, personType: ADD_RULES.createAs, email, sequence });

export const freshClaims = (): Claims => trackClaims().begin();
