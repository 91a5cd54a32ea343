/** One run of this process over the journal's rows: each method is one transaction. */
import type { Sqlite } from '../sqlite.ts';
import type { EventRows } from './event-rows.ts';
import type { IntentRows } from './intent-rows.ts';
import type { Conclusion, NewEvent, Run, StoredEvent } from './journal.ts';
import type { StartedRun } from './live-runs.ts';
import type { RunIdentity, RunRows } from './run-rows.ts';

export type RunParts = {
  readonly database: Sqlite;
  readonly runs: RunRows;
  readonly intents: IntentRows;
  readonly events: EventRows;
  readonly now: () => number;
  /** Marks dead runs as stopped. */
  readonly noticeDeadRuns: () => void;
};

export function openRun(parts: RunParts, { id, key, release }: StartedRun): Run {
  const { database, runs, intents, events, now, noticeDeadRuns } = parts;
  let isOpen = true;

  const commit = <T>(work: () => T): T =>
    database.transaction(() => {
      if (isOpen) runs.touch(key, now());
      return work();
    });

  return {
    id,
    begin: (newIntents) => {
      // Without its lock the run counts as dead, and others would close what it begins.
      if (!isOpen) throw new Error(`Run ${id} has ended: it cannot begin anything`);
      if (newIntents.length === 0) return [];
      noticeDeadRuns();
      return commit(() => {
        intents.takeOver(newIntents);
        return intents.insert(key, newIntents, now());
      });
    },
    conclude: (conclusions) => (conclusions.length === 0 ? [] : commit(() => conclude(parts, key, conclusions))),
    markTold: (sequences, told = true) => {
      if (sequences.length > 0) commit(() => events.markTold(sequences, told));
    },
    claim: (sequences) => {
      if (sequences.length > 0) commit(() => events.claim(key, sequences));
    },
    count: (counts) => commit(() => runs.count(key, Object.entries(counts))),
    finish: (end) => {
      if (!isOpen) return;
      database.transaction(() => runs.finish(key, end, now()));
      isOpen = false;
      release();
    },
  };
}

/**
 * An outcome is counted once, for the run whose intent it is: when the intent was open, or when it was closed too early and the
 * change turns out to be real. An empty outcome is not counted.
 */
function conclude(
  { intents, events, runs, now }: RunParts,
  ownKey: number,
  conclusions: readonly Conclusion[],
): readonly StoredEvent[] {
  const known = intents.find(conclusions.map(({ intentId }) => intentId));
  const runOf = ({ intentId }: Conclusion): number => known.get(intentId)?.runKey ?? ownKey;
  const sequences = storeEvents(events, conclusions, { runOf, now: now() });
  const tallies = new Map<number, Tally>();
  const stored: StoredEvent[] = [];
  for (const conclusion of conclusions) {
    const { intentId, outcome, event } = conclusion;
    const runKey = runOf(conclusion);
    const tally = tallies.get(runKey) ?? { ...runs.identify(runKey), people: new Map() };
    tallies.set(runKey, tally);
    const sequence = sequences.get(conclusion);
    if (event !== undefined && sequence !== undefined) {
      stored.push({ ...event, sequence, runId: tally.runId, campaignId: tally.campaignId, told: false });
    }
    if (known.get(intentId)?.isOpen === true || sequence !== undefined) addOne(tally.people, outcome);
  }
  const idsOf = (state: Conclusion['state']) => conclusions.filter((c) => c.state === state).map((c) => c.intentId);
  intents.remove(idsOf('done'));
  intents.close(idsOf('not-done'));
  for (const [runKey, { people }] of tallies) runs.count(runKey, people);
  return stored;
}

/** Stores events in their order, those of one run that follow one another together, and gives the sequences of those that were new. */
function storeEvents(
  events: EventRows,
  conclusions: readonly Conclusion[],
  { runOf, now }: { readonly runOf: (conclusion: Conclusion) => number; readonly now: number },
): ReadonlyMap<Conclusion, number> {
  const groups: { readonly runKey: number; readonly told: Told[] }[] = [];
  for (const conclusion of conclusions) {
    if (conclusion.event === undefined) continue;
    const runKey = runOf(conclusion);
    const last = groups.at(-1);
    const told = last?.runKey === runKey ? last.told : [];
    if (told.length === 0) groups.push({ runKey, told });
    told.push({ conclusion, event: conclusion.event });
  }
  const stored = new Map<Conclusion, number>();
  for (const { runKey, told } of groups) {
    const sequences = events.insert(
      runKey,
      told.map(({ event }) => event),
      now,
    );
    told.forEach(({ conclusion }, place) => {
      const sequence = sequences[place];
      if (sequence !== undefined) stored.set(conclusion, sequence);
    });
  }
  return stored;
}

type Told = { readonly conclusion: Conclusion; readonly event: NewEvent };

/** What one call concludes for one run. */
type Tally = RunIdentity & { readonly people: Map<string, number> };

function addOne(people: Map<string, number>, outcome: string): void {
  if (outcome !== '') people.set(outcome, (people.get(outcome) ?? 0) + 1);
}
