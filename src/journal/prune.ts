/** Forgets what is old, in small transactions so that other processes are not held up. */
import type { Sqlite } from '../sqlite.ts';
import { integer } from './rows.ts';

/** Rows that one transaction deletes. */
const CHUNK = 5_000;

/** Free pages that one call gives back to the disk: 40 MB of 4 KB each. The others are used again. */
const VACUUM_PAGES = 10_000;

/** Ended runs with nothing open and nothing untold, oldest first. */
const FORGETTABLE = `
  SELECT key FROM runs
  WHERE status <> 'running' AND active_at < ?
    AND key NOT IN (SELECT run_key FROM intents WHERE is_open = 1)
    AND key NOT IN (SELECT run_key FROM events INDEXED BY events_untold WHERE told = 0)
  ORDER BY key`;

export type Prune = (options: {
  /** Runs that ended before are forgotten (epoch ms, exclusive). */
  readonly endedBefore: number;
  /** Stops after about this many rows; the rest is for the next time. Without a limit: everything. */
  readonly maxRows?: number;
}) => number;

/** Gives the function that prunes; it gives the number of runs that were forgotten. */
export function pruning(database: Sqlite): Prune {
  const forgettable = database.prepare(FORGETTABLE);
  const deleteRows = ['events', 'intents', 'counters'].map((table) => deletion(database, table));
  const deleteRun = database.prepare(`DELETE FROM runs WHERE key = ?`);

  return ({ endedBefore, maxRows = Number.POSITIVE_INFINITY }) => {
    let forgotten = 0;
    let left = maxRows;
    const forgetChunk = (key: number) =>
      database.transaction(() => {
        const deleted = deleteRows.reduce((total, deleteChunk) => total + deleteChunk(key), 0);
        if (deleted === 0) deleteRun.run([key]);
        return deleted;
      });
    for (const key of forgettable.all([endedBefore]).map((row) => integer(row, 'key'))) {
      let deleted = -1;
      while (deleted !== 0 && left > 0) {
        deleted = forgetChunk(key);
        left -= deleted;
      }
      if (deleted === 0) forgotten += 1;
    }
    database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
    return forgotten;
  };
}

/** Deletes a chunk of a run's rows and gives their number. */
function deletion(database: Sqlite, table: string): (runKey: number) => number {
  const rowId = table === 'counters' ? 'outcome' : 'rowid';
  const statement = database.prepare(
    `DELETE FROM ${table} WHERE run_key = ?1 AND ${rowId} IN
       (SELECT ${rowId} FROM ${table} WHERE run_key = ?1 LIMIT ${CHUNK})`,
  );
  return (runKey) => statement.run([runKey]).changes;
}
