/** Forgets what is old, in small transactions so that other processes are not held up. */
import type { Sqlite } from '../sqlite.ts';
import { integer, text } from './rows.ts';
import { keyOf } from './schema.ts';

/** Batches of events or intents that one transaction deletes: some 5,000 rows of the big tables, twice as many in older journals. */
const CHUNK = 10;

/** Free pages that one call gives back to the disk: 40 MB of 4 KB each. The others are used again. */
const VACUUM_PAGES = 10_000;

/** What a transaction costs besides, in rows: of runs that did little there may be thousands. */
const TRANSACTION_ROWS = 20;

/** Ended runs with nothing open and nothing untold, oldest first. */
const FORGETTABLE = `
  SELECT key FROM runs
  WHERE status <> 'running' AND active_at < ?
    AND key NOT IN (SELECT run_key FROM intent_batches WHERE instr(states, 'o') > 0)
    AND key NOT IN (SELECT run_key FROM event_untold)
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
  const deleteRows = [eventDeletion(database), intentDeletion(database), counterDeletion(database)];
  const deleteRun = database.prepare(`DELETE FROM runs WHERE key = ?`);

  return ({ endedBefore, maxRows = Number.POSITIVE_INFINITY }) => {
    let forgotten = 0;
    let left = maxRows;
    const forgetChunk = (key: number) =>
      database.transaction(() => {
        const deleted = deleteRows.reduce((total, deleteChunk) => total + deleteChunk(key), 0);
        if (deleted === 0) deleteRun.run([key]);
        return deleted;
        // What a power cut brings back is forgotten once more.
      }, 'soon');
    const keys = forgettable.all([endedBefore]).map((row) => integer(row, 'key'));
    for (const key of keys) {
      let deleted = -1;
      while (deleted !== 0 && left > 0) {
        deleted = forgetChunk(key);
        left -= deleted + TRANSACTION_ROWS;
      }
      if (deleted === 0) forgotten += 1;
    }
    return { forgotten, isComplete: forgotten === keys.length };
  };
}

/** Gives some of the free pages back to the disk: to be called when nothing old is left, for until then they are used again at once. */
export function giveBackRoom(database: Sqlite): void {
  database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
}

/** Deletes some of a run's rows and gives about how many. */
type Deletion = (runKey: number) => number;

function eventDeletion(database: Sqlite): Deletion {
  const some = database.prepare(
    `SELECT first, last, latest_at, heads FROM event_batches WHERE run_key = ? LIMIT ${CHUNK}`,
  );
  const unindexed = database.prepare(`DELETE FROM event_unindexed WHERE run_key = ? AND latest_at = ? AND last = ?`);
  const people = database.prepare(
    `DELETE FROM event_people WHERE (person, sequence) IN
       (SELECT ${keyOf('(value ->> 3)')}, ?2 + key FROM json_each(?1))`,
  );
  const additions = database.prepare(
    `DELETE FROM event_additions WHERE (id, sequence) IN
       (SELECT ${keyOf('(value ->> 0)')}, ?2 + key FROM json_each(?1))`,
  );
  const claims = database.prepare(`DELETE FROM event_claims WHERE sequence BETWEEN ? AND ?`);
  const batch = database.prepare(`DELETE FROM event_batches WHERE last = ?`);
  return (runKey) => {
    let deleted = 0;
    for (const row of some.all([runKey])) {
      const [first, last, heads] = [integer(row, 'first'), integer(row, 'last'), text(row, 'heads')];
      if (unindexed.run([runKey, integer(row, 'latest_at'), last]).changes === 0) {
        people.run([heads, first]);
        additions.run([heads, first]);
      }
      claims.run([first, last]);
      batch.run([last]);
      deleted += last - first + 1;
    }
    return deleted;
  };
}

function intentDeletion(database: Sqlite): Deletion {
  const statement = database.prepare(
    `DELETE FROM intent_batches WHERE last_id IN (SELECT last_id FROM intent_batches WHERE run_key = ? LIMIT ${CHUNK})`,
  );
  return (runKey) => statement.run([runKey]).changes;
}

function counterDeletion(database: Sqlite): Deletion {
  const statement = database.prepare(`DELETE FROM counters WHERE run_key = ?`);
  return (runKey) => statement.run([runKey]).changes;
}
