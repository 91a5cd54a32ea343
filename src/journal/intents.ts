/** The rows of intents: changes that may have been sent and are not confirmed. */

import type { BeforeImage, NewIntent, StoredIntent } from './journal.ts';
import type { JournalClock } from './journal-clock.ts';
import type { Names } from './names.ts';
import { id, idKey, integer, optionalText, text, word } from './rows.ts';
import type { Sqlite, SqliteRow, SqliteStatement } from './sqlite.ts';

export type Intents = ReturnType<typeof intentsTable>;

const SELECT = `
  SELECT intents.*, lists.id AS list_id, lists.name AS list_name, inputs.source AS input, runs.id AS run_id, runs.campaign_id,
    max(intents.begun_at, runs.active_at) AS alive_at
  FROM intents CROSS JOIN runs ON runs.key = intents.run_key
  CROSS JOIN lists ON lists.key = intents.list_key CROSS JOIN inputs ON inputs.key = intents.input_key`;

/** Callers mark interrupted runs first: after that a run without the status `running` has ended. */
const OPEN_OF_ENDED_RUNS = `closed_at IS NULL AND run_key IN
  (SELECT key FROM runs WHERE campaign_id = ? AND status <> 'running')`;

export function intentsTable(database: Sqlite, { names, clock }: { names: () => Names; clock: JournalClock }) {
  const insert = database.prepare(
    `INSERT INTO intents (run_key, kind, person_type, person, email, list_key, created, before_member, before_created_on,
       before_created_by, input_key, line, ref, event_email, begun_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const open = database.prepare(`${SELECT} WHERE ${OPEN_OF_ENDED_RUNS} ORDER BY intents.id`);
  const anyOpen = database.prepare(`SELECT 1 FROM intents WHERE ${OPEN_OF_ENDED_RUNS} LIMIT 1`);
  const ofPerson = `${OPEN_OF_ENDED_RUNS} AND person = ? AND kind = ? AND list_key IN (SELECT key FROM lists WHERE id = ?)`;
  const openOfPerson = database.prepare(
    `SELECT run_key FROM intents INDEXED BY intents_open WHERE ${ofPerson} LIMIT 1`,
  );
  const takeOver = database.prepare(`UPDATE intents INDEXED BY intents_open SET closed_at = ? WHERE ${ofPerson}`);
  const anyCreation = database.prepare(`SELECT 1 FROM intents WHERE closed_at IS NULL AND kind = 'create' LIMIT 1`);
  const creations = database.prepare(
    `${SELECT} WHERE closed_at IS NULL AND kind = 'create' AND person = ? AND campaign_id = ? ORDER BY intents.id`,
  );
  const anyClosed = database.prepare(`SELECT 1 FROM intents WHERE closed_at IS NOT NULL LIMIT 1`);
  const closed = database.prepare(
    `${SELECT} WHERE closed_at IS NOT NULL AND kind = 'add' AND person = ? AND campaign_id = ?
       AND runs.status <> 'running' ORDER BY intents.id`,
  );
  const find = database.prepare('SELECT run_key, kind, closed_at FROM intents WHERE id = ?');
  const remove = database.prepare('DELETE FROM intents WHERE id = ?');
  const close = database.prepare('UPDATE intents SET closed_at = ? WHERE id = ? AND closed_at IS NULL');
  const toIntent = (row: SqliteRow): StoredIntent => toStoredIntent(row, clock);
  const ofPeople = (ofPerson: SqliteStatement, campaignId: string, personIds: readonly string[]) =>
    [...new Set(personIds)]
      .flatMap((person) => ofPerson.all([idKey(person), campaignId]).map(toIntent))
      .sort((one, other) => one.intentId - other.intentId);

  return {
    insert: (runKey: number, intents: readonly NewIntent[]): readonly number[] => {
      const now = clock.now();
      const keys = names();
      return intents.map((intent) => {
        const { kind, personType, personId, email, created, before, place } = intent;
        return insert.run([
          runKey,
          kind,
          personType,
          idKey(personId),
          email,
          keys.list(intent.listId, intent.listName),
          created ? 1 : 0,
          before?.listMemberId ?? null,
          before?.createdOn ?? null,
          before?.createdBy ?? null,
          keys.input(place.source),
          place.line,
          place.ref,
          intent.eventEmail ?? null,
          now,
        ]).lastId;
      });
    },
    /**
     * Closes the additions and removals that ended runs on the campaign left open for the same list and person: the change that is
     * made now will show whether they were done. Creations stay open: if the earlier one was done, the new one is refused, and the earlier
     * one must be reported. Returns the indexes of the intents that took something over, and whose it was.
     */
    takeOver: (campaignId: string, intents: readonly NewIntent[]): readonly TakenOver[] => {
      if (anyOpen.get([campaignId]) === undefined) return [];
      const now = clock.now();
      return intents.flatMap(({ kind, personId, listId }, place) => {
        if (kind === 'create') return [];
        const theirs = [campaignId, idKey(personId), kind, listId] as const;
        const before = openOfPerson.get([...theirs]);
        if (before === undefined) return [];
        takeOver.run([now, ...theirs]);
        return [{ place, runKey: integer(before, 'run_key') }];
      });
    },
    open: (campaignId: string): readonly StoredIntent[] => open.all([campaignId]).map(toIntent),
    openCreations: (campaignId: string, personIds: readonly string[]): readonly StoredIntent[] =>
      anyCreation.get() === undefined ? [] : ofPeople(creations, campaignId, personIds),
    closedAdditions: (campaignId: string, personIds: readonly string[]): readonly StoredIntent[] =>
      anyClosed.get() === undefined ? [] : ofPeople(closed, campaignId, personIds),
    /** Undefined when it was done, or deleted by prune. */
    find: (intentId: number) => {
      const row = find.get([intentId]);
      if (row === undefined) return undefined;
      return { runKey: integer(row, 'run_key'), isOpen: row.closed_at === null, isCreation: row.kind === 'create' };
    },
    remove: (intentId: number): void => void remove.run([intentId]),
    close: (intentId: number): void => void close.run([clock.now(), intentId]),
  };
}

type TakenOver = { readonly place: number; readonly runKey: number };

function toStoredIntent(row: SqliteRow, clock: JournalClock): StoredIntent {
  return {
    intentId: integer(row, 'id'),
    runId: text(row, 'run_id'),
    campaignId: text(row, 'campaign_id'),
    begunAt: integer(row, 'begun_at'),
    ageMs: clock.ageOf(integer(row, 'alive_at')),
    kind: word(row, 'kind', ['add', 'remove', 'create']),
    personType: word(row, 'person_type', ['lead', 'contact']),
    personId: id(row, 'person'),
    email: text(row, 'email'),
    listId: text(row, 'list_id'),
    listName: text(row, 'list_name'),
    created: integer(row, 'created') === 1,
    before: beforeOf(row),
    place: { source: text(row, 'input'), line: integer(row, 'line'), ref: text(row, 'ref') },
    ...(row.event_email === null ? {} : { eventEmail: word(row, 'event_email', ['none']) }),
  };
}

function beforeOf(row: SqliteRow): BeforeImage | undefined {
  const listMemberId = optionalText(row, 'before_member');
  if (listMemberId === undefined) return undefined;
  const createdBy = optionalText(row, 'before_created_by');
  return { listMemberId, createdOn: text(row, 'before_created_on'), createdBy };
}
