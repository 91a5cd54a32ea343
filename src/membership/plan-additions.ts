/**
 * Decides, for each row of a chunk, what an addition means for it: nothing to do, put somebody in, create somebody, or why not. Pure: the
 * server was read before, nothing is written here.
 */

import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { Claims } from './in-flight.ts';
import { type Match, matchForAdd } from './match-person.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { PeopleView } from './people-view.ts';
import { normalizeEmail } from './person.ts';
import { whyUnaskable } from './person-queries.ts';
import type { ListMember, PersonRecord } from './wire.ts';

export type PlannedRow =
  | { readonly kind: 'settled'; readonly row: InputRow; readonly outcome: Outcome }
  /** In already, as far as the read shows; the journal may know that an interrupted run of ours did it. */
  | { readonly kind: 'member'; readonly row: PersonRow; readonly person: PersonRecord; readonly member: ListMember }
  | { readonly kind: 'add'; readonly row: PersonRow; readonly person: PersonRecord }
  | { readonly kind: 'create'; readonly row: PersonRow };

export type AdditionRules = {
  readonly ownListIds: ReadonlySet<string>;
  readonly onAmbiguous: 'fail' | 'newest';
  /** `create-new` treats people with inactive matches only as not found. */
  readonly onInactive: 'fail' | 'create-new';
  readonly mayCreate: boolean;
  readonly skipOptedOut: boolean;
  readonly isExcluded: (person: PersonRecord) => boolean;
};

export type AdditionView = {
  readonly view: PeopleView;
  readonly strangers: Strangers;
};

export function planAdditions(
  rows: readonly InputRow[],
  read: AdditionView,
  rules: AdditionRules,
  claims: Claims,
): readonly PlannedRow[] {
  const planned: PlannedRow[] = [];
  for (const row of rows) planned.push(planRow(row, read, rules, claims));
  return planned;
}

function planRow(row: InputRow, read: AdditionView, rules: AdditionRules, claims: Claims): PlannedRow {
  if (row.kind === 'invalid') return settled(row, 'invalid', { code: row.code, message: row.message });
  const unaskable = whyUnaskable(row);
  if (unaskable !== undefined) return settled(row, 'invalid', unaskable);
  const match = matchForAdd(row.key, read.view, rules);
  if (match.kind === 'one') return planPerson(row, match.person, rules, claims);
  if (match.kind === 'ambiguous')
    return settled(row, 'ambiguous', {
      message: `${match.people.length} people match: ${describePeople(match.people)}.`,
    });
  if (match.kind === 'inactive' && !(rules.onInactive === 'create-new' && row.key.by !== 'id'))
    return inactive(row, match);
  return planCreation(row, read, rules, claims);
}

function planPerson(row: PersonRow, person: PersonRecord, rules: AdditionRules, claims: Claims): PlannedRow {
  const known = { personType: person.type, personId: person.id };
  if (rules.isExcluded(person)) return settled(row, 'excluded', known);
  if (isBeingCreated(person, claims) || !claims.claim(person.type, person.id))
    return settled(row, 'duplicate-input', known);
  const member = person.memberships.find((candidate) => rules.ownListIds.has(candidate.listId));
  if (member !== undefined) return { kind: 'member', row, person, member };
  if (rules.skipOptedOut && person.isOptedOut) return settled(row, 'opted-out', known);
  return { kind: 'add', row, person };
}

/** Another row that is in flight creates, or has just created, whoever has this e-mail, and puts them in. */
const isBeingCreated = (person: PersonRecord, claims: Claims): boolean =>
  person.email !== '' && claims.isTaken('email', person.email);

function inactive(row: PersonRow, match: Extract<Match, { kind: 'inactive' }>): PlannedRow {
  const [first] = match.people;
  const merged = match.people.find((person) => person.survivorId !== undefined);
  const advice = merged?.survivorId === undefined ? '' : ` Merged into ${merged.type}:${merged.survivorId}.`;
  return settled(row, 'inactive', {
    personType: first?.type,
    personId: first?.id,
    message: `Only inactive people match: ${describePeople(match.people)}.${advice}`,
  });
}

