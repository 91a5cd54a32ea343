/**
 * Which runs are alive. Each holds an exclusive SQLite lock on a file of its own. The kernel drops the lock however the process ends,
 * and unlike a pid it is never mistaken for another's.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDirectory } from '../settings/directories.ts';
import { explainFailure } from './failures.ts';
import { openSqlite, type Sqlite, SqliteFailure } from './sqlite.ts';

export type RunLocks = ReturnType<typeof runLocks>;

const EXTENSION = '.lock';

/** `directory` is created when the first lock is taken. */
export function runLocks(directory: string) {
  const pathOf = (runId: string) => join(directory, `${encodeURIComponent(runId)}${EXTENSION}`);
  return {
    /** Takes the lock of a new run, and returns what releases it. Call it in the transaction that stores the run: `sweep` relies on it. */
    take: (runId: string): (() => void) => {
      const path = pathOf(runId);
      try {
        makePrivateDirectory(directory);
        const connection = open(path);
        // Nothing is ever written, so a rollback journal would only be one more file.
        connection.exec('PRAGMA journal_mode = MEMORY');
        connection.exec('BEGIN EXCLUSIVE');
        return () => {
          connection.exec('ROLLBACK');
          connection.close();
          remove(path);
        };
      } catch (error) {
        throw explainFailure(path)(error);
      }
    },
    isHeld: (runId: string): boolean => existsSync(pathOf(runId)) && isLocked(pathOf(runId)),
    remove: (runId: string): void => remove(pathOf(runId)),
    /** Removes the lock files of all runs but these. Call it in a write transaction: a lock that is being taken has no run yet. */
    sweep: (running: ReadonlySet<string>): void => {
      const kept = new Set([...running].map(pathOf));
      for (const name of filesIn(directory)) {
        const path = join(directory, name);
        if (!kept.has(path)) remove(path);
      }
    },
  };
}

const open = (path: string): Sqlite => openSqlite({ path, timeoutMs: 0 });

/** A read takes only the shared lock, so two processes that look at the same time do not take each other for the owner. */
function isLocked(path: string): boolean {
  try {
    const connection = open(path);
    try {
      connection.exec('SELECT 1 FROM sqlite_master');
      return false;
    } finally {
      connection.close();
    }
  } catch (error) {
    const code = error instanceof SqliteFailure ? error.code : '';
    if (code.startsWith('SQLITE_BUSY')) return true;
    // The run ended between existsSync and open.
    if (code === 'ENOENT') return false;
    throw explainFailure(path)(error);
  }
}

/** A later run sweeps a file that stays. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing depends on it.
  }
}

function filesIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(EXTENSION)) : [];
}
