/** The events that a run has stored last: it may come to the same change again while reads are late (U22), or name a person twice. */
import type { NewEvent } from './journal.ts';

export type RecentEvents = {
  has(event: NewEvent): boolean;
  /** Called when they are committed, not before: what was rolled back has to be stored again. */
  add(events: readonly NewEvent[]): void;
};

/** Events that are remembered at least, and half of those that are at most: a few MB. */
const REMEMBERED = 20_000;

export function recentEvents(): RecentEvents {
  let newer = new Set<string>();
  let older = new Set<string>();
  return {
    has: (event) => newer.has(keyOfEvent(event)) || older.has(keyOfEvent(event)),
    add: (events) => {
      for (const event of events) newer.add(keyOfEvent(event));
      if (newer.size < REMEMBERED) return;
      older = newer;
      newer = new Set();
    },
  };
}

export const keyOfEvent = ({ id, personId }: NewEvent): string => `${id} ${personId}`;
