/**
 * The journal's time, and how far it can be trusted: runs under clocks that are wrong, or that were set between two runs, write into
 * the same file.
 */
export type TimeSources = {
  /** Epoch ms of this machine; never goes back. */
  readonly now: () => number;
  /** Epoch ms of the server; undefined until an answer has named a time. */
  readonly serverNow?: (() => number | undefined) | undefined;
};

export type JournalClock = ReturnType<typeof journalClock>;

export function journalClock({ now, serverNow = () => undefined }: TimeSources) {
  const openedAt = now();
  return {
    /** Epoch ms: the server's if known, otherwise this machine's. All stored times come from here. */
    now: (): number => serverNow() ?? now(),
    /**
     * A safe lower bound (ms, never negative) of the time since `at`. Without the server's clock it is at most the time since the journal
     * was opened, because this machine's clock may have been set before.
     */
    ageOf: (at: number): number => {
      const server = serverNow();
      const age = server === undefined ? Math.min(now() - at, now() - openedAt) : server - at;
      return Math.max(0, age);
    },
    /** The earlier of both clocks, for what must certainly be old. Undefined when only this machine's is known. */
    earliestNow: (): number | undefined => {
      const server = serverNow();
      return server === undefined ? undefined : Math.min(server, now());
    },
  };
}
