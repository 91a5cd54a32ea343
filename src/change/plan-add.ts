/** Decides what an addition means for each row of a batch: nothing to do, add a person, create one first, or why not. Pure. */

import type { ListMember, PersonRecord } from '../dataverse/wire.ts';
import type { OutcomeName } from '../events.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import { sourceName } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { AddRules } from '../people/add-rules.ts';
import { addressKey, lookAlikeKey, whyUndeliverable } from '../people/identity.ts';
import { describePeople, type Match, matchForAdd } from '../people/match.ts';
import { chooseId } from '../people/plan-creation.ts';
import { mayBeCreated, whyUnaskable } from '../people/queries.ts';
import type { PeopleView } from '../people/view.ts';
import type { Claims, Creating } from './claims.ts';
import { looseKey, type Strangers } from './strangers.ts';

export type PlannedRow =
  | { readonly kind: 'decided'; readonly row: InputRow; readonly outcome: Outcome }
  /** In already. Reported as added where the journal knows that an unfinished run added them. */
  | { readonly kind: 'member'; readonly row: PersonRow; readonly person: PersonRecord; readonly member: ListMember }
  | { readonly kind: 'add'; readonly row: PersonRow; readonly person: PersonRecord }
  | { readonly kind: 'create'; readonly row: PersonRow };

export type AdditionView = {
  readonly view: PeopleView;
  readonly ownListIds: ReadonlySet<string>;
  /** By --exclude. */
  readonly isExcluded: (person: PersonRecord) => boolean;
  readonly strangers: Strangers;
  /** Values of --match-by that the server refused. */
  readonly refusedValues?: ReadonlyMap<string, string>;
};

export function planAdditions(
  rows: readonly InputRow[],
  read: AdditionView,
  rules: AddRules,
  claims: Claims,
): readonly PlannedRow[] {
  return rows.map((row) => planRow(row, { read, rules, claims }));
}

type Planning = { readonly read: AdditionView; readonly rules: AddRules; readonly claims: Claims };

function planRow(row: InputRow, planning: Planning): PlannedRow {
  const { read, rules, claims } = planning;
  if (row.kind === 'invalid') return decided(row, 'invalid', { code: row.code, message: row.message });
  const unaskable = whyUnaskable(row, read.refusedValues);
  if (unaskable !== undefined) return decided(row, 'invalid', unaskable);
  const emailText = row.emailText ?? row.email;
  const match = matchForAdd(row.key, read.view, { emailText, ...matchOptions(planning) });
  const isNotFound =
    match.kind === 'none' || (match.kind === 'inactive' && rules.onInactive === 'create-new' && row.key.by !== 'id');
  if (!isNotFound) return planMatch(row, match, planning);
  const derived = derivedMatch(row, planning);
  if (derived === undefined) return planNewPerson(row, planning);
  const before = claims.created(lookAlikeKey(row.email));
  return before === undefined || before.email === row.email
    ? planMatch(row, derived, planning)
    : decided(row, 'cannot-create', similarRow(row, before));
}

const matchOptions = ({ read: { ownListIds }, rules: { onAmbiguous } }: Planning) => ({ ownListIds, onAmbiguous });

type Found = Exclude<Match, { kind: 'none' }>;

function planMatch(row: PersonRow, match: Found, planning: Planning): PlannedRow {
  if (match.kind === 'one') return planPerson(row, match.person, planning);
  if (match.kind === 'inactive') return inactive(row, match);
  const byId = row.key.by === 'email' ? 'Write the id of the right one in place of the address, or use' : 'Use';
  return decided(row, 'ambiguous', {
    message: `${match.people.length} people match: ${describePeople(match.people)}. ${byId} --on-ambiguous newest.`,
  });
}

/** Whom an earlier run created for this look-alike key: the derived id finds them even where the read by e-mail does not. */
function derivedMatch(row: PersonRow, planning: Planning): Found | undefined {
  const { rules, read } = planning;
  if (!rules.mayCreate || !mayBeCreated(row)) return undefined;
  const holder = chooseId(row, read.view, rules, 1)?.holder;
  if (holder === undefined) return undefined;
  const key = { by: 'id', id: holder.id, personType: holder.type } as const;
  const match = matchForAdd(key, read.view, matchOptions(planning));
  return match.kind === 'none' ? undefined : match;
}

function planPerson(row: PersonRow, person: PersonRecord, { read, rules, claims }: Planning): PlannedRow {
  const known = { personType: person.type, personId: person.id };
  if (read.isExcluded(person)) return decided(row, 'excluded', known);
  if (isBeingCreated(person, claims) || !claims.claim(person.type, person.id))
    return decided(row, 'duplicate-input', known);
  const member = person.memberships.find((candidate) => read.ownListIds.has(candidate.listId));
  if (member !== undefined) return { kind: 'member', row, person, member };
  if (rules.skipOptedOut && person.isOptedOut) return decided(row, 'opted-out', known);
  return { kind: 'add', row, person };
}

/** Another row in flight creates the person with this e-mail, and adds them. */
const isBeingCreated = ({ email }: PersonRecord, claims: Claims): boolean =>
  email !== '' && claims.creating(lookAlikeKey(email))?.email === addressKey(email);

