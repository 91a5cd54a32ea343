/** Deletes old runs, in small transactions so that other processes do not wait. */

import { integer } from './rows.ts';
import type { Sqlite } from './sqlite.ts';

/** Events or intents per transaction. */
const CHUNK = 1_000;

/** Free pages that one call returns to the disk: 40 MB in pages of 4 KB. SQLite reuses the others. */
const VACUUM_PAGES = 10_000;

/** What a transaction itself costs, counted in rows: there may be thousands of runs that did little. */
const TRANSACTION_ROWS = 20;

/** Ended runs with nothing open and nothing undelivered, oldest first. */
const FORGETTABLE = `
  SELECT key FROM runs
  WHERE status <> 'running' AND active_at < ?
    AND NOT EXISTS (SELECT 1 FROM intents WHERE intents.run_key = runs.key AND intents.closed_at IS NULL)
    AND key NOT IN (SELECT run_key FROM events WHERE delivered = 0)
  ORDER BY key`;

/** True when nothing old is left. */
type Prune = (options: {
  /** Runs that ended before are deleted (epoch ms, exclusive). */
  readonly endedBefore: number;
  /** Stops after about this many rows and leaves the rest for the next call. */
  readonly maxRows: number;
}) => boolean;

export function pruning(database: Sqlite): Prune {
  const forgettable = database.prepare(FORGETTABLE);
  const deletions = [
    `DELETE FROM events WHERE sequence IN (SELECT sequence FROM events WHERE run_key = ? LIMIT ${CHUNK})`,
    `DELETE FROM intents WHERE id IN (SELECT id FROM intents WHERE run_key = ? LIMIT ${CHUNK})`,
    `DELETE FROM failed_rows WHERE (run_key, number) IN (SELECT run_key, number FROM failed_rows WHERE run_key = ? LIMIT ${CHUNK})`,
    'DELETE FROM counters WHERE run_key = ?',
  ].map((sql) => database.prepare(sql));
  const deleteRun = database.prepare('DELETE FROM runs WHERE key = ?');
  const forgetSome = (key: number): { readonly deleted: number; readonly isGone: boolean } =>
    // What a power cut brings back is deleted again later.
    database.transaction(() => {
      const counts = deletions.map((deletion) => deletion.run([key]).changes);
      const isGone = counts.every((count) => count < CHUNK);
      if (isGone) deleteRun.run([key]);
      return { deleted: counts.reduce((total, count) => total + count, 0), isGone };
    }, 'soon');

  return ({ endedBefore, maxRows }) => {
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
    return forgotten === keys.length;
  };
}

/** Returns free pages to the disk. Call it when nothing old is left: until then they are reused at once. */
export function releaseFreePages(database: Sqlite): void {
  database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
}
