/** What the journal gets of a change: its intent, committed before the request, and how the intent ended. */

import { additionId } from '../campaign/ids.ts';
import type { ListMember } from '../dataverse/wire.ts';
import { EVENT_TYPES } from '../events.ts';
import type { PersonRow } from '../input/input-row.ts';
import type { Conclusion, NewIntent, StoredEvent, StoredIntent } from '../journal/journal.ts';
import { creationEvent, membershipEvent } from './events.ts';
import type { Session } from './session.ts';
import type { Change } from './write-state.ts';

/** A row may ask for two removals: of a lead, and of the contact it was qualified to. */
export type RowChange = Change & { readonly row: PersonRow };

/** Its intents are committed: only these are sent, but for `sync repair`, where a person watches. */
export type Intended = RowChange & {
  readonly intentId: number;
  /** Of the creation before the addition. */
  readonly creationIntentId: number | undefined;
};

type Begun = Omit<NewIntent, 'before'> & { readonly intentId: number };

/** A person's creation comes before the addition. */
export function commitIntents(
  { runJournal, eventContext }: Session,
  changes: readonly RowChange[],
): readonly Intended[] {
  const eventEmail: NewIntent['eventEmail'] = eventContext.eventEmail === 'none' ? 'none' : undefined;
  const begun = changes.map((change) => {
    const kinds = isCreation(change) ? (['create', 'add'] as const) : [change.kind];
    return { change, intents: kinds.map((kind) => ({ ...intentOf(change, kind), eventEmail })) };
  });
  const ids = [...runJournal.begin(begun.flatMap(({ intents }) => intents))];
  return begun.map(({ change, intents }) => {
    const own = ids.splice(0, intents.length).reverse();
    const [intentId, creationIntentId] = own;
    if (intentId === undefined || own.length < intents.length)
      throw new Error('The journal gave fewer ids than it took intents.');
    return { creationIntentId, intentId, ...change };
  });
}

export function intentOf(change: RowChange, kind: NewIntent['kind'] = change.kind): NewIntent {
  const { person, list, row } = change;
  return {
    kind,
    personType: person.type,
    personId: person.id,
    email: person.email,
    listId: list.id,
    listName: list.name,
    created: isCreation(change),
    before: change.kind === 'remove' ? beforeImage(change.member) : undefined,
    place: row.place,
  };
}

export const isCreation = (change: RowChange): boolean => change.kind === 'add' && change.creation !== undefined;

const beforeImage = ({ id, createdOn, createdBy }: ListMember) => ({ listMemberId: id, createdOn, createdBy });

export const notDone = (intentId: number): Conclusion => ({ intentId, state: 'not-done' });

export function creationDone(
  { eventContext, clock }: Pick<Session, 'eventContext' | 'clock'>,
  intent: Begun,
): Conclusion {
  const event = creationEvent(eventContext, intent, clock.now());
  return { intentId: intent.intentId, state: 'done', event };
}

export function additionDone(
  { eventContext, clock, creators }: Pick<Session, 'eventContext' | 'clock' | 'creators'>,
  intent: Begun,
  member: ListMember,
): Conclusion {
  const event = membershipEvent(eventContext, intent, { change: 'added', listMember: member, at: clock.now() });
  const keep = creators.says(member) === 'nothing';
  return { intentId: intent.intentId, state: 'done', event, keep };
}

/** `gone`: the row that was read before. */
export function removalDone(
  { eventContext, clock }: Pick<Session, 'eventContext' | 'clock'>,
  intent: Begun,
  gone: Pick<ListMember, 'id' | 'createdOn'>,
): Conclusion {
  const event = membershipEvent(eventContext, intent, { change: 'removed', listMember: gone, at: clock.now() });
  return { intentId: intent.intentId, state: 'done', event, ends: additionId(gone) };
}

/**
 * Gives the new events. Another run may have created a person for whom this one reports `added`, and be killed or slower before it reports
 * that. So that `created` comes first, it is stored here, under the run that asked for it. Where this run created the person, other runs did
 * not: an id can be created only once.
 */
export function commitConclusions(session: Session, conclusions: readonly Conclusion[]): readonly StoredEvent[] {
  return session.runJournal.conclude([...creationsBefore(session, conclusions), ...conclusions]);
}

function creationsBefore(session: Session, conclusions: readonly Conclusion[]): readonly Conclusion[] {
  const added = peopleOf(conclusions, EVENT_TYPES.added);
  const created = peopleOf(conclusions, EVENT_TYPES.created);
  if (added.size === 0 && created.size === 0) return [];
  const concluded = new Set(conclusions.map(({ intentId }) => intentId));
  return session.journal
    .openCreations(session.campaignId, [...added, ...created])
    .filter(({ intentId }) => !concluded.has(intentId))
    .map((open: StoredIntent) => (created.has(open.personId) ? notDone(open.intentId) : creationDone(session, open)));
}

const peopleOf = (conclusions: readonly Conclusion[], type: string): ReadonlySet<string> =>
  new Set(conclusions.flatMap(({ event }) => (event?.type === type ? event.personId : [])));
