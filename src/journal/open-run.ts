/** One run of this process over the journal's rows: each method is one transaction. */

import type { Intents } from './intents.ts';
import { type Conclusion, type Run, type StoredEvent, UNCOUNTED } from './journal.ts';
import type { StartedRun } from './live-runs.ts';
import type { Outbox } from './outbox.ts';
import type { Runs } from './runs.ts';
import type { Sqlite } from './sqlite.ts';

export type RunParts = {
  readonly database: Sqlite;
  readonly runs: Runs;
  readonly intents: Intents;
  readonly outbox: Outbox;
  readonly now: () => number;
  /** Marks dead runs as stopped. */
  readonly noticeDeadRuns: () => void;
  /** Forgets what is old, about as many rows at most. */
  readonly forgetSome: (maxRows: number) => void;
};

/** Old rows that are forgotten for each person that a run works on: more than it stores, so that the journal does not grow for ever. */
const FORGOTTEN_PER_INTENT = 3;

export function openRun(parts: RunParts, { id, key, release }: StartedRun, campaignId: string): Run {
  const { database, runs, intents, outbox, now, noticeDeadRuns, forgetSome } = parts;
  /**
   * Its intents that took over what a dead run may have sent moments ago. When this run's own request was not done, that one may be: they
   * stay open until a read that is late enough.
   */
  const inherited = new Set<number>();
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
        ids: intents.insert(key, newIntents),
      }));
      for (const place of inheriting) inherited.add(ids[place] ?? 0);
      return ids;
    },
    conclude: (conclusions) =>
      conclusions.length === 0 ? [] : commit(() => conclude(parts, { key, inherited }, conclusions)),
    markDelivered: (sequences, delivered = true) => {
      // An event whose mark a power cut undoes is delivered again; one that is marked by mistake would be lost.
      if (sequences.length > 0) commit(() => outbox.markDelivered(sequences, delivered), delivered ? 'soon' : 'now');
    },
    claim: (sequences) => {
      if (sequences.length > 0) commit(() => outbox.claim(key, sequences));
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

/**
 * An outcome is counted once, for the run whose intent it is: when the intent was open, or when it was closed too early and the
 * change turns out to be real. Not when the change is another's: its event is there already. An empty outcome is not counted.
 */
function conclude(
  { intents, outbox, runs }: RunParts,
  own: { readonly key: number; readonly inherited: ReadonlySet<number> },
  conclusions: readonly Conclusion[],
): readonly StoredEvent[] {
  const insert = outbox.inserting();
  const stored: StoredEvent[] = [];
  const counts = new Map<number, Map<string, number>>();
  const runIds = new Map<number, string>();
  for (const { intentId, state, outcome, event } of conclusions) {
    const intent = intents.find(intentId);
    const runKey = intent?.runKey ?? own.key;
    const sequence = event === undefined ? undefined : insert(runKey, event);
    if (event !== undefined && sequence !== undefined) {
      const runId = runIds.get(runKey) ?? runs.idOf(runKey);
      runIds.set(runKey, runId);
      stored.push({ ...event, sequence, runId, delivered: false });
    }
    const isNews = event === undefined ? intent?.isOpen === true : sequence !== undefined;
    const people = counts.get(runKey) ?? new Map<string, number>();
    if (isNews && outcome !== UNCOUNTED) counts.set(runKey, people.set(outcome, (people.get(outcome) ?? 0) + 1));
    if (state === 'done') intents.remove(intentId);
    else if (!own.inherited.has(intentId)) intents.close(intentId);
  }
  for (const [runKey, people] of counts) runs.count(runKey, people);
  return stored;
}
