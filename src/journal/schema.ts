/**
 * The journal's tables: a row per open intent, per event and per failed row, counters for the rest. Ids are stored as `idKey` makes them, times as
 * epoch ms. There are no migrations: every change of the tables is a new VERSION, and a journal of another version is refused.
 */

import { corruptJournal, journalOfOtherVersion } from './failures.ts';
import { integer } from './rows.ts';
import type { Sqlite } from './sqlite.ts';

export const VERSION = 7;

const TABLES = `
  -- active_at: the run's last sign of life; once it is no longer running, its end.
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

  -- Rows that failed or were not attempted, the first ones of a run.
  CREATE TABLE failed_rows (
    run_key INTEGER NOT NULL,
    number INTEGER NOT NULL,
    input_key INTEGER NOT NULL,
    line INTEGER NOT NULL,
    ref TEXT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT,
    message TEXT,
    PRIMARY KEY (run_key, number)
  ) WITHOUT ROWID;

  -- Names that many intents and events share.
  CREATE TABLE campaigns (
    key INTEGER PRIMARY KEY,
    event_source TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (id, name, code, event_source)
  );
  CREATE TABLE lists (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (id, name)
  );
  CREATE TABLE inputs (
    key INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE
  );

  -- Changes that may have been sent. A done one is deleted when its event is stored. One that was not done stays, with closed_at: its
  -- request may still land late. before_*: the membership row that a removal deletes.
  CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_key INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person_type TEXT NOT NULL,
    person NOT NULL,
    email TEXT NOT NULL,
    list_key INTEGER NOT NULL,
    created INTEGER NOT NULL,
    before_member TEXT,
    before_created_on TEXT,
    before_created_by TEXT,
    input_key INTEGER NOT NULL,
    line INTEGER NOT NULL,
    ref TEXT NOT NULL,
    event_email TEXT,
    begun_at INTEGER NOT NULL,
    closed_at INTEGER
  );
  CREATE INDEX intents_of_run ON intents (run_key, closed_at);
  CREATE INDEX intents_open ON intents (person, kind) WHERE closed_at IS NULL;
  CREATE INDEX intents_closed ON intents (person) WHERE closed_at IS NOT NULL;

  -- The outbox: every event, delivered or not, in the order in which the changes were concluded. Null: not part of the event, such as a
  -- withheld address or the list of a created person. reported_by: the later run that reported the change as its own.
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id NOT NULL,
    person NOT NULL,
    person_type TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    run_key INTEGER NOT NULL,
    campaign_key INTEGER NOT NULL,
    list_key INTEGER,
    list_member,
    email TEXT,
    created INTEGER,
    input_key INTEGER,
    line INTEGER,
    ref TEXT,
    delivered INTEGER NOT NULL DEFAULT 0,
    reported_by INTEGER,
    -- A membership row's id may come back with another person (U23), so an event is identified by its id and its person.
    UNIQUE (id, person)
  );
  CREATE INDEX events_of_person ON events (person);
  CREATE INDEX events_of_run ON events (run_key);
  CREATE INDEX events_undelivered ON events (sequence, run_key) WHERE delivered = 0;
  CREATE INDEX events_reported ON events (reported_by) WHERE reported_by IS NOT NULL;

  -- Ids of added events whose rows do not name our user as creator: kept until the person is removed, however old the event is.
  CREATE TABLE additions (event_id PRIMARY KEY NOT NULL) WITHOUT ROWID;
`;

/** Creates the tables if there are none. Throws UsageError JOURNAL_VERSION, or JOURNAL_CORRUPT for a file that is not a journal. */
export function createTables(database: Sqlite, file: string): void {
  if (isReady(database, file)) return;
  database.transaction(() => {
    // Another process may have been faster.
    if (isReady(database, file)) return;
    database.exec(TABLES);
    database.exec(`PRAGMA user_version = ${VERSION}`);
  });
}

function isReady(database: Sqlite, file: string): boolean {
  const version = integer(database.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
  if (version === VERSION) return true;
  if (version !== 0) throw journalOfOtherVersion(file, version, VERSION);
  if (database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() !== undefined)
    throw corruptJournal(file, new Error('The file has tables and is not a journal.'));
  return false;
}
