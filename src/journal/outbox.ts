/** The outbox: every event until prune deletes it, and whether it was delivered. */

import { EVENT_TYPES } from '../events.ts';
import type { EventFilter, NewEvent, ReportedChanges, StoredEvent } from './journal.ts';
import type { Names } from './names.ts';
import { id, idKey, integer, optionalId, optionalInteger, optionalText, text, word } from './rows.ts';
import type { Sqlite, SqliteRow, SqliteValue } from './sqlite.ts';

export type Outbox = ReturnType<typeof outboxTable>;

/** Events per query: a few hundred KB. */
const PAGE = 500;

const COLUMNS = `
  events.*, runs.id AS run_id, lists.id AS list_id, lists.name AS list_name, inputs.source AS input,
    campaigns.event_source, campaigns.id AS campaign_id, campaigns.name AS campaign_name, campaigns.code AS campaign_code`;

const JOINED = `
  CROSS JOIN runs ON runs.key = events.run_key CROSS JOIN campaigns ON campaigns.key = events.campaign_key
  LEFT JOIN lists ON lists.key = events.list_key LEFT JOIN inputs ON inputs.key = events.input_key`;

/** A later change of the person on the list. */
const LATER = `
  SELECT 1 FROM events AS later JOIN lists AS list ON list.key = later.list_key
  WHERE later.person = events.person AND later.sequence > events.sequence AND list.id = lists.id
    AND later.type IN ('${EVENT_TYPES.added}', '${EVENT_TYPES.removed}')`;

/** Callers mark interrupted runs first: after that every unfinished run has the status `stopped`. */
const UNFINISHED = `
  SELECT ${COLUMNS} FROM events ${JOINED}
  WHERE events.person = ? AND events.type = ? AND runs.status = 'stopped' AND runs.campaign_id = ?
    AND NOT EXISTS (SELECT 1 FROM runs AS reporter WHERE reporter.key = events.reported_by AND reporter.status = 'finished')
    AND NOT EXISTS (${LATER})`;

