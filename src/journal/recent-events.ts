/** The events that a run has stored last: it may come to the same change again while reads are late (U22), or name a person twice. */
import type { NewEvent } from './journal.ts';

export type RecentEvents = {
  /** False when it is among them. */
  add(event: NewEvent): boolean;
  /** These were not committed after all, and have to be stored when they come again. */
  forget(events: Iterable<NewEvent>): void;
};

/** Events that are remembered at least; twice as many at most, which are a few MB. */
const REMEMBERED = 20_000;

export function recentEvents(): RecentEvents {
  let newer = new Set<string>();
  let older = new Set<string>();
  return {
    add: (event) => {
      const key = keyOf(event);
      if (newer.has(key) || older.has(key)) return false;
      if (newer.size >= REMEMBERED) {
        older = newer;
        newer = new Set();
      }
      newer.add(key);
      return true;
    },
    forget: (events) => {
      for (const event of events) {
        newer.delete(keyOf(event));
        older.delete(keyOf(event));
      }
    },
  };
}

/** A membership row's id may come back with somebody else (U23): the event is the same for the same person only. */
const keyOf = ({ id, personId }: NewEvent): string => `${id} ${personId}`;
