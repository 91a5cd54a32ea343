/**
 * What time it is for the journal, and how far to believe it: runs on machines whose clocks are wrong, or are set between two of them,
 * write into one file.
 */
export type TimeSources = {
  /** Epoch ms by this machine; never goes back. */
  readonly now: () => number;
  /** Epoch ms by the server's clock; undefined where it has named none. */
  readonly serverNow?: (() => number | undefined) | undefined;
};

export type JournalClock = {
  /** Epoch ms: the server's where it is known, this machine's otherwise. Everything that the journal stores is dated by it. */
  now(): number;
  /**
   * How long ago (ms) `at` was, as far as it is sure: by the server's clock; without it, what has passed since the journal was opened at
   * most, since the clock may have been set before. Never negative.
   */
  ageOf(at: number): number;
  /** The earliest that it can be now, for what must surely be old: both clocks agree. Undefined when only the machine's says so. */
  surelyNow(): number | undefined;
};

export function journalClock({ now, serverNow = () => undefined }: TimeSources): JournalClock {
  const openedAt = now();
  return {
    now: () => serverNow() ?? now(),
    ageOf: (at) => {
      const server = serverNow();
      const age = server === undefined ? Math.min(now() - at, now() - openedAt) : server - at;
      return Math.max(0, age);
    },
    surelyNow: () => {
      const server = serverNow();
      return server === undefined ? undefined : Math.min(server, now());
    },
  };
}
