/** Runs together with their locks: a run is alive as long as its lock is held. */

import type { NewRun } from './journal.ts';
import type { RunLock, RunLocks } from './run-locks.ts';
import type { Runs } from './runs.ts';
import type { Sqlite } from './sqlite.ts';

export type StartedRun = {
  readonly id: string;
  readonly key: number;
  /** Releases the run's lock. Call it once, after the run's end was committed. */
  readonly release: () => void;
};

type Parts = { readonly database: Sqlite; readonly runs: Runs; readonly locks: RunLocks };

export function liveRuns(parts: Parts) {
  const { database, runs, locks } = parts;
  const own = new Map<string, RunLock>();

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
    start: (run: NewRun, now: number): StartedRun => {
      const { key, lock } = store(parts, run, now);
      own.set(run.id, lock);
      const release = () => {
        lock.release();
        own.delete(run.id);
      };
      return { id: run.id, key, release };
    },
    releaseAll: (): void => {
      for (const lock of own.values()) lock.release();
      own.clear();
    },
  };
}

/**
 * One transaction: a process that sees the run finds its lock held, and none sweeps a lock whose run is not stored yet. The commit also
 * proves that the disk can be written.
 */
function store({ database, runs, locks }: Parts, run: NewRun, now: number): { key: number; lock: RunLock } {
  const taken: RunLock[] = [];
  try {
    return database.transaction(() => {
      locks.sweep(new Set(runs.running().map(({ id }) => id)));
      const lock = locks.take(run.id);
      taken.push(lock);
      return { key: runs.insert(run, now), lock };
    });
  } catch (error) {
    for (const lock of taken) lock.release();
    throw error;
  }
}
