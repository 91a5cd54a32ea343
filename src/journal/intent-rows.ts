/** The rows of intents: changes that may have been sent and are not known to be done. */
import type { Sqlite, SqliteRow } from '../sqlite.ts';
import type { BeforeImage, NewIntent, OpenIntent } from './journal.ts';
import { integer, optionalText, text, word } from './rows.ts';

export type IntentRows = {
  /** Gives the ids in the intents' order. */
  insert(runKey: number, intents: readonly NewIntent[], now: number): readonly number[];
  /** Closes what dead runs left open for the same changes: same person, kind and, but for creations, list. */
  takeOver(intents: readonly NewIntent[]): void;
  /** Of dead runs on a campaign, oldest first. */
  open(campaignId: string): readonly OpenIntent[];
  /** Creations of these people that are open, of whichever run, alive or dead. */
  creations(campaignId: string, personIds: readonly string[]): readonly OpenIntent[];
  /** The state of these intents, by id; those that were done are gone. */
  find(intentIds: readonly number[]): ReadonlyMap<number, KnownIntent>;
  /** The changes were done. */
  remove(intentIds: readonly number[]): void;
  /** The changes were not done. */
  close(intentIds: readonly number[]): void;
};

export type KnownIntent = { readonly runKey: number; readonly isOpen: boolean };

const INSERT = `
  INSERT INTO intents (run_key, begun_at, kind, person_type, person_id, email, list_id, list_name, created,
    before_list_member_id, before_created_on, before_created_by, source, line, ref)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Every run that is not marked running is dead: the caller has looked for dead ones before. */
const OF_DEAD_RUNS = `run_key IN (SELECT key FROM runs WHERE status <> 'running')`;

const OPEN_OF_CAMPAIGN = `
  SELECT intents.*, runs.id AS run_id, runs.campaign_id
  FROM runs CROSS JOIN intents ON intents.run_key = runs.key AND intents.is_open = 1
  WHERE runs.campaign_id = ? AND runs.status <> 'running' ORDER BY intents.id`;

const OPEN_CREATIONS = `
  SELECT intents.*, runs.id AS run_id, runs.campaign_id
  FROM json_each(?1) AS wanted
  CROSS JOIN intents INDEXED BY intents_open ON intents.person_id = wanted.value AND intents.kind = 'create' AND intents.is_open = 1
  CROSS JOIN runs ON runs.key = intents.run_key AND runs.campaign_id = ?2
  ORDER BY intents.id`;

export function intentRows(database: Sqlite): IntentRows {
  const insert = database.prepare(INSERT);
  const anyOpen = database.prepare(
    `SELECT 1 FROM intents INDEXED BY intents_open WHERE is_open = 1 AND ${OF_DEAD_RUNS} LIMIT 1`,
  );
  const takeOver = database.prepare(
    `UPDATE intents SET is_open = 0
     WHERE is_open = 1 AND person_id = ?1 AND kind = ?2 AND (kind = 'create' OR list_id = ?3) AND ${OF_DEAD_RUNS}`,
  );
  const open = database.prepare(OPEN_OF_CAMPAIGN);
  const creations = database.prepare(OPEN_CREATIONS);
  const find = database.prepare(
    `SELECT id, run_key, is_open FROM intents WHERE id IN (SELECT value FROM json_each(?))`,
  );
  const remove = database.prepare(`DELETE FROM intents WHERE id IN (SELECT value FROM json_each(?))`);
  const close = database.prepare(`UPDATE intents SET is_open = 0 WHERE id IN (SELECT value FROM json_each(?))`);

  return {
    insert: (runKey, intents, now) => intents.map((intent) => insert.run(valuesOf(runKey, intent, now)).lastId),
    takeOver: (intents) => {
      if (anyOpen.get() === undefined) return;
      for (const { personId, kind, listId } of intents) takeOver.run([personId, kind, listId]);
    },
    open: (campaignId) => open.all([campaignId]).map(toOpenIntent),
    creations: (campaignId, personIds) => creations.all([JSON.stringify(personIds), campaignId]).map(toOpenIntent),
    find: (intentIds) =>
      new Map(
        find
          .all([JSON.stringify(intentIds)])
          .map((row) => [
            integer(row, 'id'),
            { runKey: integer(row, 'run_key'), isOpen: integer(row, 'is_open') === 1 },
          ]),
      ),
    remove: (intentIds) => void remove.run([JSON.stringify(intentIds)]),
    close: (intentIds) => void close.run([JSON.stringify(intentIds)]),
  };
}

function valuesOf(runKey: number, intent: NewIntent, now: number) {
  const { before, place } = intent;
  return [
    runKey,
    now,
    intent.kind,
    intent.personType,
    intent.personId,
    intent.email,
    intent.listId,
    intent.listName,
    intent.created ? 1 : 0,
    before?.listMemberId ?? null,
    before?.createdOn ?? null,
    before?.createdBy ?? null,
    place.source,
    place.line,
    place.ref,
  ];
}

function toOpenIntent(row: SqliteRow): OpenIntent {
  return {
    intentId: integer(row, 'id'),
    runId: text(row, 'run_id'),
    campaignId: text(row, 'campaign_id'),
    begunAt: integer(row, 'begun_at'),
    kind: word(row, 'kind', ['add', 'remove', 'create']),
    personType: word(row, 'person_type', ['lead', 'contact']),
    personId: text(row, 'person_id'),
    email: text(row, 'email'),
    listId: text(row, 'list_id'),
    listName: text(row, 'list_name'),
    created: integer(row, 'created') === 1,
    before: toBeforeImage(row),
    place: { source: text(row, 'source'), line: integer(row, 'line'), ref: text(row, 'ref') },
  };
}

function toBeforeImage(row: SqliteRow): BeforeImage | undefined {
  const listMemberId = optionalText(row, 'before_list_member_id');
  if (listMemberId === undefined) return undefined;
  return { listMemberId, createdOn: text(row, 'before_created_on'), createdBy: optionalText(row, 'before_created_by') };
}
