/**
 * The journal's tables. Rows for runs, open intents and events, counters for the rest. Text columns hold what the callers gave;
 * times are epoch ms. A change of the schema is a new entry in MIGRATIONS, never an edit of one that was released.
 */
import type { Sqlite } from '../sqlite.ts';
import { newerJournal } from './failures.ts';
import { integer } from './rows.ts';

/**
 * What stands for an id in the big indexes: its first 8 and last 8 characters. Random ids land each on another page of an index; with less
 * than half of the width 1,000 events cost less time. Both ends, because ids that were made in a row differ only at one of them: at the
 * front (Dynamics' own sequential ones) or at the back (imported ones). A query compares this and the id itself.
 */
export function keyOf(column: string): string {
  return `(substr(${column}, 1, 8) || substr(${column}, -8))`;
}

const MIGRATIONS: readonly string[] = [
  `
  -- active_at: the last commit of this run, its end once the status is another than running.
  CREATE TABLE runs (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    campaign_name TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'running',
    exit_code INTEGER
  );
  CREATE INDEX runs_running ON runs (key) WHERE status = 'running';
  CREATE INDEX runs_of_campaign ON runs (campaign_id, status);

  CREATE TABLE counters (
    run_key INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (run_key, outcome)
  ) WITHOUT ROWID;

  -- Rows leave when the change was done. Those that were closed as not done stay until their run is forgotten: a late conclusion
  -- of theirs still finds its run.
  CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_key INTEGER NOT NULL,
    is_open INTEGER NOT NULL DEFAULT 1,
    begun_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person_type TEXT NOT NULL,
    person_id TEXT NOT NULL,
    email TEXT NOT NULL,
    list_id TEXT NOT NULL,
    list_name TEXT NOT NULL,
    created INTEGER NOT NULL,
    before_list_member_id TEXT,
    before_created_on TEXT,
    before_created_by TEXT,
    source TEXT NOT NULL,
    line INTEGER NOT NULL,
    ref TEXT NOT NULL
  );
  CREATE INDEX intents_of_run ON intents (run_key, is_open);
  CREATE INDEX intents_open ON intents (person_id, kind) WHERE is_open = 1;

  -- at: the event's time as epoch ms. claimed_by: the later run that reported this change as its own.
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run_key INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    claimed_by INTEGER,
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    time TEXT NOT NULL,
    person_id TEXT NOT NULL,
    list_id TEXT,
    list_member_id TEXT,
    json TEXT NOT NULL
  );
  CREATE INDEX events_of_run ON events (run_key);
  CREATE INDEX events_of_person ON events (${keyOf('person_id')});
  CREATE INDEX events_of_list_member ON events (${keyOf('list_member_id')}) WHERE list_member_id IS NOT NULL;
  CREATE INDEX events_untold ON events (sequence, run_key) WHERE told = 0;
  `,
];

/** Brings the tables to this version, in one transaction. Throws UsageError JOURNAL_TOO_NEW for a journal of a newer dyncamp. */
export function migrate(database: Sqlite, file: string): void {
  if (versionOf(database, file) === MIGRATIONS.length) return;
  database.transaction(() => {
    // Another process may have been faster: what counts is the version inside the transaction.
    for (const migration of MIGRATIONS.slice(versionOf(database, file))) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function versionOf(database: Sqlite, file: string): number {
  const row = database.prepare('PRAGMA user_version').get();
  const version = row === undefined ? 0 : integer(row, 'user_version');
  if (version > MIGRATIONS.length) throw newerJournal(file, version, MIGRATIONS.length);
  return version;
}
