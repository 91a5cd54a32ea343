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
  let newer = new KnownEvents();
  let older = new KnownEvents();
  return {
    add: (event) => {
      if (newer.has(event) || older.has(event)) return false;
      if (newer.size >= REMEMBERED) {
        older = newer;
        newer = new KnownEvents();
      }
      newer.add(event);
      return true;
    },
    forget: (events) => {
      for (const event of events) {
        newer.delete(event);
        older.delete(event);
      }
    },
  };
}

/**
 * By id and person: a membership row's id may come back with somebody else (U23), and the event is the same for the same person only. That
 * hardly ever happens, so that an id has one person here, and others a text of both. A class, because it holds both and changes them together.
 */
class KnownEvents {
  readonly #personOf = new Map<string, string>();
  readonly #others = new Set<string>();

  get size(): number {
    return this.#personOf.size;
  }

  has(event: NewEvent): boolean {
    return this.#personOf.get(event.id) === event.personId || (this.#others.size > 0 && this.#others.has(both(event)));
  }

  add(event: NewEvent): void {
    if (this.#personOf.has(event.id)) this.#others.add(both(event));
    else this.#personOf.set(event.id, event.personId);
  }

  delete(event: NewEvent): void {
    if (this.#personOf.get(event.id) === event.personId) this.#personOf.delete(event.id);
    this.#others.delete(both(event));
  }
}

const both = ({ id, personId }: NewEvent): string => `${id} ${personId}`;
