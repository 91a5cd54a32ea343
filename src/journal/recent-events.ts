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
  /** Person by event id. */
  let newer = new Map<string, string>();
  let older = new Map<string, string>();
  return {
    add: ({ id, personId }) => {
      if (newer.get(id) === personId || older.get(id) === personId) return false;
      if (newer.size >= REMEMBERED) {
        older = newer;
        newer = new Map();
      }
      newer.set(id, personId);
      return true;
    },
    forget: (events) => {
      for (const { id } of events) {
        newer.delete(id);
        older.delete(id);
      }
    },
  };
}
