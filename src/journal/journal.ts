/**
 * The journal of this machine: runs with their counts, intents, and the outbox of events. One SQLite file per organization.
 * Knows nothing of HTTP or of Dynamics' rules. Every method is synchronous and durable when it returns, except for delivery marks
 * and counts: a power cut may undo those, and then events are delivered again.
 */

import type { DyncampError } from '../errors.ts';
import type { PersonType } from '../events.ts';

/** `stopped`: ended unfinished, by itself or interrupted; an interrupted run gets it from the next one. */
export type RunStatus = 'running' | 'finished' | 'stopped';

export type NewRun = {
  readonly id: string;
  /** `add`, `remove`, `apply`, `undo`, … */
  readonly command: string;
  readonly campaignId: string;
  readonly campaignName: string;
};

export type RunEnd = { readonly exitCode: number; readonly status: 'finished' | 'stopped' };

export type RunFilter = { readonly campaignId?: string; readonly limit?: number };

export type RunRecord = NewRun & {
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly status: RunStatus;
  readonly exitCode?: number | undefined;
  /** People per outcome name. */
  readonly counts: Readonly<Record<string, number>>;
};

/** A row of the input that failed or was not attempted. */
export type FailedRow = {
  readonly source: string;
  readonly line: number;
  readonly ref: string;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
};

/** What a run reported of changes that an unfinished run before it had made. */
export type ReportedChanges = {
  /** The run that made them, and counts them. */
  readonly runId: string;
  readonly type: string;
  readonly changes: number;
  /** Those of them that a later change of the same person on the same list took back. */
  readonly reverted: number;
};

export type BeforeImage = {
  readonly listMemberId: string;
  readonly createdOn: string;
  readonly createdBy: string | undefined;
};

type IntentPlace = { readonly source: string; readonly line: number; readonly ref: string };

/** One change to one person, committed before its request is sent. */
export type NewIntent = {
  readonly kind: 'add' | 'remove' | 'create';
  readonly personType: PersonType;
  readonly personId: string;
  readonly email: string;
  /** The list that is written to. For a creation: the list the person will join. */
  readonly listId: string;
  readonly listName: string;
  /** Additions only: the person was created for this input row. */
  readonly created: boolean;
  /** Removals only. */
  readonly before?: BeforeImage | undefined;
  readonly place: IntentPlace;
  /** Set with --event-email none: the events of this change leave the address out, whichever run makes them. */
  readonly eventEmail?: 'none' | undefined;
};

export type StoredIntent = NewIntent & {
  readonly intentId: number;
  readonly runId: string;
  readonly campaignId: string;
  /** Epoch ms. */
  readonly begunAt: number;
  /** A safe lower bound of the time since its run was last known to be alive. Its request was sent by then, or within BEAT_MS after it. */
  readonly ageMs: number;
};

/**
 * A change that was really made. `eventLine` turns these fields and the run's id into the same bytes each time; undefined fields are
 * left out.
 */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  /** The CloudEvents `source`: organization and campaign. */
  readonly source: string;
  /** Epoch ms. */
  readonly at: number;
  readonly campaign: { readonly id: string; readonly name: string; readonly code: string };
  readonly personType: PersonType;
  readonly personId: string;
  readonly email?: string | undefined;
  readonly created?: boolean | undefined;
  readonly listId?: string | undefined;
  readonly listName?: string | undefined;
  readonly listMemberId?: string | undefined;
  readonly place?: { readonly source: string; readonly line: number; readonly ref?: string | undefined } | undefined;
};
export type StoredEvent = NewEvent & {
  readonly sequence: number;
  readonly runId: string;
  /** Whether stdout took the line. */
  readonly delivered: boolean;
};

/** How an intent ended. `done` carries the event if the change was real and ours. */
export type Conclusion = {
  readonly intentId: number;
  readonly state: 'done' | 'not-done';
  readonly event?: NewEvent | undefined;
  /** The outcome to count for the run of the intent. Only for ended runs: a live one counts the rows of each batch (`count`). */
  readonly countAs?: string | undefined;
  /** An addition whose row does not show it to be ours (U32): the event's id is kept until the person is removed. */
  readonly keep?: boolean | undefined;
  /** A removal: the id of the `added` event of the row that is gone. */
  readonly ends?: string | undefined;
};

