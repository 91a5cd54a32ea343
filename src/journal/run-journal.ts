/** The journal as one run of this process writes it. Each method is one transaction. */

import { DyncampError } from '../errors.ts';
import { type FailedRows, MAX_FAILED_ROWS } from './failed-rows.ts';
import type { Intents } from './intents.ts';
import type { Conclusion, RunJournal, StoredEvent } from './journal.ts';
import type { StartedRun } from './live-runs.ts';
import type { Outbox } from './outbox.ts';
import type { Runs } from './runs.ts';
import type { Sqlite } from './sqlite.ts';

export type RunJournalParts = {
  readonly database: Sqlite;
  readonly runs: Runs;
  readonly intents: Intents;
  readonly outbox: Outbox;
  readonly failedRows: FailedRows;
  readonly now: () => number;
  readonly markInterruptedRuns: () => void;
  /** Deletes what is older than the journal keeps, about `maxRows` rows at most. */
  readonly forgetSome: (maxRows: number) => void;
};

/** Old rows deleted per intent: more than an intent stores, so that the journal does not grow for ever. */
const FORGOTTEN_PER_INTENT = 3;

export function openRunJournal(
  parts: RunJournalParts,
  { id, key, release }: StartedRun,
  campaignId: string,
): RunJournal {
  const { database, runs, intents, outbox, failedRows, now, markInterruptedRuns, forgetSome } = parts;
  /**
   * Intents of this run that took over a change which an ended run may have sent moments ago. If this run's own request was not done,
   * the other may still be, so they stay open until a read that is late enough.
   */
  const inherited = new Set<number>();
  let isOpen = true;
  let kept = 0;

  const commit = <T>(work: () => T, durable: 'now' | 'soon' = 'now'): T =>
    database.transaction(() => {
      if (isOpen) runs.touch(key, now());
      return work();
    }, durable);

  return toleratingMarks({
    id,
    begin: (newIntents) => {
      // Without its lock the run counts as interrupted, and others would close what it begins.
      if (!isOpen) throw new Error(`Run ${id} has ended: it cannot begin anything`);
      if (newIntents.length === 0) return [];
      markInterruptedRuns();
      forgetSome(newIntents.length * FORGOTTEN_PER_INTENT);
      const { ids, inheriting } = commit(() => {
        const taken = intents.takeOver(campaignId, newIntents);
        for (const { runKey } of taken) runs.settle(runKey);
        return { inheriting: taken, ids: intents.insert(key, newIntents) };
      });
      for (const { place } of inheriting) inherited.add(ids[place] ?? 0);
      return ids;
    },
    conclude: (conclusions) =>
      conclusions.length === 0 ? [] : commit(() => conclude(parts, { id, key, inherited }, conclusions)),
    markDelivered: (sequences, delivered = true) => {
      // If a power cut undoes the mark, the event is delivered again; an event marked by mistake would be lost.
      if (sequences.length > 0) commit(() => outbox.markDelivered(sequences, delivered), delivered ? 'soon' : 'now');
    },
    reportAsOwn: (sequences) => {
      if (sequences.length > 0) commit(() => outbox.reportAsOwn(key, sequences));
    },
    beat: () => {
      try {
        if (isOpen) commit(() => undefined, 'soon');
      } catch {
        // The next real write reports what is wrong with the disk.
      }
    },
    count: (counts, failed = []) => {
      const rows = failed.slice(0, MAX_FAILED_ROWS - kept);
      commit(() => {
        runs.count(key, Object.entries(counts));
        if (rows.length > 0) failedRows.insert(key, rows, kept + 1);
      }, 'soon');
      kept += rows.length;
    },
    finish: (end) => {
      if (!isOpen) return;
      database.transaction(() => runs.finish(key, end, now()));
      isOpen = false;
      release();
    },
  });
}

/** As RunJournal.failure says. */
export function toleratingMarks(run: Omit<RunJournal, 'failure'>): RunJournal {
  let failure: DyncampError | undefined;
  const tolerate = (mark: () => void): void => {
    try {
      mark();
    } catch (error) {
      if (!(error instanceof DyncampError)) throw error;
      failure ??= error;
    }
  };
  return {
    ...run,
    markDelivered: (sequences, delivered) => tolerate(() => run.markDelivered(sequences, delivered)),
    count: (counts, failed) => tolerate(() => run.count(counts, failed)),
    finish: (end) => tolerate(() => run.finish(end)),
    failure: () => failure,
  };
}

/**
 * Counts `countAs` once, for the run that owns the intent: when the intent was open, or when it was closed too early and the change
 * turns out to be real. A change whose event is stored already belongs to another run and is not counted.
 */
function conclude(
  { intents, outbox, runs }: RunJournalParts,
  own: { readonly id: string; readonly key: number; readonly inherited: ReadonlySet<number> },
  conclusions: readonly Conclusion[],
): readonly StoredEvent[] {
  const insert = outbox.inserting();
  const stored: StoredEvent[] = [];
  const counts = new Map<number, Map<string, number>>();
  const idOf = (runKey: number): string => (runKey === own.key ? own.id : runs.idOf(runKey));
  noteAdditions(outbox, conclusions);
  const found = conclusions.map(({ intentId }) => intents.find(intentId));
  settleOthers(runs, own.key, found);
  for (const [place, { intentId, state, event, countAs }] of conclusions.entries()) {
    const intent = found[place];
    const runKey = intent?.runKey ?? own.key;
    const sequence = event === undefined ? undefined : insert(runKey, event);
    if (event !== undefined && sequence !== undefined) {
      stored.push({ sequence, runId: idOf(runKey), delivered: false, ...event });
    }
    const isNew = event === undefined ? intent?.isOpen === true : sequence !== undefined;
    const people = counts.get(runKey) ?? new Map<string, number>();
    if (isNew && countAs !== undefined) counts.set(runKey, people.set(countAs, (people.get(countAs) ?? 0) + 1));
    if (state === 'done') intents.remove(intentId);
    else if (!own.inherited.has(intentId)) intents.close(intentId);
  }
  for (const [runKey, people] of counts) runs.count(runKey, people);
  return stored;
}

/** People of ended runs whose change is known now are unconfirmed no more. */
function settleOthers(runs: Runs, ownKey: number, found: readonly ReturnType<Intents['find']>[]): void {
  for (const intent of found)
    if (intent?.isOpen === true && !intent.isCreation && intent.runKey !== ownKey) runs.settle(intent.runKey);
}

/** Additions whose rows do not show them to be ours, for as long as the person is in. */
function noteAdditions(outbox: Outbox, conclusions: readonly Conclusion[]): void {
  for (const { event, keep, ends } of conclusions) {
    if (event !== undefined && keep === true) outbox.keepAddition(event.id);
    if (ends !== undefined) outbox.endAddition(ends);
  }
}
