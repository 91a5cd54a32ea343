/**
 * Another run, alive or interrupted, may have created somebody for whom this one is about to report `added`. It may be killed before it
 * reports that creation, or simply be slower: the `created` goes into the outbox with the `added`, before it, under the run that asked for it.
 */

import type { Campaign } from '../dataverse/wire.ts';
import { EVENT_TYPES } from '../events.ts';
import { type Conclusion, type OpenIntent, UNCOUNTED } from '../journal/journal.ts';
import { eventsOf } from './events.ts';
import type { Session } from './session.ts';

/**
 * The same conclusions, and before them the open creations of those for whom `added` is reported. Where this run made the creation itself, the
 * others were not done: an id is given once.
 */
export function withCreationsFirst(
  session: Session,
  campaign: Campaign,
  conclusions: readonly Conclusion[],
): readonly Conclusion[] {
  const added = peopleOf(conclusions, EVENT_TYPES.added);
  const created = peopleOf(conclusions, EVENT_TYPES.created);
  if (added.size === 0 && created.size === 0) return conclusions;
  const open = session.journal.openCreations(session.campaignId, [...added, ...created]);
  if (open.length === 0) return conclusions;
  const concluded = new Set(conclusions.map(({ intentId }) => intentId));
  const creations = open.filter(({ intentId }) => !concluded.has(intentId));
  const first = creations.map(
    (creation): Conclusion =>
      created.has(creation.personId)
        ? { intentId: creation.intentId, state: 'not-done', outcome: UNCOUNTED }
        : concludeCreation(session, campaign, creation),
  );
  return [...first, ...conclusions];
}

function peopleOf(conclusions: readonly Conclusion[], type: string): ReadonlySet<string> {
  const people = new Set<string>();
  for (const { event } of conclusions) if (event?.type === type) people.add(event.personId);
  return people;
}

/** A creation that is known to be done. */
export function concludeCreation(session: Session, campaign: Campaign, creation: OpenIntent): Conclusion {
  const { intentId, personType, personId, email, place } = creation;
  const person = { type: personType, id: personId, email };
  const event = eventsOf(session, campaign, creation).created({ person, place, at: session.clock.now() });
  return { intentId, state: 'done', outcome: UNCOUNTED, event };
}
