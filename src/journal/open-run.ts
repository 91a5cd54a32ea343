/** One run of this process over the journal's rows: each method is one transaction. */
import type { Sqlite } from '../sqlite.ts';
import { catchUp, type EventIndex, type IndexScope } from './event-index.ts';
import type { EventRows } from './event-rows.ts';
import type { IntentRows } from './intent-rows.ts';
import { type Conclusion, type NewEvent, type Run, type StoredEvent, UNCOUNTED } from './journal.ts';
import type { StartedRun } from './live-runs.ts';
import { type RecentEvents, recentEvents } from './recent-events.ts';
import type { RunIdentity, RunRows } from './run-rows.ts';

export type RunParts = {
  readonly database: Sqlite;
  readonly runs: RunRows;
  readonly intents: IntentRows;
  readonly events: EventRows;
  readonly index: EventIndex;
  readonly now: () => number;
  /** Marks dead runs as stopped. */
  readonly noticeDeadRuns: () => void;
  /** Forgets what is old, about as many rows at most. */
  readonly forgetSome: (maxRows: number) => void;
};

/** Old rows that are forgotten for each person that a run works on: more than it stores, so that the journal does not grow for ever. */
const FORGOTTEN_PER_INTENT = 2;

export function openRun(
  parts: RunParts,
  started: StartedRun,
  { campaignId, startedAt }: { readonly campaignId: string; readonly startedAt: number },
): Run {
  const { database, runs, intents, events, index, now, noticeDeadRuns, forgetSome } = parts;
  const { id, key, release } = started;
  const own: Own = { ...started, campaignId, startedAt, recent: recentEvents(), inherited: new Set() };
  let isOpen = true;

  const commit = <T>(work: () => T, durable: 'now' | 'soon' = 'now'): T =>
    database.transaction(() => {
      if (isOpen) runs.touch(key, now());
      return work();
    }, durable);

  return {
    id,
    begin: (newIntents) => {
      // Without its lock the run counts as dead, and others would close what it begins.
      if (!isOpen) throw new Error(`Run ${id} has ended: it cannot begin anything`);
      if (newIntents.length === 0) return [];
      noticeDeadRuns();
      forgetSome(newIntents.length * FORGOTTEN_PER_INTENT);
      const { ids, inheriting } = commit(() => ({
        inheriting: intents.takeOver(campaignId, newIntents),
        ids: intents.insert(key, newIntents, now()),
      }));
      for (const place of inheriting) own.inherited.add(ids[place] ?? 0);
      return ids;
    },
    conclude: (conclusions) => {
      if (conclusions.length === 0) return [];
      const scope = scopeOf(own, conclusions.filter(isTelling), intents);
      catchUp(database, index, scope);
      let fresh: readonly Telling[] = [];
      try {
        return commit(() => {
          // What others have stored since.
          while (index.advance(scope));
          fresh = freshOf(conclusions, own.recent, index);
          return conclude(parts, own, { conclusions, fresh });
        });
      } catch (error) {
        own.recent.forget(fresh.map(eventOf));
        throw error;
      }
    },
    markTold: (sequences, told = true) => {
      // An event whose mark a power cut undoes is told again; one that is marked by mistake would be lost.
      if (sequences.length > 0) commit(() => events.markTold(sequences, told), told ? 'soon' : 'now');
    },
    claim: (sequences) => {
      if (sequences.length > 0) commit(() => events.claim(key, sequences));
    },
    beat: () => {
      try {
        if (isOpen) commit(() => undefined, 'soon');
      } catch {
        // Whoever has something to write says what is wrong with the disk.
      }
    },
    count: (counts) => commit(() => runs.count(key, Object.entries(counts)), 'soon'),
    finish: (end) => {
      if (!isOpen) return;
      database.transaction(() => runs.finish(key, end, now()));
      isOpen = false;
      release();
    },
  };
}

/** What stores events knows of its own run. */
type Own = StartedRun & {
  readonly campaignId: string;
  readonly startedAt: number;
  readonly recent: RecentEvents;
  /**
   * Its intents that took over what a dead run may have sent moments ago. When this run's own request was not done, that one may be: they
   * stay open until a read that is late enough.
   */
  readonly inherited: Set<number>;
};

/** Another run may have stored the same change, made by both at once: a server's late read (U22) is minutes old at most. */
const AT_ONCE_MS = 10 * 60_000;

/**
 * The batches in which other runs may have stored some of these events. What a dead run left open, another may have done and told beside
 * it, long before this run began.
 */
function scopeOf({ campaignId, key, startedAt }: Own, telling: readonly Telling[], intents: IntentRows): IndexScope {
  const types = [...new Set(telling.map(typeOf))];
  const begunAt = intents.begunSince(telling.map(intentIdOf)) ?? startedAt;
  return { campaignId, since: Math.min(begunAt, startedAt) - AT_ONCE_MS, types, exceptRunKey: key };
}

