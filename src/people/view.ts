/** The people read for a batch of input, indexed for the lookups of match.ts. */

import { groupBy } from '../dataverse/groups.ts';
import { type ListMember, PERSON_TYPES, type PersonRecord } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';
import { addressKey, lookAlikeKey, normalizeEmail } from './identity.ts';

type PersonRef = { readonly type: PersonType; readonly id: string };

export type PeopleView = {
  all(): readonly PersonRecord[];
  get(ref: PersonRef): PersonRecord | undefined;
  /** Either table: a bare id. */
  withId(id: string): readonly PersonRecord[];
  /** By address key. */
  withEmail(key: string): readonly PersonRecord[];
  /** By look-alike key; those with the address itself among them. */
  alikeTo(key: string): readonly PersonRecord[];
  /** The value of the --match-by column as it stands. */
  matchTextOf(record: PersonRecord): string | undefined;
  /** By the value of the --match-by column, compared as e-mails are. */
  withMatch(value: string): readonly PersonRecord[];
  /** Contacts that a lead was qualified to. */
  contactsOfLead(leadId: string): readonly PersonRecord[];
  /** Qualified leads whose parent contact this is. */
  leadsOfContact(contactId: string): readonly PersonRecord[];
};

export const personKey = (ref: PersonRef): string => `${ref.type}/${ref.id}`;

export type ReadPerson = {
  readonly record: PersonRecord;
  readonly matchValue?: string | undefined;
  /** Found by e-mail: an address that no input equals shows that the server compares more loosely than we do. */
  readonly foundByEmail: boolean;
};

/** Several rows of one person (one per membership) become one record; a later read of the same person replaces nothing but adds rows. */
export function buildPeopleView(people: readonly ReadPerson[]): PeopleView {
  const records = new Map<string, PersonRecord>();
  const matches = new Map<string, string>();
  for (const { record, matchValue } of people) {
    const key = personKey(record);
    records.set(key, mergeRows(records.get(key), record));
    if (matchValue !== undefined) matches.set(key, matchValue);
  }
  const all = [...records.values()];
  // Each index is made when it is first asked: of a batch by id nobody asks for e-mails.
  const by = (keyOf: (record: PersonRecord) => string): ((key: string) => readonly PersonRecord[]) => {
    let found: ReadonlyMap<string, readonly PersonRecord[]> | undefined;
    return (key) => {
      found ??= index(all, keyOf);
      return found.get(key) ?? [];
    };
  };
  const withMatch = by((record) => normalizeEmail(matches.get(personKey(record)) ?? ''));
  return {
    all: () => all,
    get: (ref) => records.get(personKey(ref)),
    withId: (id) => PERSON_TYPES.flatMap((type) => records.get(personKey({ type, id })) ?? []),
    withEmail: by((record) => addressKey(record.email)),
    alikeTo: by((record) => lookAlikeKey(record.email)),
    matchTextOf: (record) => matches.get(personKey(record)),
    withMatch: (value) => withMatch(normalizeEmail(value)),
    contactsOfLead: by((record) => (record.type === 'contact' ? (record.originatingLeadId ?? '') : '')),
    leadsOfContact: by((record) => (record.state === 'qualified' ? (record.parentContactId ?? '') : '')),
  };
}

function mergeRows(known: PersonRecord | undefined, row: PersonRecord): PersonRecord {
  if (known === undefined) return row;
  const memberships = new Map<string, ListMember>(
    [...known.memberships, ...row.memberships].map((member) => [member.id, member]),
  );
  return { ...known, memberships: [...memberships.values()] };
}

function index(records: Iterable<PersonRecord>, keyOf: (record: PersonRecord) => string): Map<string, PersonRecord[]> {
  const found = groupBy(records, keyOf);
  found.delete('');
  return found;
}
