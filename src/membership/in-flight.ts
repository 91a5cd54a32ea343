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

type Holder = { readonly keys: Set<string>; readonly beganAt: number; endedAt: number | undefined };

export function trackInFlight(): InFlight {
  let tick = 0;
  let holders: Holder[] = [];

  const forget = (): void => {
    const oldest = Math.min(
      ...holders.filter((holder) => holder.endedAt === undefined).map((holder) => holder.beganAt),
      tick + 1,
    );
    holders = holders.filter((holder) => holder.endedAt === undefined || holder.endedAt > oldest);
  };
  const isTaken = (key: string): boolean => holders.some((holder) => holder.keys.has(key));

  return {
    begin() {
      tick += 1;
      const holder: Holder = { keys: new Set(), beganAt: tick, endedAt: undefined };
      holders.push(holder);
      return {
        isTaken,
        claim(key) {
          if (isTaken(key)) return false;
          holder.keys.add(key);
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
