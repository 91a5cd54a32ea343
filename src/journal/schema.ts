/**
 * The journal's tables. Rows for runs, open intents and events, counters for the rest. Text columns hold what the callers gave;
 * times are epoch ms. A change of the schema is a new entry in MIGRATIONS, never an edit of one that was released.
 */
import type { Sqlite } from '../sqlite.ts';
import { newerJournal } from './failures.ts';
import { integer } from './rows.ts';

/**
 * An id as a key of the big tables: a GUID in its 16 bytes, anything else as it is. Random ids land each on another page, so narrow rows
 * are what makes a million of them affordable.
 */
export function keyOf(value: string): string {
  return `CASE WHEN length(${value}) = 36 THEN coalesce(unhex(${value}, '-'), ${value}) ELSE ${value} END`;
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

  -- What is begun together is one row: a row per person would cost several times as much as sending the request.
  -- Ids are consecutive from first_id to last_id. intents: a JSON array, empty when none is open any more. states: a letter for each, o(pen), c(losed as not done), d(one).
  -- A row leaves when all are done. Those with closed ones stay until their run is forgotten: a late conclusion still finds its run.
  CREATE TABLE intent_batches (
    last_id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_id INTEGER NOT NULL,
    run_key INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    states TEXT NOT NULL,
    intents TEXT NOT NULL
  );
  CREATE INDEX intent_batches_of_run ON intent_batches (run_key);

  -- Events that were concluded together. Sequences are consecutive from first to last. lines: their JSON, a line each; heads: a JSON
  -- array of what else is known of each. Never updated: a change of one column would write the whole row again.
  CREATE TABLE event_batches (
    last INTEGER PRIMARY KEY AUTOINCREMENT,
    first INTEGER NOT NULL,
    run_key INTEGER NOT NULL,
    latest_at INTEGER NOT NULL,
    heads TEXT NOT NULL,
    lines TEXT NOT NULL
  );
  CREATE INDEX event_batches_of_run ON event_batches (run_key);

  -- The batches with events that nobody took. places: a JSON array of those events' places in the batch.
  CREATE TABLE event_untold (
    last INTEGER PRIMARY KEY,
    run_key INTEGER NOT NULL,
    places TEXT NOT NULL
  );

  -- The batches that are not in event_people and event_additions. types: the types of their events.
  CREATE TABLE event_unindexed (
    run_key INTEGER NOT NULL,
    latest_at INTEGER NOT NULL,
    last INTEGER NOT NULL,
    types TEXT NOT NULL,
    PRIMARY KEY (run_key, latest_at, last)
  ) WITHOUT ROWID;

  -- The events of each person, as far as they are indexed; person, id and list as keyOf() makes them.
  CREATE TABLE event_people (
    person NOT NULL,
    sequence INTEGER NOT NULL,
    id NOT NULL,
    type TEXT NOT NULL,
    list,
    PRIMARY KEY (person, sequence)
  ) WITHOUT ROWID;

  -- The added events by their ids, as far as they are indexed.
  CREATE TABLE event_additions (
    id NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (id, sequence)
  ) WITHOUT ROWID;

  -- Changes of unfinished runs that a later run reported as its own.
  CREATE TABLE event_claims (
    sequence INTEGER PRIMARY KEY,
    run_key INTEGER NOT NULL
  );
  `,
  `
  -- How many of a batch's intents are creations (1 where nobody counted): most batches have none, and every conclusion asks for them.
  ALTER TABLE intent_batches ADD COLUMN creations INTEGER NOT NULL DEFAULT 1;
  CREATE INDEX intent_batches_with_creations ON intent_batches (run_key) WHERE creations > 0;
  `,
  `
  -- What lines share is kept once. forms: a JSON array of their shared pieces; then lines holds, for each event, the number of its form and
  -- its own pieces, with tabs between; U+0001 to U+0003 stand for the id, person and membership row of its head. Empty: the lines are whole.
  -- From here on the column intents is an object: what the intents share, and each one's own (intent-batch.ts).
  ALTER TABLE event_batches ADD COLUMN forms TEXT NOT NULL DEFAULT '';
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
