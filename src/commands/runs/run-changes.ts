/** What a run's events say it changed. */

import type { StoredEvent } from '../../journal/journal.ts';
import { EVENT_TYPES } from '../../journal/journal.ts';

export type RunChanges = {
  readonly added: number;
  readonly removed: number;
  readonly created: number;
  /** The first of those who were created, as text. */
  readonly createdPeople: readonly string[];
};

/** Created people who are named; the others are counted. */
const NAMED = 20;

export function changesOf(events: Iterable<StoredEvent>): RunChanges {
  const counts = new Map<string, number>();
  const createdPeople: string[] = [];
  for (const event of events) {
    counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
    if (event.type === EVENT_TYPES.created && createdPeople.length < NAMED) createdPeople.push(describePerson(event));
  }
  const countOf = (change: keyof typeof EVENT_TYPES): number => counts.get(EVENT_TYPES[change]) ?? 0;
  return { added: countOf('added'), removed: countOf('removed'), created: countOf('created'), createdPeople };
}

function describePerson({ personType, personId, email }: StoredEvent): string {
  return `${personType}:${personId}${email === undefined ? '' : ` (${email})`}`;
}
