/** What a run's events say it changed. */

import type { StoredEvent } from '../../journal/journal.ts';
import type { LinePieces } from '../../line-pieces.ts';
import { EVENT_TYPES } from '../../membership/event-form.ts';
import { readEvent } from '../../membership/replay/read-event.ts';

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
  for (const { type, line } of events) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    if (type === EVENT_TYPES.created && createdPeople.length < NAMED) createdPeople.push(describePerson(line));
  }
  const countOf = (change: keyof typeof EVENT_TYPES): number => counts.get(EVENT_TYPES[change]) ?? 0;
  return { added: countOf('added'), removed: countOf('removed'), created: countOf('created'), createdPeople };
}

function describePerson(line: LinePieces): string {
  const { person, email } = readEvent(line);
  return `${person?.type ?? ''}:${person?.id ?? ''}${email === '' ? '' : ` (${email})`}`;
}
