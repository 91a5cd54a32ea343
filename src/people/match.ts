/**
 * Decides who an input row means, from what was read. Pure. For an addition by e-mail or another column: the active contact, else the open
 * lead, else the contact of the qualified lead, else inactive, else not found; of several, the one that is a member already, else the one with
 * the exact text, else by --on-ambiguous. By id: the record, or the survivor or contact that stands for it. A removal takes every match.
 */

import type { PersonRecord } from '../dataverse/wire.ts';
import type { PersonKey } from '../input/input-row.ts';
import { type PeopleView, personKey } from './view.ts';

export type Match =
  | { readonly kind: 'one'; readonly person: PersonRecord }
  | { readonly kind: 'ambiguous'; readonly people: readonly PersonRecord[] }
  | { readonly kind: 'inactive'; readonly people: readonly PersonRecord[] }
  | { readonly kind: 'none' };

export type MatchOptions = {
  /** Lists on which a membership resolves an ambiguity. */
  readonly ownListIds: ReadonlySet<string>;
  readonly onAmbiguous: 'fail' | 'newest';
  /** The e-mail as written: among several people with one address, those with exactly this spelling come first. */
  readonly emailText?: string | undefined;
  /** By another column: whether the person has exactly this value. */
  readonly isExact?: (person: PersonRecord) => boolean;
};

const NONE: Match = { kind: 'none' };

/** For an addition: exactly one usable person, or why not. */
export function matchForAdd(key: PersonKey, view: PeopleView, options: MatchOptions): Match {
  if (key.by === 'id') return matchById(key, view, options);
  if (key.by === 'email') return matchAmong(view.withEmail(key.email), view, options);
  const isExact = (person: PersonRecord): boolean => view.matchTextOf(person) === key.value;
  return matchAmong(view.withMatch(key.value), view, { ...options, isExact });
}

function matchById(key: Extract<PersonKey, { by: 'id' }>, view: PeopleView, options: MatchOptions): Match {
  const found = recordsWithId(key, view);
  if (found.length === 0) return NONE;
  const [only] = found;
  // The usual case: this record stands for itself.
  if (only?.state === 'usable' && found.length === 1) return { kind: 'one', person: only };
  const followed = unique(found.flatMap((record) => successors(record, view)));
  const usable = followed.filter((record) => record.state === 'usable');
  return usable.length > 0 ? choose(usable, options) : { kind: 'inactive', people: followed };
}

/** Usually one; several when a lead was qualified to several active contacts. */
function successors(record: PersonRecord, view: PeopleView): readonly PersonRecord[] {
  if (record.state !== 'qualified' || record.survivorId !== undefined) return [follow(record, view)];
  const contacts = view.contactsOfLead(record.id).filter((contact) => contact.state === 'usable');
  return contacts.length > 1 ? contacts : [follow(record, view)];
}

