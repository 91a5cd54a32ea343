/** Runs together with their locks: a run is alive as long as its lock is held. */

import type { NewRun } from './journal.ts';
import type { RunLocks } from './run-locks.ts';
import type { Runs } from './runs.ts';
import type { Sqlite } from './sqlite.ts';

export type StartedRun = {
  readonly id: string;
  readonly key: number;
  /** Releases the run's lock. Call it once, after the run's end was committed. */
  readonly release: () => void;
};

type Parts = { readonly database: Sqlite; readonly runs: Runs; readonly locks: RunLocks };

export function liveRuns({ database, runs, locks }: Parts) {
  /** Releases of the locks that are held here, by run. */
  const own = new Map<string, () => void>();

  return {
    /** Gives interrupted runs the status `stopped`. After it, every run that is not marked running has ended. */
    markInterrupted: (): void => {
      const interrupted = runs.running().filter(({ id }) => !own.has(id) && !locks.isHeld(id));
      if (interrupted.length === 0) return;
      database.transaction(() => {
        for (const { key } of interrupted) runs.stop(key);
      });
      for (const { id } of interrupted) locks.remove(id);
    },
    /**
     * Stores a run and takes its lock in one transaction: a process that sees the run finds its lock held, and none sweeps a lock whose
     * run is not stored yet. The commit also proves that the disk can be written.
     */
    start: (run: NewRun, now: number): StartedRun => {
      let releaseLock = (): void => undefined;
      try {
        const key = database.transaction(() => {
          locks.sweep(new Set(runs.running().map(({ id }) => id)));
          releaseLock = locks.take(run.id);
          return runs.insert(run, now);
        });
        own.set(run.id, releaseLock);
        const release = () => {
          releaseLock();
          own.delete(run.id);
        };
        return { id: run.id, key, release };
      } catch (error) {
        releaseLock();
        throw error;
      }
    },
    releaseAll: (): void => {
      for (const release of own.values()) release();
      own.clear();
    },
  };
}