function inactive(row: PersonRow, match: Extract<Match, { kind: 'inactive' }>): PlannedRow {
  const [first] = match.people;
  const merged = match.people.find((person) => person.survivorId !== undefined);
  const instead = row.key.by === 'id' ? '' : ', or use --inactive create-new';
  const advice =
    merged?.survivorId === undefined
      ? `Activate the record in Dynamics${instead}.`
      : `Merged into ${merged.type}:${merged.survivorId}.`;
  return decided(row, 'inactive', {
    personType: first?.type,
    personId: first?.id,
    message: `Only inactive people match: ${describePeople(match.people)}. ${advice}`,
  });
}

function planNewPerson(row: PersonRow, { read, rules, claims }: Planning): PlannedRow {
  if (row.key.by === 'id')
    return decided(row, 'not-found', {
      message: `No lead or contact has the id ${row.key.id}, or you may not read it.`,
    });
  if (!rules.mayCreate) return decided(row, 'not-found', { message: `No one in Dynamics matches ${row.place.ref}.` });
  const key = lookAlikeKey(row.email);
  // Whatever this row lacks for a new person: an earlier one has it.
  if (claims.creating(key)?.email === row.email) return decided(row, 'duplicate-input');
  const obstacle = alikeObstacle(row, read.view) ?? shortcoming(row) ?? knownObstacle(row, read);
  if (obstacle !== undefined) return decided(row, 'cannot-create', obstacle);
  const before = claims.claimCreation(key, { email: row.email, place: row.place });
  return before === undefined ? { kind: 'create', row } : decided(row, 'cannot-create', similarRow(row, before));
}

type Obstacle = { readonly code: string; readonly message: string };

/** The first spelling in the input is created; a second one may be a typo of it. */
function similarRow(row: PersonRow, { place }: Creating): Obstacle {
  const where = ({ source, line }: Creating['place']): string => `${sourceName(source)}, line ${line}`;
  return {
    code: 'SIMILAR_EMAIL',
    message: `${row.place.ref} (${where(row.place)}) looks like ${place.ref} (${where(place)}), and that one is created; no one is created for the second spelling.`,
  };
}

function alikeObstacle({ email, emailText = email }: PersonRow, view: PeopleView): Obstacle | undefined {
  if (email === '') return undefined;
  const alike = view.alikeTo(lookAlikeKey(email)).find((person) => addressKey(person.email) !== email);
  if (alike === undefined) return undefined;
  return {
    code: 'SIMILAR_EMAIL',
    message: `${alike.type} ${alike.id} has "${alike.emailText ?? alike.email}", which looks like "${emailText}"; no one is created until that is resolved.`,
  };
}

/** What a new person needs and the row does not have. */
function shortcoming({ email, emailText = email, place, attributes, neverCreate }: PersonRow): Obstacle | undefined {
  if (email === '')
    return {
      code: 'NO_EMAIL',
      message: `No one matches ${place.ref}, and the row has no e-mail address, which a new person needs.`,
    };
  const undeliverable = whyUndeliverable(emailText);
  if (undeliverable !== undefined)
    return {
      code: 'UNDELIVERABLE_EMAIL',
      message: `No one in Dynamics has the e-mail ${email}, and mail cannot be delivered to it: ${undeliverable}.`,
    };
  if (attributes.lastname === undefined)
    return {
      code: 'NO_LAST_NAME',
      message: `No one in Dynamics has the e-mail ${email}, and the row has no last name, which a new person needs.`,
    };
  return neverCreate === undefined ? undefined : { code: 'OVERLONG_ROW', message: neverCreate };
}

/** The person may be in Dynamics already, under a value or address that the row does not equal. */
function knownObstacle(row: PersonRow, read: AdditionView): Obstacle | undefined {
  const { email, place, key } = row;
  const stranger = strangerOf(row, read.strangers);
  if (stranger !== undefined)
    return {
      code: 'SIMILAR_EMAIL',
      message: `Dynamics treats "${stranger}" as ${key.by === 'column' ? 'a value' : 'an address'} in the input; no one is created for ${email} until that is resolved.`,
    };
  const [holder] = key.by === 'column' ? read.view.withEmail(email) : [];
  if (holder === undefined) return undefined;
  return {
    code: 'EMAIL_IN_USE',
    message: `No one has the value ${place.ref}, but ${holder.type} ${holder.id} has the e-mail ${email}.`,
  };
}

/** A text that Dynamics' collation takes for this row's, or for some row's of the batch when nothing shows which. */
function strangerOf({ key, email }: PersonRow, { unplaced, byLooseKey }: Strangers): string | undefined {
  const named = key.by === 'column' ? [email, key.value] : [email];
  return unplaced[0] ?? named.map((text) => byLooseKey.get(looseKey(text))).find((text) => text !== undefined);
}

function decided(row: InputRow, outcome: OutcomeName, details: Partial<Outcome> = {}): PlannedRow {
  return { kind: 'decided', row, outcome: outcomeOf(row, outcome, details) };
}