/** A merged record stands for its survivor, a qualified lead for its contact. Merges can chain, but not in a circle. */
export function follow(record: PersonRecord, view: PeopleView): PersonRecord {
  let current = record;
  for (let step = 0; step < MAX_FOLLOW_STEPS; step += 1) {
    const next = successor(current, view);
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

/** A person behind a longer chain of merges is reported as inactive. */
export const MAX_FOLLOW_STEPS = 5;

function successor(record: PersonRecord, view: PeopleView): PersonRecord | undefined {
  if (record.survivorId !== undefined) return view.get({ type: record.type, id: record.survivorId });
  return record.state === 'qualified' ? contactOf(record, view) : undefined;
}

/** The contact whose originating lead this is (an active one first), else the lead's parent contact. */
function contactOf(lead: PersonRecord, view: PeopleView): PersonRecord | undefined {
  const originated = view.contactsOfLead(lead.id);
  const first = originated.find((contact) => contact.state === 'usable') ?? originated[0];
  if (first !== undefined) return first;
  return lead.parentContactId === undefined ? undefined : view.get({ type: 'contact', id: lead.parentContactId });
}

function matchAmong(found: readonly PersonRecord[], view: PeopleView, options: MatchOptions): Match {
  if (found.length === 0) return NONE;
  const activeContacts = found.filter((record) => record.type === 'contact' && record.state === 'usable');
  if (activeContacts.length > 0) return choose(activeContacts, options);
  const openLeads = found.filter((record) => record.type === 'lead' && record.state === 'usable');
  if (openLeads.length > 0) return choose(openLeads, options);
  const contactsOfQualified = found
    .filter((record) => record.state === 'qualified')
    .flatMap((lead) => successors(lead, view))
    .filter((person) => person.type === 'contact' && person.state === 'usable');
  if (contactsOfQualified.length > 0) return choose(unique(contactsOfQualified), options);
  return { kind: 'inactive', people: found };
}

function choose(people: readonly PersonRecord[], options: MatchOptions): Match {
  const [only] = people;
  if (only !== undefined && people.length === 1) return { kind: 'one', person: only };
  const members = people.filter(({ memberships }) => memberships.some(({ listId }) => options.ownListIds.has(listId)));
  const [member] = members;
  if (member !== undefined && members.length === 1) return { kind: 'one', person: member };
  const { emailText, isExact = (person) => (person.emailText ?? person.email) === emailText } = options;
  const exact = people.filter(isExact);
  if (exact.length > 0 && exact.length < people.length) return choose(exact, options);
  const newest = [...people].sort((a, b) => b.createdOn.localeCompare(a.createdOn) || a.id.localeCompare(b.id))[0];
  if (options.onAmbiguous === 'newest' && newest !== undefined) return { kind: 'one', person: newest };
  return { kind: 'ambiguous', people };
}

/** For a removal every match counts, inactive ones included, with originating leads and their contacts. */
export function matchesForRemoval(key: PersonKey, view: PeopleView): readonly PersonRecord[] {
  const direct = directMatches(key, view);
  const related = allRelatives(direct, view);
  return unique([...direct, ...related, ...allRelatives(related, view)]);
}

const allRelatives = (people: readonly PersonRecord[], view: PeopleView): readonly PersonRecord[] =>
  people.flatMap((person) => relatives(person, view));

function directMatches(key: PersonKey, view: PeopleView): readonly PersonRecord[] {
  if (key.by === 'email') return view.withEmail(key.email);
  if (key.by === 'column') return view.withMatch(key.value);
  return recordsWithId(key, view);
}

function recordsWithId(
  { id, personType }: Extract<PersonKey, { by: 'id' }>,
  view: PeopleView,
): readonly PersonRecord[] {
  const found = view.withId(id);
  return personType === undefined ? found : found.filter((record) => record.type === personType);
}

/** The same person under another id: survivor of a merge, contact of a lead, lead of a contact. */
function relatives(record: PersonRecord, view: PeopleView): readonly PersonRecord[] {
  const survivor = record.survivorId === undefined ? undefined : view.get({ type: record.type, id: record.survivorId });
  if (record.type === 'contact') {
    const lead =
      record.originatingLeadId === undefined ? undefined : view.get({ type: 'lead', id: record.originatingLeadId });
    return [survivor, lead, ...view.leadsOfContact(record.id)].filter((other) => other !== undefined);
  }
  const contact = record.state === 'qualified' ? contactOf(record, view) : undefined;
  return [survivor, ...view.contactsOfLead(record.id), contact].filter((other) => other !== undefined);
}

/** Whether these records are one person: connected through merges and qualification, perhaps by way of other records that were read. */
export function areOnePerson(people: readonly PersonRecord[], view: PeopleView): boolean {
  const [first] = people;
  if (first === undefined || people.length === 1) return true;
  const reached = [first];
  const between = allRelatives(people, view);
  let left = unique([...people, ...between]).filter((person) => person !== first);
  for (const person of reached) {
    const near = left.filter(
      (other) => relatives(person, view).includes(other) || relatives(other, view).includes(person),
    );
    left = left.filter((other) => !near.includes(other));
    reached.push(...near);
  }
  return !people.some((person) => left.includes(person));
}

function unique(people: readonly PersonRecord[]): readonly PersonRecord[] {
  return [...new Map(people.map((person) => [personKey(person), person])).values()];
}

/** `contact:<id> "Kim Lee", lead:<id> and 3 more` */
export function describePeople(people: readonly PersonRecord[]): string {
  const shown = people
    .slice(0, 5)
    .map((person) => `${person.type}:${person.id}${person.name === '' ? '' : ` "${person.name}"`}`);
  return people.length > shown.length
    ? `${shown.join(', ')} and ${people.length - shown.length} more`
    : shown.join(', ');
}