/** Events that are marked as delivered in one go: each mark is a commit to disk. */
export const MARKED_TOGETHER = 1000;

/** The sequence of a line that the journal has no mark for. Those of events start at 1. */
export const NOT_MARKED = 0;

export type EventFilter = {
  readonly runId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Epoch ms of the event's time, inclusive. */
  readonly since?: number | undefined;
  /** true: only delivered events; false: only undelivered ones. */
  readonly delivered?: boolean | undefined;
};

/** How often a live run records that it is alive. */
export const BEAT_MS = 15_000;

/** The journal as one run of this process writes it. Other processes see the run as alive while it holds its OS lock, which ends with the process. */
export type RunJournal = {
  readonly id: string;
  /**
   * Commits intents (synchronous=FULL) and returns their ids in order. In the same transaction it takes over the open additions and
   * removals of ended runs on the campaign for the same list and person: they are closed as not done.
   */
  begin(intents: readonly NewIntent[]): readonly number[];
  /**
   * Commits the ends of intents and their events together. The intents may belong to this run, to ended runs, or (creations whose people were seen)
   * to live ones; each stays under its own run. An event whose id and person are in the outbox already is not stored again. Returns the
   * new events, in order.
   */
  conclude(conclusions: readonly Conclusion[]): readonly StoredEvent[];
  /** Marks events as delivered; with false as undelivered again, because the reader went away. */
  markDelivered(sequences: readonly number[], delivered?: boolean): void;
  /**
   * This run reports these changes of unfinished runs. Once it has finished, `changesOfUnfinishedRuns` no longer returns them: otherwise
   * every run of the next weeks would report the same interruption.
   */
  reportAsOwn(sequences: readonly number[]): void;
  /** Records that the run is alive. Call it every BEAT_MS: the age of open intents counts from here. Never throws. */
  beat(): void;
  /** Adds to the run's counters, and keeps the rows that failed: the first MAX_FAILED_ROWS of the run. */
  count(counts: Readonly<Record<string, number>>, failed?: readonly FailedRow[]): void;
  /** Ends the run and releases its lock. */
  finish(end: RunEnd): void;
  /**
   * The first mark, count or end that the disk did not take: these do not throw, so that what was done is reported, and events without a mark
   * are delivered once more. Intents and their ends throw: without them nothing may be sent, and nothing counts as done.
   */
  failure(): DyncampError | undefined;
};

export type Journal = {
  /** Starts a run and takes its lock. Throws UsageError JOURNAL_UNWRITABLE. */
  startRun(run: NewRun): RunJournal;
  /** Open intents of ended runs on a campaign, oldest first. */
  openIntents(campaignId: string): readonly StoredIntent[];
  /** Open creations of these people for a campaign, of every run, live ones and this process's included. */
  openCreations(campaignId: string, personIds: readonly string[]): readonly StoredIntent[];
  /** Additions of these people that ended runs on a campaign closed as not done: their requests may have landed late. */
  closedAdditions(campaignId: string, personIds: readonly string[]): readonly StoredIntent[];
  /** Undelivered events of ended runs on the campaign, in order. */
  undeliveredEvents(campaignId: string): IterableIterator<StoredEvent>;
  /** Which of these are ids of our `added` events, kept ones included. A row's own id would not do: it may come back for somebody else's addition (U23). */
  addedByUs(eventIds: readonly string[]): ReadonlySet<string>;
  /** Members moved between own lists: rows that do not show to be ours from now on, and rows of ours that are gone. Ids of `added` events. */
  moveAdditions(kept: readonly string[], ended: readonly string[]): void;
  /**
   * Changes that unfinished runs made to these people: person id → event. A repeated command reports them as its own.
   */
  changesOfUnfinishedRuns(
    change: 'added' | 'removed',
    campaignId: string,
    personIds: readonly string[],
  ): ReadonlyMap<string, StoredEvent>;
  runs(filter?: RunFilter): IterableIterator<RunRecord>;
  run(id: string): RunRecord | undefined;
  failedRows(runId: string): IterableIterator<FailedRow>;
  /** What this run reported as its own, by the run that made it. */
  reportedBy(runId: string): readonly ReportedChanges[];
  events(filter: EventFilter): IterableIterator<StoredEvent>;
  /** RunJournal.markDelivered for a replay, which is not a run. */
  markDelivered(sequences: readonly number[], delivered?: boolean): void;
  close(): void;
};
