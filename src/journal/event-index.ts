/**
 * Finds events by person and by id. A batch enters the index when somebody asks for what it may hold, not when it is stored: a run that
 * has its campaign to itself never asks, and random ids in a big index cost several times what storing the events does.
 */
import type { Sqlite, SqliteRow } from '../sqlite.ts';
import { MEMBERSHIP_EVENTS } from './event-batch.ts';
import type { NewEvent } from './journal.ts';
import { integer, text } from './rows.ts';
import { keyOf } from './schema.ts';

/** Which batches a question is about. */
export type IndexScope = {
  readonly campaignId: string;
  /** Events of this time or later (epoch ms). */
  readonly since: number;
  /** Event types; the batches that hold one of them. */
  readonly types: readonly string[];
  /** Not those of this run, which knows its own events. */
  readonly exceptRunKey?: number | undefined;
};

export type EventIndex = {
  /** Takes the next few batches in, inside the caller's transaction; false when there are none left. */
  advance(scope: IndexScope): boolean;
  /** Takes in the batches from this sequence on, inside the caller's transaction. */
  takeFrom(sequence: number): void;
  /** Whether advance() has anything to do. */
  isBehind(scope: IndexScope): boolean;
  /** Places of those whose id and person an indexed event has. */
  placesOfStored(events: readonly NewEvent[]): ReadonlySet<number>;
};

/** Cache for random ids in a big index: a run that never asks does without. */
const INDEXING_KIB = 16 * 1024;

/** Batches that one transaction takes in: some 100 ms in which nobody else can write. */
const STEP = 8;

const BEHIND = `
  FROM runs CROSS JOIN event_unindexed AS waiting ON waiting.run_key = runs.key AND waiting.latest_at >= ?2
  WHERE runs.campaign_id = ?1 AND runs.key <> ?3
    AND EXISTS (SELECT 1 FROM json_each(?4) AS type WHERE instr(waiting.types, type.value) > 0)`;

/** Each column is taken out of the JSON once: keyOf() names it three times. */
const HEADS = `
  WITH heads AS MATERIALIZED (
    SELECT ?2 + key AS sequence, value ->> 0 AS id, value ->> 1 AS type, value ->> 3 AS person, value ->> 4 AS list
    FROM json_each(?1))`;

const INSERT_PEOPLE = `${HEADS}
  INSERT INTO event_people (person, sequence, id, type, list)
  SELECT ${keyOf('person')}, sequence, ${keyOf('id')}, type, ${keyOf('list')} FROM heads`;

const INSERT_ADDITIONS = `${HEADS}
  INSERT INTO event_additions (id, sequence)
  SELECT ${keyOf('id')}, sequence FROM heads WHERE type = '${MEMBERSHIP_EVENTS.added}'`;

const STORED = `
  SELECT wanted.key AS place FROM json_each(?) AS wanted
  CROSS JOIN event_people ON event_people.person = ${keyOf('(wanted.value ->> 0)')}
    AND event_people.id = ${keyOf('(wanted.value ->> 1)')}`;

export function eventIndex(database: Sqlite): EventIndex {
  const next = database.prepare(`SELECT waiting.last ${BEHIND} LIMIT ${STEP}`);
  const batch = database.prepare(`SELECT first, run_key, latest_at, heads FROM event_batches WHERE last = ?`);
  const any = database.prepare(`SELECT 1 ${BEHIND} LIMIT 1`);
  const from = database.prepare(`SELECT last FROM event_batches WHERE last >= ?`);
  const insertPeople = database.prepare(INSERT_PEOPLE);
  const insertAdditions = database.prepare(INSERT_ADDITIONS);
  const mark = database.prepare(`DELETE FROM event_unindexed WHERE run_key = ? AND latest_at = ? AND last = ?`);
  const stored = database.prepare(STORED);
  const anyStored = database.prepare(`SELECT 1 FROM event_people LIMIT 1`);
  const valuesOf = ({ campaignId, since, exceptRunKey, types }: IndexScope) => [
    campaignId,
    since,
    exceptRunKey ?? 0,
    JSON.stringify(types),
  ];
  let hasRoom = false;
  const takeIn = (batches: readonly SqliteRow[]): void => {
    if (batches.length === 0) return;
    if (!hasRoom) database.exec(`PRAGMA cache_size = -${INDEXING_KIB}`);
    hasRoom = true;
    for (const last of batches.map((waiting) => integer(waiting, 'last'))) {
      const row = batch.get([last]) ?? {};
      const [heads, first] = [text(row, 'heads'), integer(row, 'first')];
      insertPeople.run([heads, first]);
      insertAdditions.run([heads, first]);
      mark.run([integer(row, 'run_key'), integer(row, 'latest_at'), last]);
    }
  };
  return {
    advance: (scope) => {
      const batches = next.all(valuesOf(scope));
      takeIn(batches);
      return batches.length > 0;
    },
    takeFrom: (sequence) => takeIn(from.all([sequence])),
    isBehind: (scope) => any.get(valuesOf(scope)) !== undefined,
    placesOfStored: (events) => {
      if (anyStored.get() === undefined) return new Set();
      const wanted = JSON.stringify(events.map(({ personId, id }) => [personId, id]));
      return new Set(stored.all([wanted]).map((row) => integer(row, 'place')));
    },
  };
}

/** Takes in everything of the scope, in transactions of its own. */
export function catchUp(database: Sqlite, index: EventIndex, scope: IndexScope): void {
  while (index.isBehind(scope)) database.transaction(() => index.advance(scope));
}
