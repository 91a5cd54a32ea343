/**
 * Opens the journal: one SQLite file per organization, many processes at once. Knows files, transactions and which runs are alive;
 * must not know HTTP, Dynamics' rules or what an event means. Load it with `await import()`: it brings the native module.
 */
import { join } from 'node:path';
import { makePrivateDirectory } from '../settings/private-directory.ts';
import { explainFailure } from './failures.ts';
import { openIntents } from './intents.ts';
import type { Journal } from './journal.ts';
import { type JournalClock, journalClock, type TimeSources } from './journal-clock.ts';
import { JOURNAL_EXTENSION, journalName } from './journal-files.ts';
import { liveRuns } from './live-runs.ts';
import { openNames } from './names.ts';
import { openRun, type RunParts } from './open-run.ts';
import { openOutbox } from './outbox.ts';
import { giveBackRoom, pruning } from './prune.ts';
import { type RunLocks, runLocks } from './run-locks.ts';
import { openRuns } from './runs.ts';
import { createTables } from './schema.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

export type JournalOptions = TimeSources & {
  /** DYNCAMP_STATE_DIR: a local disk. Made, 0700, when it does not exist. */
  readonly directory: string;
  /** The Dynamics organization's id; case does not matter. */
  readonly organizationId: string;
  /**
   * How long ended runs are kept, in ms; 30 days when left out. Older ones are forgotten, some at a time, when a run starts and while it
   * works; none where the server's time is not known.
   */
  readonly keepMs?: number | undefined;
};

export const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** A batch is committed in some 20 ms; this is for dozens of processes that start at once on a slow disk. */
const BUSY_TIMEOUT_MS = 30_000;

/** Rows that starting a run forgets at most: well below a second. */
const PRUNED_PER_START = 20_000;

/**
 * Opens the journal of an organization, or makes it. Throws UsageError JOURNAL_UNWRITABLE, JOURNAL_CORRUPT or JOURNAL_VERSION, here
 * and from every method later.
 */
export function openJournal({ directory, organizationId, keepMs = KEEP_MS, ...time }: JournalOptions): Journal {
  const name = journalName(organizationId);
  const file = join(directory, `${name}${JOURNAL_EXTENSION}`);
  const explain = explainFailure(file);
  try {
    makePrivateDirectory(directory);
  } catch (error) {
    throw explain(error);
  }
  const database = openSqlite({ path: file, timeoutMs: BUSY_TIMEOUT_MS, synchronous: 'FULL', mode: 0o600, explain });
  prepareFile(database, file);
  return journalOver({ database, locks: runLocks(join(directory, 'locks', name)), clock: journalClock(time), keepMs });
}

/** Brings the file and the connection into the shape that the journal needs. */
export function prepareFile(database: Sqlite, file: string): void {
  // Has an effect before the first table only, and so does not touch a journal that is there.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL');
  database.exec('PRAGMA journal_mode = WAL');
  // 16 MB of cache: random ids land each on another page of their index.
  database.exec('PRAGMA cache_size = -16384');
  // A checkpoint every 32 MB: the pages of the big indexes are written once for several batches.
  database.exec('PRAGMA wal_autocheckpoint = 8000');
  createTables(database, file);
}

export type JournalParts = {
  readonly database: Sqlite;
  readonly locks: RunLocks;
  readonly clock: JournalClock;
  readonly keepMs: number;
};

/** The journal over a database that prepareFile has seen. */
export function journalOver(options: JournalParts): Journal {
  const { database, locks, clock, keepMs } = options;
  const { now } = clock;
  const names = openNames(database);
  const runs = openRuns(database);
  const intents = openIntents(database, { names, clock });
  const outbox = openOutbox(database, names);
  const prune = pruning(database);
  const live = liveRuns({ database, runs, locks });
  let hasOld = true;
  const forgetSome = (maxRows: number): void => {
    const surelyNow = clock.surelyNow();
    if (hasOld && surelyNow !== undefined) hasOld = !prune({ endedBefore: surelyNow - keepMs, maxRows }).isComplete;
  };
  const parts: RunParts = { database, runs, intents, outbox, now, noticeDeadRuns: live.noticeDead, forgetSome };
  /** What is asked is answered by the runs' status, once the dead ones are noticed. */
  const noticed = <T>(answer: () => T): T => {
    live.noticeDead();
    return answer();
  };

  return {
    startRun: (run) =>
      noticed(() => {
        hasOld = true;
        forgetSome(PRUNED_PER_START);
        if (!hasOld) giveBackRoom(database);
        const startedAt = now();
        if (clock.surelyNow() !== undefined) bringBack(database, startedAt);
        return openRun(parts, live.start(run, startedAt), run.campaignId);
      }),
    openIntents: (campaignId) => noticed(() => intents.open(campaignId)),
    openCreations: (campaignId, personIds) => intents.openCreations(campaignId, personIds),
    closedAdditions: (campaignId, personIds) => noticed(() => intents.closedAdditions(campaignId, personIds)),
    undeliveredEvents: (campaignId) => noticed(() => outbox.undelivered(campaignId)),
    addedByUs: (eventIds) => outbox.addedByUs(eventIds),
    changesOfUnfinishedRuns: (change, campaignId, personIds) =>
      noticed(() => outbox.changesOfUnfinishedRuns(change, campaignId, personIds)),
    runs: (filter = {}) => noticed(() => runs.list(filter)),
    run: (id) => noticed(() => runs.find(id)),
    events: (filter) => outbox.list(filter),
    markDelivered: (sequences, delivered = true) => {
      if (sequences.length > 0) database.transaction(() => outbox.markDelivered(sequences, delivered));
    },
    prune: (olderThanMs) =>
      noticed(() => {
        const { forgotten } = prune({ endedBefore: now() - olderThanMs });
        giveBackRoom(database);
        return forgotten;
      }),
    close: () => {
      live.releaseAll();
      tidy(database);
      database.close();
    },
  };
}

/**
 * Dates in the future are of clocks that were wrong, and would keep intents open and runs unforgotten for years: they count from now on.
 * Live runs date themselves anew all the time.
 */
function bringBack(database: Sqlite, now: number): void {
  const ofDeadRun = `run_key IN (SELECT key FROM runs WHERE status <> 'running')`;
  database.transaction(() => {
    database.prepare(`UPDATE runs SET active_at = ?1 WHERE active_at > ?1 AND status <> 'running'`).run([now]);
    database.prepare(`UPDATE runs SET started_at = ?1 WHERE started_at > ?1`).run([now]);
    database.prepare(`UPDATE intents SET begun_at = ?1 WHERE begun_at > ?1 AND ${ofDeadRun}`).run([now]);
  });
}

/** Leaves one file behind where no other process is at work. Everything is committed: what goes wrong here is of no consequence. */
function tidy(database: Sqlite): void {
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The next process does it.
  }
}
