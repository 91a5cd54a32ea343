/** The outbox: every event that was ever due, until it is forgotten, and whether stdout took it. */
import type { Sqlite, SqliteValue } from '../sqlite.ts';
import { byBatch } from './by-batch.ts';
import { type EventBatch, headsOf, keepLines, SELECT_BATCHES, timesOf, toEventBatch, typesOf } from './event-batch.ts';
import type { EventFilter, NewEvent, StoredEvent } from './journal.ts';
import { integer } from './rows.ts';
import { untoldEvents } from './untold-events.ts';

export type EventRows = {
  /** Gives the sequence of the first; the others follow it without a gap. Inside the caller's transaction. */
  insert(runKey: number, events: readonly NewEvent[], now: number): number;
  markTold(sequences: readonly number[], told: boolean): void;
  claim(runKey: number, sequences: readonly number[]): void;
  /** Those that match and are there when it starts, in order. */
  list(filter: EventFilter): IterableIterator<StoredEvent>;
  /** Those of dead runs on a campaign that are there when it starts, in order. */
  untold(campaignId: string): IterableIterator<StoredEvent>;
};

/** Events of one row at most: half a MB, which SQLite holds several times while it is written, and a reader of the outbox while it reads. */
const BATCH = 500;

export function eventRows(database: Sqlite): EventRows {
  const newest = database.prepare(
    `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_batches'), 0) AS last`,
  );
  const insertBatch = database.prepare(
    `INSERT INTO event_batches (last, first, run_key, latest_at, heads, forms, lines) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertUnindexed = database.prepare(
    `INSERT INTO event_unindexed (run_key, latest_at, last, types) VALUES (?, ?, ?, ?)`,
  );
  const untold = untoldEvents(database);
  const claim = database.prepare(
    `INSERT INTO event_claims (sequence, run_key) SELECT value, ?1 FROM json_each(?2) WHERE true
     ON CONFLICT (sequence) DO UPDATE SET run_key = excluded.run_key`,
  );
  const lastSequence = () => integer(newest.get() ?? {}, 'last');

  const store = (runKey: number, { first, events }: Sequenced, now: number): void => {
    const last = first + events.length - 1;
    const times = timesOf(events, now);
    const latestAt = times.reduce(later, 0);
    const { forms, lines } = keepLines(events);
    insertBatch.run([last, first, runKey, latestAt, headsOf(events, times), forms, lines]);
    insertUnindexed.run([runKey, latestAt, last, typesOf(events)]);
    untold.store(last, runKey, events.length);
  };

  function* pages(query: BatchQuery, suits: (event: StoredEvent & { at: number }) => boolean) {
    const statement = database.prepare(
      `${SELECT_BATCHES} FROM ${query.from} WHERE event_batches.last > ? AND event_batches.last <= ? AND ${query.where}
       ORDER BY event_batches.last LIMIT 1`,
    );
    const end = lastSequence();
    for (let after = 0; ; ) {
      const [batch]: readonly EventBatch[] = statement.all([after, end, ...query.values]).map(toEventBatch);
      if (batch === undefined) return;
      for (const { at, ...event } of batch.events()) if (suits({ at, ...event })) yield event;
      after = batch.last;
    }
  }

  return {
    insert: (runKey, events, now) => {
      const first = lastSequence() + 1;
      for (let start = 0; start < events.length; start += BATCH)
        store(runKey, { first: first + start, events: events.slice(start, start + BATCH) }, now);
      return first;
    },
    markTold: (sequences, told) => untold.mark(sequences, told),
    claim: (runKey, sequences) => void claim.run([runKey, JSON.stringify(sequences)]),
    list: (filter) => pages(queryOf(filter), suiting(filter)),
    untold: (campaignId) => pages(untoldOfDeadRuns(campaignId), (event) => !event.told),
  };
}

/** Events whose sequences are consecutive from `first` on. */
type Sequenced = { readonly first: number; readonly events: readonly NewEvent[] };

const later = (latest: number, at: number): number => Math.max(latest, at);

type BatchQuery = { readonly from: string; readonly where: string; readonly values: readonly SqliteValue[] };

/** The batches come first in the joins, so that they are read in their order and never sorted. */
const ALL_BATCHES = `event_batches CROSS JOIN runs ON runs.key = event_batches.run_key
  LEFT JOIN event_untold ON event_untold.last = event_batches.last`;
const UNTOLD_BATCHES = `event_untold CROSS JOIN event_batches ON event_batches.last = event_untold.last
  CROSS JOIN runs ON runs.key = event_batches.run_key`;

function queryOf({ runId, campaignId, since, untoldOnly }: EventFilter): BatchQuery {
  const conditions = [
    runId === undefined ? [] : ['event_batches.run_key = (SELECT key FROM runs WHERE id = ?)', runId],
    campaignId === undefined ? [] : ['runs.campaign_id = ?', campaignId],
    since === undefined ? [] : ['event_batches.latest_at >= ?', since],
  ];
  return {
    from: untoldOnly === true ? UNTOLD_BATCHES : ALL_BATCHES,
    where: conditions.flatMap(([condition]) => condition ?? []).join(' AND ') || '1',
    values: conditions.flatMap(([, value]) => value ?? []),
  };
}

function suiting({ since, toldOnly, untoldOnly }: EventFilter): (event: StoredEvent & { at: number }) => boolean {
  return ({ at, told }) =>
    (since === undefined || at >= since) && (toldOnly !== true || told) && (untoldOnly !== true || !told);
}

/** Of a million events they are the last few. */
function untoldOfDeadRuns(campaignId: string): BatchQuery {
  return { from: UNTOLD_BATCHES, where: `runs.campaign_id = ? AND runs.status <> 'running'`, values: [campaignId] };
}

/** Reads events by their sequences, each batch once; keeps nothing. */
export function eventsBySequence(database: Sqlite): (sequences: readonly number[]) => readonly StoredEvent[] {
  const covering = database.prepare(
    `${SELECT_BATCHES} FROM ${ALL_BATCHES}
     WHERE event_batches.last >= ? ORDER BY event_batches.last LIMIT 1`,
  );
  const coveringBatch = (sequence: number): EventBatch | undefined => covering.all([sequence]).map(toEventBatch)[0];
  return (sequences) =>
    [...byBatch(sequences, coveringBatch)].flatMap(({ batch, numbers }) => {
      const wanted = new Set(numbers);
      const found = batch.events().filter(({ sequence }) => wanted.has(sequence));
      return found.map(({ at: _, ...event }) => event);
    });
}
