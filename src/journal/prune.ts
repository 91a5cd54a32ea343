/** Forgets what is old, in small transactions so that other processes are not held up. */

import { integer } from './rows.ts';
import type { Sqlite } from './sqlite.ts';

/** Events or intents that one transaction deletes. */
const CHUNK = 1_000;

/** Free pages that one call gives back to the disk: 40 MB of 4 KB each. The others are used again. */
const VACUUM_PAGES = 10_000;

/** What a transaction costs besides, in rows: of runs that did little there may be thousands. */
const TRANSACTION_ROWS = 20;

/** Ended runs with nothing open and nothing undelivered, oldest first. */
const FORGETTABLE = `
  SELECT key FROM runs
  WHERE status <> 'running' AND active_at < ?
    AND NOT EXISTS (SELECT 1 FROM intents WHERE intents.run_key = runs.key AND intents.closed_at IS NULL)
    AND key NOT IN (SELECT run_key FROM events WHERE delivered = 0)
  ORDER BY key`;

export type Prune = (options: {
  /** Runs that ended before are forgotten (epoch ms, exclusive). */
  readonly endedBefore: number;
  /** Stops after about this many rows; the rest is for the next time. Without a limit: everything. */
  readonly maxRows?: number;
}) => Pruned;

export type Pruned = {
  /** Runs. */
  readonly forgotten: number;
  /** There is nothing left to forget. */
  readonly isComplete: boolean;
};

/** Gives the function that prunes. */
export function pruning(database: Sqlite): Prune {
  const forgettable = database.prepare(FORGETTABLE);
  const deletions = [
    `DELETE FROM events WHERE sequence IN (SELECT sequence FROM events WHERE run_key = ? LIMIT ${CHUNK})`,
    `DELETE FROM intents WHERE id IN (SELECT id FROM intents WHERE run_key = ? LIMIT ${CHUNK})`,
    'DELETE FROM counters WHERE run_key = ?',
  ].map((sql) => database.prepare(sql));
  const deleteRun = database.prepare('DELETE FROM runs WHERE key = ?');
  const forgetSome = (key: number): { readonly deleted: number; readonly isGone: boolean } =>
    // What a power cut brings back is forgotten once more.
    database.transaction(() => {
      const counts = deletions.map((deletion) => deletion.run([key]).changes);
      const isGone = counts.every((count) => count < CHUNK);
      if (isGone) deleteRun.run([key]);
      return { deleted: counts.reduce((total, count) => total + count, 0), isGone };
    }, 'soon');

  return ({ endedBefore, maxRows = Number.POSITIVE_INFINITY }) => {
    const keys = forgettable.all([endedBefore]).map((row) => integer(row, 'key'));
    let forgotten = 0;
    let left = maxRows;
    for (const key of keys) {
      for (let isGone = false; !isGone && left > 0; ) {
        const done = forgetSome(key);
        left -= done.deleted + TRANSACTION_ROWS;
        isGone = done.isGone;
        if (isGone) forgotten += 1;
      }
    }
    return { forgotten, isComplete: forgotten === keys.length };
  };
}

/** Gives some of the free pages back to the disk: to be called when nothing old is left, for until then they are used again at once. */
export function giveBackRoom(database: Sqlite): void {
  database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
}
