/**
 * Another run, alive or interrupted, may have created somebody for whom this one is about to report `added`. It may be killed before it
 * reports that creation, or simply be slower: the `created` goes into the outbox with the `added`, before it, under the run that asked for it.
 */

import { EVENT_TYPES } from '../events.ts';
import { type Conclusion, type OpenIntent, type StoredEvent, UNCOUNTED } from '../journal/journal.ts';
import type { Session } from './session.ts';

/**
 * Commits the conclusions, and before them those of the open creations of everybody for whom `added` is reported. Where this run made the
 * creation itself, the others were not done: an id is given once. Gives the new events.
 */
export function commitConclusions(session: Session, conclusions: readonly Conclusion[]): readonly StoredEvent[] {
  return session.run.conclude([...creationsBefore(session, conclusions), ...conclusions]);
}

function creationsBefore(session: Session, conclusions: readonly Conclusion[]): readonly Conclusion[] {
  const added = peopleOf(conclusions, EVENT_TYPES.added);
  const created = peopleOf(conclusions, EVENT_TYPES.created);
  if (added.size === 0 && created.size === 0) return [];
  const concluded = new Set(conclusions.map(({ intentId }) => intentId));
  return session.journal
    .openCreations(session.campaignId, [...added, ...created])
    .filter(({ intentId }) => !concluded.has(intentId))
    .map((creation) =>
      created.has(creation.personId)
        ? { intentId: creation.intentId, state: 'not-done', outcome: UNCOUNTED }
        : creationDone(session, creation),
    );
}

function peopleOf(conclusions: readonly Conclusion[], type: string): ReadonlySet<string> {
  return new Set(conclusions.flatMap(({ event }) => (event?.type === type ? event.personId : [])));
}

/** A creation that is known to be done. */
export function creationDone({ events, clock }: Session, creation: OpenIntent): Conclusion {
  const { intentId, personType, personId, email, place, eventEmail } = creation;
  const person = { type: personType, id: personId, email };
  const event = events.created({ person, place, at: clock.now(), eventEmail });
  return { intentId, state: 'done', outcome: UNCOUNTED, event };
}
