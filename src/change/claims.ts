/**
 * Who is being worked on right now, so that a person who comes twice within what is in flight is done once, without remembering everyone
 * who ever passed. A batch's claims are kept until every batch that began before it ended has ended too: one of those may have read the
 * server before the first one's write.
 */

import type { PersonType } from '../dataverse/wire.ts';
import type { InputPlace } from '../input/input-row.ts';

type ClaimTracker = {
  begin(): Claims;
};

export type Claims = {
  /** Takes the id of a record; false when another row, of this batch or of one in flight, has it. */
  claim(type: PersonType, id: string): boolean;
  /** Whether somebody else has it. */
  isTaken(type: PersonType, id: string): boolean;
  /** Takes a look-alike key for a row whose person is created; gives the row that has it, and does nothing then. */
  claimCreation(key: string, row: Creating): Creating | undefined;
  /** The row in flight whose person is created under the look-alike key. */
  creating(key: string): Creating | undefined;
  /** The same, also of one that is done, if it was one of the last. */
  created(key: string): Creating | undefined;
  end(): void;
};

/** A row whose person is created: its address key, and where it stands. */
export type Creating = { readonly email: string; readonly place: InputPlace };

/** Rows whose persons were created that are remembered; about 200 bytes each. */
const MAX_REMEMBERED = 20_000;

type Taken = {
  readonly lead: Set<string>;
  readonly contact: Set<string>;
  readonly creations: Map<string, Creating>;
  /** The last that are done, oldest first. */
  readonly done: Map<string, Creating>;
};
type Holder = {
  readonly keys: { readonly lead: string[]; readonly contact: string[]; readonly creations: string[] };
  readonly beganAt: number;
  endedAt: number | undefined;
};

export function trackClaims(): ClaimTracker {
  let tick = 0;
  let holders: Holder[] = [];
  /** The keys of all holders; each has one. */
  const taken: Taken = { lead: new Set(), contact: new Set(), creations: new Map(), done: new Map() };

  const forget = (): void => {
    const working = holders.filter((holder) => holder.endedAt === undefined);
    const oldest = Math.min(...working.map((holder) => holder.beganAt), tick + 1);
    const isDone = (holder: Holder): boolean => holder.endedAt !== undefined && holder.endedAt <= oldest;
    for (const { keys } of holders.filter(isDone)) release(taken, keys);
    holders = holders.filter((holder) => !isDone(holder));
  };

  return {
    begin() {
      tick += 1;
      const keys = { lead: [], contact: [], creations: [] };
      const holder: Holder = { keys, beganAt: tick, endedAt: undefined };
      holders.push(holder);
      return claimsOf(holder, taken, () => {
        tick += 1;
        holder.endedAt = tick;
        forget();
      });
    },
  };
}

function claimsOf({ keys }: Holder, taken: Taken, end: () => void): Claims {
  return {
    isTaken: (type, id) => taken[type].has(id),
    claim(type, id) {
      const before = taken[type].size;
      taken[type].add(id);
      if (taken[type].size === before) return false;
      keys[type].push(id);
      return true;
    },
    claimCreation(key, row) {
      const holder = taken.creations.get(key);
      if (holder !== undefined) return holder;
      taken.creations.set(key, row);
      keys.creations.push(key);
      return undefined;
    },
    creating: (key) => taken.creations.get(key),
    created: (key) => taken.creations.get(key) ?? taken.done.get(key),
    end,
  };
}

function release(taken: Taken, keys: Holder['keys']): void {
  for (const id of keys.lead) taken.lead.delete(id);
  for (const id of keys.contact) taken.contact.delete(id);
  for (const key of keys.creations) {
    const row = taken.creations.get(key);
    taken.creations.delete(key);
    if (row !== undefined) taken.done.set(key, row);
  }
  for (const key of taken.done.keys()) {
    if (taken.done.size <= MAX_REMEMBERED) return;
    taken.done.delete(key);
  }
}
