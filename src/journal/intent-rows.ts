/** The rows of intents: changes that may have been sent and are not known to be done. */
import type { Sqlite, SqliteRow } from '../sqlite.ts';
import { byBatch, type Numbered } from './by-batch.ts';
import { intentsText, readIntents } from './intent-batch.ts';
import type { NewIntent, OpenIntent } from './journal.ts';
import type { JournalClock } from './journal-clock.ts';
import { integer, text } from './rows.ts';

export type IntentRows = {
  /** Gives the ids in the intents' order. */
  insert(runKey: number, intents: readonly NewIntent[], now: number): readonly number[];
  /**
   * Closes the additions and removals that dead runs on the campaign left open for the same person and list: whoever makes the change now sees what
   * became of them. Not creations: a new one is refused when theirs was done, and then theirs is what has to be told. Gives the places
   * of those that took something over.
   */
  takeOver(campaignId: string, intents: readonly NewIntent[]): readonly number[];
  /** Of dead runs on a campaign, oldest first. */
  open(campaignId: string): readonly OpenIntent[];
  /** Creations of these people that are open, of whichever run, alive or dead. */
  creations(campaignId: string, personIds: readonly string[]): readonly OpenIntent[];
  /** The state of these intents, by id; those that were done may be gone. */
  find(intentIds: readonly number[]): ReadonlyMap<number, KnownIntent>;
  /** When the first of these was begun (epoch ms); undefined when none of them is there any more. */
  begunSince(intentIds: readonly number[]): number | undefined;
  /** The changes were done. */
  remove(intentIds: readonly number[]): void;
  /** The changes were not done. */
  close(intentIds: readonly number[]): void;
};

export type KnownIntent = {
  readonly runKey: number;
  readonly isOpen: boolean;
};

/** Letters of the column `states`. */
const OPEN = 'o';
const CLOSED = 'c';
const DONE = 'd';
type State = typeof OPEN | typeof CLOSED | typeof DONE;

/** A run that is alive may send its intents any time: after a long wait for the server, or once more when an answer is lost. */
const SELECT_INTENTS = `batch.first_id, batch.last_id, batch.states, batch.intents, runs.id AS run_id, runs.campaign_id,
  max(batch.begun_at, runs.active_at) AS alive_at`;

/** Every run that is not marked running is dead: the caller has looked for dead ones before. */
const OPEN_OF_DEAD_RUNS = `
  SELECT ${SELECT_INTENTS}
  FROM runs CROSS JOIN intent_batches AS batch ON batch.run_key = runs.key AND instr(batch.states, '${OPEN}') > 0
  WHERE runs.status <> 'running' AND runs.campaign_id = ? ORDER BY batch.last_id`;

/** Batches with a creation that may be open. SQLite, which knows no numbers of rows, would rather read them all. */
const OPEN_WITH_CREATIONS = `
  SELECT ${SELECT_INTENTS}
  FROM intent_batches AS batch INDEXED BY intent_batches_with_creations CROSS JOIN runs ON runs.key = batch.run_key
  WHERE batch.creations > 0 AND instr(batch.states, '${OPEN}') > 0 AND runs.campaign_id = ?
  ORDER BY batch.last_id`;

