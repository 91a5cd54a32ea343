/**
 * Who is being worked on right now, so that a person who comes twice within what is in flight is done once, without remembering everyone
 * who ever passed. A chunk's claims are kept until every chunk that began before it ended has ended too: one of those may have read the
 * server before the first one's write.
 */
export type InFlight = {
  begin(): Claims;
};

export type Claims = {
  /** Takes a key; false when another row, of this chunk or of one in flight, has it. */
  claim(key: string): boolean;
  /** Whether somebody else has it. */
  isTaken(key: string): boolean;
  end(): void;
};

type Holder = { readonly keys: string[]; readonly beganAt: number; endedAt: number | undefined };

export function trackInFlight(): InFlight {
  let tick = 0;
  let holders: Holder[] = [];
  /** The keys of all holders; each has one. */
  const taken = new Set<string>();

  const forget = (): void => {
    const working = holders.filter((holder) => holder.endedAt === undefined);
    const oldest = Math.min(...working.map((holder) => holder.beganAt), tick + 1);
    const isDone = (holder: Holder): boolean => holder.endedAt !== undefined && holder.endedAt <= oldest;
    for (const key of holders.filter(isDone).flatMap((holder) => holder.keys)) taken.delete(key);
    holders = holders.filter((holder) => !isDone(holder));
  };

  return {
    begin() {
      tick += 1;
      const holder: Holder = { keys: [], beganAt: tick, endedAt: undefined };
      holders.push(holder);
      return {
        isTaken: (key) => taken.has(key),
        claim(key) {
          if (taken.has(key)) return false;
          taken.add(key);
          holder.keys.push(key);
          return true;
        },
        end() {
          tick += 1;
          holder.endedAt = tick;
          forget();
        },
      };
    },
  };
}
