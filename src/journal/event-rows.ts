/** The outbox: every event that was ever due, until it is forgotten, and whether stdout took it. */
import type { Sqlite, SqliteRow, SqliteValue } from '../sqlite.ts';
import type { EventFilter, NewEvent, StoredEvent } from './journal.ts';
import { integer, optionalText, text } from './rows.ts';
import { keyOf } from './schema.ts';

export type EventRows = {
  /** Gives the sequence, or undefined when the outbox holds this event: one of this id and person. */
  insert(runKey: number, event: NewEvent, now: number): number | undefined;
  markTold(sequences: readonly number[], told: boolean): void;
  claim(runKey: number, sequences: readonly number[]): void;
  /** Those that match and are there when it starts, in order. */
  list(filter: EventFilter): IterableIterator<StoredEvent>;
  /** Those of dead runs on a campaign that are there when it starts, in order. */
  untold(campaignId: string): IterableIterator<StoredEvent>;
};

/** Rows that one query gives at most: about 1 KB each. */
const PAGE = 500;

export const SELECT_EVENTS = `
  SELECT events.sequence, events.told, events.id, events.type, events.time, events.person_id, events.list_id,
    events.list_member_id, events.json, runs.id AS run_id, runs.campaign_id`;

export function eventRows(database: Sqlite): EventRows {
  const insert = database.prepare(
    `INSERT INTO events (run_key, at, id, type, time, person_id, list_id, list_member_id, json)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS (
       SELECT 1 FROM events WHERE ${keyOf('person_id')} = ${keyOf('?6')} AND person_id = ?6 AND id = ?3)`,
  );
  const markTold = database.prepare(`UPDATE events SET told = ? WHERE sequence IN (SELECT value FROM json_each(?))`);
  const claim = database.prepare(`UPDATE events SET claimed_by = ? WHERE sequence IN (SELECT value FROM json_each(?))`);
  const newest = database.prepare(`SELECT coalesce(max(sequence), 0) AS sequence FROM events`);

  function* pages(query: PageQuery): IterableIterator<StoredEvent> {
    const statement = database.prepare(
      `${SELECT_EVENTS} FROM ${query.from} WHERE events.sequence > ? AND events.sequence <= ? AND ${query.where}
       ORDER BY events.sequence LIMIT ${PAGE}`,
    );
    const end = integer(newest.get() ?? {}, 'sequence');
    for (let after = 0; ; ) {
      const events = statement.all([after, end, ...query.values]).map(toStoredEvent);
      yield* events;
      const last = events.at(-1);
      if (last === undefined || events.length < PAGE) return;
      after = last.sequence;
    }
  }

  return {
    insert: (runKey, event, now) => {
      const { changes, lastId } = insert.run(valuesOf(runKey, event, now));
      return changes === 0 ? undefined : lastId;
    },
    markTold: (sequences, told) => void markTold.run([told ? 1 : 0, JSON.stringify(sequences)]),
    claim: (runKey, sequences) => void claim.run([runKey, JSON.stringify(sequences)]),
    list: (filter) => pages(queryOf(filter)),
    untold: (campaignId) => pages(untoldOfDeadRuns(campaignId)),
  };
}

type PageQuery = { readonly from: string; readonly where: string; readonly values: readonly SqliteValue[] };

/** The events come first in the join, so that a page is read in their order and never sorted. */
function queryOf({ runId, campaignId, since, toldOnly, untoldOnly }: EventFilter): PageQuery {
  const conditions = [
    runId === undefined ? [] : ['events.run_key = (SELECT key FROM runs WHERE id = ?)', runId],
    campaignId === undefined ? [] : ['runs.campaign_id = ?', campaignId],
    since === undefined ? [] : ['events.at >= ?', since],
    toldOnly === true ? ['events.told = 1'] : [],
    untoldOnly === true ? ['events.told = 0'] : [],
  ];
  return {
    from: 'events CROSS JOIN runs ON runs.key = events.run_key',
    where: conditions.flatMap(([condition]) => condition ?? []).join(' AND ') || '1',
    values: conditions.flatMap(([, value]) => value ?? []),
  };
}

/** Walks the untold ones only: of a million events they are the last few. */
function untoldOfDeadRuns(campaignId: string): PageQuery {
  return {
    from: 'events INDEXED BY events_untold CROSS JOIN runs ON runs.key = events.run_key',
    where: `events.told = 0 AND runs.campaign_id = ? AND runs.status <> 'running'`,
    values: [campaignId],
  };
}

function valuesOf(runKey: number, event: NewEvent, now: number): readonly SqliteValue[] {
  const { id, type, time, personId, listId = null, listMemberId = null, json } = event;
  const at = Date.parse(time);
  return [runKey, Number.isNaN(at) ? now : at, id, type, time, personId, listId, listMemberId, json];
}

export function toStoredEvent(row: SqliteRow): StoredEvent {
  return {
    sequence: integer(row, 'sequence'),
    runId: text(row, 'run_id'),
    campaignId: text(row, 'campaign_id'),
    told: integer(row, 'told') === 1,
    id: text(row, 'id'),
    type: text(row, 'type'),
    time: text(row, 'time'),
    personId: text(row, 'person_id'),
    listId: optionalText(row, 'list_id'),
    listMemberId: optionalText(row, 'list_member_id'),
    json: text(row, 'json'),
  };
}
