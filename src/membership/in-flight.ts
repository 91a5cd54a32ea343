/**
 * Who is being worked on right now, so that a person who comes twice within what is in flight is done once, without remembering everyone
 * who ever passed. A chunk's claims are kept until every chunk that began before it ended has ended too: one of those may have read the
 * server before the first one's write.
 */
import type { PersonType } from './person.ts';

export type InFlight = {
  begin(): Claims;
};

/** What a key is: the id of a record of that table, or the e-mail address of somebody who is created. */
export type ClaimKind = PersonType | 'email';

export type Claims = {
  /** Takes a key; false when another row, of this chunk or of one in flight, has it. */
  claim(kind: ClaimKind, key: string): boolean;
  /** Whether somebody else has it. */
  isTaken(kind: ClaimKind, key: string): boolean;
  end(): void;
};

type Keys = Readonly<Record<ClaimKind, Set<string>>>;
type Holder = {
  readonly keys: Readonly<Record<ClaimKind, string[]>>;
  readonly beganAt: number;
  endedAt: number | undefined;
};

export function trackInFlight(): InFlight {
  let tick = 0;
  let holders: Holder[] = [];
  /** The keys of all holders; each has one. */
  const taken: Keys = { lead: new Set(), contact: new Set(), email: new Set() };

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
      const keys = { lead: [], contact: [], email: [] };
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

function claimsOf({ keys }: Holder, taken: Keys, end: () => void): Claims {
  return {
    isTaken: (kind, key) => taken[kind].has(key),
    claim(kind, key) {
      const before = taken[kind].size;
      taken[kind].add(key);
      if (taken[kind].size === before) return false;
      keys[kind].push(key);
      return true;
    },
    end,
  };
}

const KINDS: readonly ClaimKind[] = ['lead', 'contact', 'email'];

function release(taken: Keys, keys: Holder['keys']): void {
  for (const kind of KINDS) for (const key of keys[kind]) taken[kind].delete(key);
}
