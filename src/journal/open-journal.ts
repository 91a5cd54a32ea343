/**
 * Opens the journal: one SQLite file per organization, many processes at once. Knows files, transactions and which runs are alive;
 * must not know HTTP, Dynamics' rules or what an event means. Load it with `await import()`: it loads the native module.
 */
import { join } from 'node:path';
import { makePrivateDirectory } from '../settings/directories.ts';
import { failedRowsTable } from './failed-rows.ts';
import { explainFailure } from './failures.ts';
import { intentsTable } from './intents.ts';
import type { Journal } from './journal.ts';
import { type JournalClock, journalClock, type TimeSources } from './journal-clock.ts';
import { JOURNAL_EXTENSION, journalName } from './journal-files.ts';
import { liveRuns } from './live-runs.ts';
import { namesTable } from './names.ts';
import { outboxTable } from './outbox.ts';
import { pruning, releaseFreePages } from './prune.ts';
import { openRunJournal, type RunJournalParts } from './run-journal.ts';
import { type RunLocks, runLocks } from './run-locks.ts';
import { runsTable } from './runs.ts';
import { createTables } from './schema.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

type JournalOptions = TimeSources & {
  /** DYNCAMP_STATE_DIR, on a local disk. Created with mode 0700 when it does not exist. */
  readonly directory: string;
  /** The Dynamics organization's id; case does not matter. */
  readonly organizationId: string;
  /**
   * How long ended runs are kept, in ms; default 30 days. A run deletes older ones, some at a time, when it starts and while it works,
   * but only while the server's time is known.
   */
  readonly keepMs?: number | undefined;
};

export const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** A commit takes about 20 ms; this covers dozens of processes that start at once on a slow disk. */
const BUSY_TIMEOUT_MS = 30_000;

/** The most rows that the start of a run deletes: well below a second. */
const PRUNED_PER_START = 20_000;

/**
 * Opens or creates the journal of an organization. This function and every method of the journal throw UsageError JOURNAL_UNWRITABLE,
 * JOURNAL_CORRUPT or JOURNAL_VERSION.
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
  const database = openSqlite({ path: file, timeoutMs: BUSY_TIMEOUT_MS, synchronous: 'FULL', explain });
  prepareFile(database, file);
  return journalOver({ database, locks: runLocks(join(directory, 'locks', name)), clock: journalClock(time), keepMs });
}

export function prepareFile(database: Sqlite, file: string): void {
  // Takes effect only before the first table, so it does not touch an existing journal.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL');
  database.exec('PRAGMA journal_mode = WAL');
  // A checkpoint every 32 MB: one write of the big indexes' pages then serves several batches.
  database.exec('PRAGMA wal_autocheckpoint = 8000');
  createTables(database, file);
}

type JournalParts = {
  readonly database: Sqlite;
  readonly locks: RunLocks;
  readonly clock: JournalClock;
  readonly keepMs: number;
};

/** The journal over a database prepared by prepareFile. */
export function journalOver(options: JournalParts): Journal {
  const { database, locks, clock, keepMs } = options;
  const { now } = clock;
  const names = namesTable(database);
  const runs = runsTable(database);
  const intents = intentsTable(database, { names, clock });
  const outbox = outboxTable(database, names);
  const failedRows = failedRowsTable(database, names);
  const prune = pruning(database);
  const live = liveRuns({ database, runs, locks });
  let hasOld = true;
  const forgetSome = (maxRows: number): void => {
    const earliestNow = clock.earliestNow();
    if (hasOld && earliestNow !== undefined) hasOld = !prune({ endedBefore: earliestNow - keepMs, maxRows });
  };
  const parts: RunJournalParts = {
    database,
    runs,
    intents,
    outbox,
    failedRows,
    now,
    markInterruptedRuns: live.markInterrupted,
    forgetSome,
  };
  /** For queries that rely on the status of runs. */
  const withFreshStatus = <T>(query: () => T): T => {
    live.markInterrupted();
    return query();
  };

  return {
    startRun: (run) =>
      withFreshStatus(() => {
        hasOld = true;
        forgetSome(PRUNED_PER_START);
        if (!hasOld) releaseFreePages(database);
        const startedAt = now();
        if (clock.earliestNow() !== undefined) resetFutureTimes(database, startedAt);
        return openRunJournal(parts, live.start(run, startedAt), run.campaignId);
      }),
    openIntents: (campaignId) => withFreshStatus(() => intents.open(campaignId)),
    openCreations: (campaignId, personIds) => intents.openCreations(campaignId, personIds),
    closedAdditions: (campaignId, personIds) => withFreshStatus(() => intents.closedAdditions(campaignId, personIds)),
    undeliveredEvents: (campaignId) => withFreshStatus(() => outbox.undelivered(campaignId)),
    addedByUs: (eventIds) => outbox.addedByUs(eventIds),
    moveAdditions: (kept, ended) =>
      database.transaction(() => {
        for (const eventId of kept) outbox.keepAddition(eventId);
        for (const eventId of ended) outbox.endAddition(eventId);
      }),
    changesOfUnfinishedRuns: (change, campaignId, personIds) =>
      withFreshStatus(() => outbox.changesOfUnfinishedRuns(change, campaignId, personIds)),
    runs: (filter = {}) => withFreshStatus(() => runs.list(filter)),
    run: (id) => withFreshStatus(() => runs.find(id)),
    failedRows: (runId) => failedRows.list(runId),
    reportedBy: (runId) => outbox.reportedBy(runId),
    events: (filter) => outbox.list(filter),
    markDelivered: (sequences, delivered = true) => {
      if (sequences.length > 0) database.transaction(() => outbox.markDelivered(sequences, delivered));
    },
    close: () => {
      live.releaseAll();
      checkpoint(database);
      database.close();
    },
  };
}

/**
 * Times in the future come from a clock that was wrong. They would keep intents open and runs stored for years, so they are set to now.
 * Live runs update theirs by themselves.
 */
function resetFutureTimes(database: Sqlite, now: number): void {
  const ofEndedRun = `run_key IN (SELECT key FROM runs WHERE status <> 'running')`;
  database.transaction(() => {
    database.prepare(`UPDATE runs SET active_at = ? WHERE active_at > ? AND status <> 'running'`).run([now, now]);
    database.prepare(`UPDATE runs SET started_at = ? WHERE started_at > ?`).run([now, now]);
    database.prepare(`UPDATE intents SET begun_at = ? WHERE begun_at > ? AND ${ofEndedRun}`).run([now, now]);
  });
}

/** Leaves a single file behind when no other process has the journal open. Everything is committed, so failures do not matter. */
function checkpoint(database: Sqlite): void {
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The next process does it.
  }
}