export function intentRows(database: Sqlite, clock: Pick<JournalClock, 'ageOf'>): IntentRows {
  const newest = database.prepare(
    `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'intent_batches'), 0) AS last`,
  );
  const insert = database.prepare(
    `INSERT INTO intent_batches (last_id, first_id, run_key, begun_at, creations, states, intents) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const openOfCampaign = database.prepare(OPEN_OF_DEAD_RUNS);
  const withCreations = database.prepare(OPEN_WITH_CREATIONS);
  const covering = database.prepare(
    `SELECT last_id, first_id, run_key, begun_at, states FROM intent_batches WHERE last_id >= ? ORDER BY last_id LIMIT 1`,
  );
  const setStates = database.prepare(`UPDATE intent_batches SET states = ? WHERE last_id = ?`);
  // Nobody asks any more what they were.
  const settle = database.prepare(`UPDATE intent_batches SET states = ?, intents = '[]' WHERE last_id = ?`);
  const removeBatch = database.prepare(`DELETE FROM intent_batches WHERE last_id = ?`);

  const coveringBatch = (intentId: number): HeldBatch | undefined => {
    const row = covering.get([intentId]);
    if (row === undefined) return undefined;
    return { ...toBatch(row), runKey: integer(row, 'run_key'), begunAt: integer(row, 'begun_at') };
  };
  const mark = (batch: Batch, places: Iterable<number>, state: State): void => {
    const states = [...batch.states];
    for (const place of places) states[place] = state;
    if (states.every((each) => each === DONE)) removeBatch.run([batch.last]);
    else (states.includes(OPEN) ? setStates : settle).run([states.join(''), batch.last]);
  };
  const markAll = (intentIds: readonly number[], state: State): void => {
    for (const { batch, numbers } of byBatch(intentIds, coveringBatch)) mark(batch, placesIn(batch, numbers), state);
  };
  const takeFrom = (row: SqliteRow, wanted: ReadonlySet<string>): readonly string[] => {
    const batch = toBatch(row);
    const isTaken = (intent: NewIntent, place: number): boolean =>
      batch.states[place] === OPEN && intent.kind !== 'create' && wanted.has(changeOf(intent));
    const taken = [...intentsOf(row).entries()].filter(([place, intent]) => isTaken(intent, place));
    if (taken.length > 0)
      mark(
        batch,
        taken.map(([place]) => place),
        CLOSED,
      );
    return taken.map(([, intent]) => changeOf(intent));
  };

  return {
    insert: (runKey, intents, now) => {
      const firstId = integer(newest.get() ?? {}, 'last') + 1;
      const states = OPEN.repeat(intents.length);
      const creations = intents.filter(isCreation).length;
      insert.run([firstId + intents.length - 1, firstId, runKey, now, creations, states, intentsText(intents)]);
      return numbersFrom(firstId, intents.length);
    },
    takeOver: (campaignId, intents) => {
      const open = openOfCampaign.all([campaignId]);
      if (open.length === 0) return [];
      const wanted = new Set(intents.map(changeOf));
      const taken = new Set(open.flatMap((row) => takeFrom(row, wanted)));
      return intents.flatMap((intent, place) => (taken.has(changeOf(intent)) ? [place] : []));
    },
    open: (campaignId) => openOfCampaign.all([campaignId]).flatMap((row) => toOpenIntents(row, clock)),
    creations: (campaignId, personIds) => {
      const open = withCreations.all([campaignId]).flatMap((row) => toOpenIntents(row, clock));
      const wanted = new Set(open.length === 0 ? [] : personIds);
      return open.filter(({ kind, personId }) => kind === 'create' && wanted.has(personId));
    },
    find: (intentIds) => {
      const known = new Map<number, KnownIntent>();
      for (const { batch, numbers } of byBatch(intentIds, coveringBatch)) noteKnown(known, batch, numbers);
      return known;
    },
    begunSince: (intentIds) => {
      const begun = [...byBatch(intentIds, coveringBatch)].map(({ batch }) => batch.begunAt);
      return begun.length === 0 ? undefined : Math.min(...begun);
    },
    remove: (intentIds) => markAll(intentIds, DONE),
    close: (intentIds) => markAll(intentIds, CLOSED),
  };
}

type Batch = Numbered & { readonly states: string };
type HeldBatch = Batch & { readonly runKey: number; readonly begunAt: number };

function noteKnown(
  known: Map<number, KnownIntent>,
  { first, runKey, states }: HeldBatch,
  ids: readonly number[],
): void {
  const open = { runKey, isOpen: true };
  const closed = { runKey, isOpen: false };
  for (const id of ids) {
    const state = states[id - first];
    if (state !== DONE) known.set(id, state === OPEN ? open : closed);
  }
}

function placesIn({ first }: Batch, ids: readonly number[]): readonly number[] {
  const places: number[] = [];
  for (const id of ids) places.push(id - first);
  return places;
}

function numbersFrom(first: number, count: number): readonly number[] {
  const numbers: number[] = [];
  for (let number = first; number < first + count; number += 1) numbers.push(number);
  return numbers;
}

const isCreation = ({ kind }: NewIntent): boolean => kind === 'create';

const changeOf = ({ kind, personId, listId }: NewIntent): string => `${kind} ${personId} ${listId}`;

function toBatch(row: SqliteRow): Batch {
  return { first: integer(row, 'first_id'), last: integer(row, 'last_id'), states: text(row, 'states') };
}

function toOpenIntents(row: SqliteRow, clock: Pick<JournalClock, 'ageOf'>): readonly OpenIntent[] {
  const { first, states } = toBatch(row);
  const run = {
    runId: text(row, 'run_id'),
    campaignId: text(row, 'campaign_id'),
    ageMs: clock.ageOf(integer(row, 'alive_at')),
  };
  return intentsOf(row).flatMap((intent, place) =>
    states[place] === OPEN ? [{ ...intent, ...run, intentId: first + place }] : [],
  );
}

const intentsOf = (row: SqliteRow): readonly NewIntent[] => readIntents(text(row, 'intents'));