export function outboxTable(database: Sqlite, names: () => Names) {
  const insert = database.prepare(
    `INSERT INTO events (run_key, id, person, person_type, type, at, campaign_key, list_key, list_member, email, created, input_key, line,
       ref)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, person) DO NOTHING`,
  );
  const newest = database.prepare('SELECT coalesce(max(sequence), 0) AS last FROM events');
  const mark = database.prepare('UPDATE events SET delivered = ? WHERE sequence = ?');
  const report = database.prepare('UPDATE events SET reported_by = ? WHERE sequence = ?');
  const keep = database.prepare('INSERT INTO additions (event_id) VALUES (?) ON CONFLICT DO NOTHING');
  const end = database.prepare('DELETE FROM additions WHERE event_id = ?');
  const added = database.prepare(`SELECT 1 FROM events WHERE id = ? AND type = '${EVENT_TYPES.added}' LIMIT 1`);
  const kept = database.prepare('SELECT 1 FROM additions WHERE event_id = ?');
  const reported = database.prepare(
    `SELECT runs.id, events.type, count(*) AS changes, sum(EXISTS (${LATER})) AS reverted
     FROM events INDEXED BY events_reported JOIN runs ON runs.key = events.run_key LEFT JOIN lists ON lists.key = events.list_key
     WHERE events.reported_by = (SELECT key FROM runs WHERE id = ?) GROUP BY runs.key, events.type`,
  );
  const anyUnfinished = database.prepare(`SELECT 1 FROM runs WHERE campaign_id = ? AND status = 'stopped' LIMIT 1`);
  const unfinished = database.prepare(UNFINISHED);

  /** Page by page: a cursor left open would block every checkpoint. */
  function* pages(
    from: 'events' | 'events INDEXED BY events_undelivered',
    where: readonly string[],
    values: readonly SqliteValue[],
  ): IterableIterator<StoredEvent> {
    const conditions = ['events.sequence > ?', 'events.sequence <= ?', ...where].join(' AND ');
    const page = database.prepare(
      `SELECT ${COLUMNS} FROM ${from} ${JOINED} WHERE ${conditions} ORDER BY events.sequence LIMIT ${PAGE}`,
    );
    const end = integer(newest.get() ?? {}, 'last');
    for (let after = 0; after < end; ) {
      const events = page.all([after, end, ...values]).map(toEvent);
      yield* events;
      after = events.at(-1)?.sequence ?? end;
    }
  }

  return {
    /**
     * Returns the function that stores the events of one transaction. It returns the event's sequence, or undefined when the event is
     * there already: the same change of the same person is one event, whichever process made it.
     */
    inserting: () => {
      const keys = names();
      return (runKey: number, event: NewEvent): number | undefined => {
        const { listId, listName = '', listMemberId, place } = event;
        const { changes, lastId } = insert.run([
          runKey,
          idKey(event.id),
          idKey(event.personId),
          event.personType,
          event.type,
          event.at,
          keys.campaign(event.campaign, event.source),
          listId === undefined ? null : keys.list(listId, listName),
          listMemberId === undefined ? null : idKey(listMemberId),
          event.email ?? null,
          event.created === undefined ? null : Number(event.created),
          place === undefined ? null : keys.input(place.source),
          place?.line ?? null,
          place?.ref ?? null,
        ]);
        return changes === 0 ? undefined : lastId;
      };
    },
    markDelivered: (sequences: readonly number[], delivered: boolean): void => {
      for (const sequence of sequences) mark.run([delivered ? 1 : 0, sequence]);
    },
    reportAsOwn: (runKey: number, sequences: readonly number[]): void => {
      for (const sequence of sequences) report.run([runKey, sequence]);
    },
    reportedBy: (runId: string): readonly ReportedChanges[] =>
      reported.all([runId]).map((row) => ({
        runId: text(row, 'id'),
        type: text(row, 'type'),
        changes: integer(row, 'changes'),
        reverted: integer(row, 'reverted'),
      })),
    /** Matching events that exist when the iteration starts, in order. */
    list: ({ runId, campaignId, since, delivered }: EventFilter): IterableIterator<StoredEvent> => {
      const conditions: readonly (readonly [string, SqliteValue | undefined])[] = [
        ['events.run_key = (SELECT key FROM runs WHERE id = ?)', runId],
        ['runs.campaign_id = ?', campaignId],
        ['events.at >= ?', since],
        ['events.delivered = ?', delivered === undefined ? undefined : Number(delivered)],
      ];
      const wanted = conditions.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]));
      return pages(
        'events',
        wanted.map(({ condition }) => condition),
        wanted.map(({ value }) => value),
      );
    },
    /** Undelivered events of ended runs on a campaign that exist when the iteration starts, in order. */
    undelivered: (campaignId: string): IterableIterator<StoredEvent> =>
      pages(
        'events INDEXED BY events_undelivered',
        [
          'events.delivered = 0',
          `events.run_key IN (SELECT key FROM runs WHERE campaign_id = ? AND status <> 'running')`,
        ],
        [campaignId],
      ),
    /** Keeps the id of an `added` event for as long as the person is in, however old the event is. */
    keepAddition: (eventId: string): void => void keep.run([idKey(eventId)]),
    endAddition: (eventId: string): void => void end.run([idKey(eventId)]),
    addedByUs: (eventIds: readonly string[]): ReadonlySet<string> => {
      const isKnown = (key: SqliteValue): boolean => (added.get([key]) ?? kept.get([key])) !== undefined;
      return new Set(eventIds.filter((eventId) => isKnown(idKey(eventId))));
    },
    /** By person id: the person's last change on a list, if an unfinished run made it and no finished run has reported it as its own. */
    changesOfUnfinishedRuns: (
      change: 'added' | 'removed',
      campaignId: string,
      personIds: readonly string[],
    ): ReadonlyMap<string, StoredEvent> => {
      if (anyUnfinished.get([campaignId]) === undefined) return new Map();
      const type = EVENT_TYPES[change];
      return new Map(
        personIds.flatMap((person) =>
          unfinished.all([idKey(person), type, campaignId]).map((row) => [person, toEvent(row)] as const),
        ),
      );
    },
  };
}

function toEvent(row: SqliteRow): StoredEvent {
  const source = optionalText(row, 'input');
  const created = optionalInteger(row, 'created');
  return {
    sequence: integer(row, 'sequence'),
    runId: text(row, 'run_id'),
    delivered: integer(row, 'delivered') === 1,
    id: id(row, 'id'),
    type: text(row, 'type'),
    source: text(row, 'event_source'),
    at: integer(row, 'at'),
    campaign: { id: text(row, 'campaign_id'), name: text(row, 'campaign_name'), code: text(row, 'campaign_code') },
    personType: word(row, 'person_type', ['lead', 'contact']),
    personId: id(row, 'person'),
    email: optionalText(row, 'email'),
    created: created === undefined ? undefined : created === 1,
    listId: optionalText(row, 'list_id'),
    listName: optionalText(row, 'list_name'),
    listMemberId: optionalId(row, 'list_member'),
    place: source === undefined ? undefined : { source, line: integer(row, 'line'), ref: optionalText(row, 'ref') },
  };
}
