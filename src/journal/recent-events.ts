/** The events that a run has stored last: it may come to the same change again while reads are late (U22), or name a person twice. */
import type { NewEvent } from './journal.ts';

export type RecentEvents = {
  has(event: NewEvent): boolean;
  /** Called when they are committed, not before: what was rolled back has to be stored again. */
  add(events: readonly NewEvent[]): void;
};

/** Events that are remembered at least; twice as many at most, which are a few MB. */
const REMEMBERED = 20_000;

export function recentEvents(): RecentEvents {
  /** Person by event id. */
  let newer = new Map<string, string>();
  let older = new Map<string, string>();
  return {
    has: ({ id, personId }) => newer.get(id) === personId || older.get(id) === personId,
    add: (events) => {
      for (const { id, personId } of events) newer.set(id, personId);
      if (newer.size < REMEMBERED) return;
      older = newer;
      newer = new Map();
    },
  };
}