function planCreation(row: PersonRow, read: AdditionView, rules: AdditionRules, claims: Claims): PlannedRow {
  if (row.key.by === 'id')
    return settled(row, 'not-found', {
      message: `No lead or contact has the id ${row.key.id}, or you may not read it.`,
    });
  if (!rules.mayCreate) return settled(row, 'not-found', { message: `Nobody in Dynamics matches ${row.place.ref}.` });
  if (row.email === '')
    return settled(row, 'cannot-create', {
      code: 'NO_EMAIL',
      message: `Nobody matches ${row.place.ref}, and the row has no e-mail to create them with.`,
    });
  if (row.attributes.lastname === undefined)
    return settled(row, 'cannot-create', {
      code: 'NO_LAST_NAME',
      message: `Nobody in Dynamics has the e-mail ${row.email}, and the row has no last name to create them with.`,
    });
  if (row.neverCreate !== undefined)
    return settled(row, 'cannot-create', { code: 'OVERLONG_ROW', message: row.neverCreate });
  const refusal = creationRefusal(row, read);
  if (refusal !== undefined) return settled(row, 'cannot-create', refusal);
  return claims.claim('email', row.email) ? { kind: 'create', row } : settled(row, 'duplicate-input');
}

/** Two ways in which the person may be in Dynamics all the same. */
function creationRefusal(
  row: PersonRow,
  read: AdditionView,
): { readonly code: string; readonly message: string } | undefined {
  const { unplaced, byLooseKey } = read.strangers;
  const named = row.key.by === 'column' ? [row.email, row.key.value] : [row.email];
  const twin = unplaced[0] ?? named.map((text) => byLooseKey.get(looseKey(text))).find((text) => text !== undefined);
  if (twin !== undefined)
    return {
      code: 'SIMILAR_EMAIL',
      message: `Dynamics takes "${twin}" for ${row.key.by === 'column' ? 'a value' : 'an address'} of the input; nobody is created for ${row.email} before that is settled.`,
    };
  const [holder] = row.key.by === 'column' && row.email !== '' ? read.view.withEmail(row.email) : [];
  if (holder !== undefined)
    return {
      code: 'EMAIL_IN_USE',
      message: `Nobody has the value ${row.place.ref}, but ${holder.type} ${holder.id} has the e-mail ${row.email}.`,
    };
  return undefined;
}

/** Case, accents, width, ligatures and blanks aside: what a looser collation may take for equal. */
export function looseKey(email: string): string {
  const folded = normalizeEmail(email)
    .normalize('NFKD')
    .replace(/[\p{M}\s]/gu, '');
  return folded.replace(/[ßæœøłđðþı]/g, (letter) => LIGATURES[letter] ?? letter);
}

const LIGATURES: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/**
 * Addresses (with --match-by: values too) that came back though no input equals them: the server's collation is looser than our
 * comparison. One that can be told to stand for an input blocks that one's creation; one that cannot blocks every creation of the chunk.
 */
export type Strangers = { readonly byLooseKey: ReadonlyMap<string, string>; readonly unplaced: readonly string[] };

export function findStrangers(found: ReadonlySet<string>, textsAsked: () => readonly string[]): Strangers {
  const asked = new Set(found.size === 0 ? [] : textsAsked());
  const strange = [...found].filter((email) => email !== '' && !asked.has(email));
  if (strange.length === 0) return { byLooseKey: new Map(), unplaced: [] };
  const keys = new Set([...asked].map(looseKey));
  return {
    byLooseKey: new Map(strange.map((email) => [looseKey(email), email])),
    unplaced: strange.filter((email) => !keys.has(looseKey(email))),
  };
}

export function describePeople(people: readonly PersonRecord[]): string {
  const shown = people
    .slice(0, 5)
    .map((person) => `${person.type}:${person.id}${person.name === '' ? '' : ` "${person.name}"`}`);
  return people.length > shown.length
    ? `${shown.join(', ')} and ${people.length - shown.length} more`
    : shown.join(', ');
}

function settled(row: InputRow, outcome: OutcomeName, details: Partial<Outcome> = {}): PlannedRow {
  return { kind: 'settled', row, outcome: outcomeOf(row, outcome, details) };
}
