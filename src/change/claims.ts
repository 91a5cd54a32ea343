/**
 * Who is being worked on, so that a person who is named twice is changed once, without remembering everyone of the input. A batch's claims
 * outlive every batch that began before it ended: one of those may have read the server before this one's write.
 */

import type { PersonType } from '../events.ts';
import type { InputPlace } from '../input/input-row.ts';

type ClaimTracker = {
  begin(): Claims;
};

export type Claims = {
  /** Claims a record. False when another row in flight has it. */
  claim(type: PersonType, id: string): boolean;
  /** Whether a row in flight has it. */
  isTaken(type: PersonType, id: string): boolean;
  /** Claims a look-alike key for a row whose person is created. Where another row has it, gives that row and claims nothing. */
  claimCreation(key: string, row: Creating): Creating | undefined;
  /** The row in flight whose person is created under the look-alike key. */
  creating(key: string): Creating | undefined;
  /** The same, also among the last rows that are done. */
  created(key: string): Creating | undefined;
  end(): void;
};

/** A row whose person is created: its address key, and its place in the input. */
export type Creating = { readonly email: string; readonly place: InputPlace };

/** About 200 bytes each. */
const MAX_REMEMBERED = 20_000;

const keyOf = (kind: PersonType | 'creation', text: string): string => `${kind}/${text}`;

type Holder = { readonly keys: string[]; readonly beganAt: number; endedAt: number | undefined };

export function trackClaims(): ClaimTracker {
  let tick = 0;
  let holders: Holder[] = [];
  /** Each key has one holder. The value is the row whose person is created. */
  const taken = new Map<string, Creating | undefined>();
  /** The last creations that are done, oldest first. */
  const done = new Map<string, Creating>();

  const release = (key: string): void => {
    const row = taken.get(key);
    taken.delete(key);
    if (row !== undefined) done.set(key, row);
  };
  const forget = (): void => {
    const working = holders.filter((holder) => holder.endedAt === undefined);
    const oldest = Math.min(...working.map((holder) => holder.beganAt), tick + 1);
    const isDone = (holder: Holder): boolean => holder.endedAt !== undefined && holder.endedAt <= oldest;
    for (const { keys } of holders.filter(isDone)) keys.forEach(release);
    holders = holders.filter((holder) => !isDone(holder));
    for (const key of done.keys()) {
      if (done.size <= MAX_REMEMBERED) return;
      done.delete(key);
    }
  };

  return {
    begin() {
      tick += 1;
      const holder: Holder = { keys: [], beganAt: tick, endedAt: undefined };
      holders.push(holder);
      const take = (key: string, row?: Creating): boolean => {
        if (taken.has(key)) return false;
        taken.set(key, row);
        holder.keys.push(key);
        return true;
      };
      const creating = (key: string): Creating | undefined => taken.get(keyOf('creation', key));
      return {
        isTaken: (type, id) => taken.has(keyOf(type, id)),
        claim: (type, id) => take(keyOf(type, id)),
        claimCreation: (key, row) => (take(keyOf('creation', key), row) ? undefined : creating(key)),
        creating,
        created: (key) => creating(key) ?? done.get(keyOf('creation', key)),
        end() {
          tick += 1;
          holder.endedAt = tick;
          forget();
        },
      };
    },
  };
}