/**
 * An outcome is counted once, for the run whose intent it is: when the intent was open, or when it was closed too early and the
 * change turns out to be real. Not when the change is another's: its event is there already. An empty outcome is not counted.
 */
function conclude(
  { intents, events, index, runs, now }: RunParts,
  own: Own,
  { conclusions, fresh }: Concluding,
): readonly StoredEvent[] {
  const known = intents.find(conclusions.map(intentIdOf));
  const runOf = ({ intentId }: Conclusion): number => known.get(intentId)?.runKey ?? own.key;
  const sequences = storeEvents({ events, index }, fresh, { ownKey: own.key, runOf, now: now() });
  const tallies = new Map<number, Tally>();
  const stored: StoredEvent[] = [];
  for (const conclusion of conclusions) {
    const { intentId, outcome, event } = conclusion;
    const runKey = runOf(conclusion);
    const tally = tallies.get(runKey) ?? { ...runs.identify(runKey), people: new Map() };
    tallies.set(runKey, tally);
    // The fresh ones come in the same order: as many as are stored were come to.
    const next = stored.length;
    const sequence = fresh[next] === conclusion ? sequences[next] : undefined;
    if (event !== undefined && sequence !== undefined) stored.push(storedEvent(event, sequence, tally));
    const isNews = event === undefined ? known.get(intentId)?.isOpen === true : sequence !== undefined;
    if (isNews) addOne(tally.people, outcome);
  }
  intents.remove(idsOf(conclusions, 'done'));
  intents.close(idsOf(conclusions, 'not-done').filter((intentId) => !own.inherited.has(intentId)));
  for (const [runKey, { people }] of tallies) runs.count(runKey, people);
  return stored;
}

function idsOf(conclusions: readonly Conclusion[], state: Conclusion['state']): readonly number[] {
  const ids: number[] = [];
  for (const conclusion of conclusions) if (conclusion.state === state) ids.push(conclusion.intentId);
  return ids;
}

/** Written out, column by column: copying an object of another shape costs several times as much, once per person. */
function storedEvent(event: NewEvent, sequence: number, { runId, campaignId }: RunIdentity): StoredEvent {
  const { id, type, time, personId, listId, listMemberId, line } = event;
  return { sequence, runId, campaignId, told: false, id, type, time, personId, listId, listMemberId, line };
}

type Concluding = {
  readonly conclusions: readonly Conclusion[];
  /** Those of them whose event is not stored yet, in the same order. */
  readonly fresh: readonly Telling[];
};

type Telling = Conclusion & { readonly event: NewEvent };

// What runs over everybody in a batch has a name of its own: what V8 makes of a function is lost with it, and one that stands where it is
// used is made anew for every batch.
const isTelling = (conclusion: Conclusion): conclusion is Telling => conclusion.event !== undefined;
const intentIdOf = ({ intentId }: Conclusion): number => intentId;
const eventOf = ({ event }: Telling): NewEvent => event;
const typeOf = ({ event }: Telling): string => event.type;

/** Those whose event the outbox does not hold: the first of each id and person. */
function freshOf(conclusions: readonly Conclusion[], recent: RecentEvents, index: EventIndex): readonly Telling[] {
  const telling = conclusions.filter(isTelling);
  const stored = index.placesOfStored(telling.map(eventOf));
  const fresh: Telling[] = [];
  let place = 0;
  for (const conclusion of telling) {
    if (!stored.has(place) && recent.add(conclusion.event)) fresh.push(conclusion);
    place += 1;
  }
  return fresh;
}

/** Stores events in their order, those of one run that follow one another together, and gives their sequences in the same order. */
function storeEvents(
  { events, index }: Pick<RunParts, 'events' | 'index'>,
  fresh: readonly Telling[],
  {
    ownKey,
    runOf,
    now,
  }: { readonly ownKey: number; readonly runOf: (conclusion: Conclusion) => number; readonly now: number },
): readonly number[] {
  const groups: { readonly runKey: number; readonly told: Telling[] }[] = [];
  for (const conclusion of fresh) {
    const runKey = runOf(conclusion);
    const last = groups.at(-1);
    if (last?.runKey === runKey) last.told.push(conclusion);
    else groups.push({ runKey, told: [conclusion] });
  }
  const sequences: number[] = [];
  for (const { runKey, told } of groups) {
    const first = events.insert(runKey, told.map(eventOf), now);
    // A run looks for its own events among those that it stored itself: what is stored in its name is found in the index.
    if (runKey !== ownKey) index.takeFrom(first);
    for (let place = 0; place < told.length; place += 1) sequences.push(first + place);
  }
  return sequences;
}

/** What one call concludes for one run. */
type Tally = RunIdentity & { readonly people: Map<string, number> };

function addOne(people: Map<string, number>, outcome: string): void {
  if (outcome !== UNCOUNTED) people.set(outcome, (people.get(outcome) ?? 0) + 1);
}
