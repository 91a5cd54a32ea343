/**
 * What this machine has begun, done and delivered: runs, intents, outcomes, and the outbox of events. One SQLite file per organization.
 * Knows nothing of HTTP and of Dynamics' rules: it keeps what it is given. Every method is synchronous, and durable when
 * it returns but for marks and counts, which a power cut may undo: then events are delivered once more.
 */

export type RunStatus = 'running' | 'finished' | 'stopped';

export type RunRecord = {
  readonly id: string;
  /** `add`, `remove`, `apply`, `undo`, … */
  readonly command: string;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly status: RunStatus;
  readonly exitCode?: number | undefined;
  /** People per outcome name. */
  readonly counts: Readonly<Record<string, number>>;
};

/** A membership row as it was read before a removal. */
export type BeforeImage = {
  readonly listMemberId: string;
  readonly createdOn: string;
  readonly createdBy: string | undefined;
};

export type IntentPlace = { readonly source: string; readonly line: number; readonly ref: string };

/** One change to one person that is about to be sent. */
export type NewIntent = {
  readonly kind: 'add' | 'remove' | 'create';
  readonly personType: 'lead' | 'contact';
  readonly personId: string;
  readonly email: string;
  /** The list that is written to; of a creation the list that the person shall join. */
  readonly listId: string;
  readonly listName: string;
  /** Additions: the person was created for this row. */
  readonly created: boolean;
  /** Removals only. */
  readonly before?: BeforeImage | undefined;
  readonly place: IntentPlace;
  /** Set where the events of the change leave the address out, whichever run makes them in the end (--event-email none). */
  readonly eventEmail?: 'none' | undefined;
};

export type OpenIntent = NewIntent & {
  readonly intentId: number;
  readonly runId: string;
  readonly campaignId: string;
  /** Epoch ms. */
  readonly begunAt: number;
  /** How long ago its run was last known to be alive, as far as that is sure: its request was sent then at the latest, or within BEAT_MS of it. */
  readonly ageMs: number;
};

export const EVENT_TYPES = {
  added: 'dyncamp.person.added',
  removed: 'dyncamp.person.removed',
  created: 'dyncamp.person.created',
} as const;

/**
 * A change that was really made. Whoever delivers it makes its line of these fields and of the run's id, each time the same bytes
 * (eventLine); what is undefined, the line does not say.
 */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  /** Of CloudEvents: organization and campaign. */
  readonly source: string;
  /** Epoch ms. */
  readonly at: number;
  readonly campaign: { readonly id: string; readonly name: string; readonly code: string };
  readonly personType: 'lead' | 'contact';
  readonly personId: string;
  readonly email?: string | undefined;
  /** Whether the person was created for this row of the input. */
  readonly created?: boolean | undefined;
  readonly listId?: string | undefined;
  readonly listName?: string | undefined;
  readonly listMemberId?: string | undefined;
  readonly place?: { readonly source: string; readonly line: number; readonly ref?: string | undefined } | undefined;
};
export type StoredEvent = NewEvent & {
  readonly sequence: number;
  readonly runId: string;
  /** Whether stdout took it. */
  readonly delivered: boolean;
};

/** An outcome that the journal does not count: that of a row is counted with its chunk, and one row can be several intents. */
export const UNCOUNTED = '';

/** How an intent ended. `done` comes with the outcome to report and the event, if the change was real and ours. */
export type Conclusion = {
  readonly intentId: number;
  readonly state: 'done' | 'not-done';
  readonly outcome: string;
  readonly event?: NewEvent | undefined;
};

export type EventFilter = {
  readonly runId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Epoch ms of the event's time, inclusive. */
  readonly since?: number | undefined;
  /** Only those that stdout took, or only the others. */
  readonly delivered?: boolean | undefined;
};

/** How often a run that is alive says so, whatever it waits for. */
export const BEAT_MS = 15_000;

/** One run of this process. Alive for other processes while it is open: it holds an OS lock that ends with the process. */
export type Run = {
  readonly id: string;
  /**
   * Commits intents (synchronous=FULL) and gives their ids in order. Open additions and removals of dead runs on the campaign for the same list
   * and person are taken over: closed as not done in the same transaction.
   */
  begin(intents: readonly NewIntent[]): readonly number[];
  /**
   * Commits outcomes and events together, for intents of this run or of others (those stay under their own run): of dead runs, and
   * creations of live ones whose people were seen.
   * An event of an id and a person that is in the outbox is not stored again, whichever run stored it; the result gives the events that
   * were new, in order.
   */
  conclude(conclusions: readonly Conclusion[]): readonly StoredEvent[];
  /** Marks events as taken by stdout (or, with false, as undelivered again: the reader went away). */
  markDelivered(sequences: readonly number[], delivered?: boolean): void;
  /**
   * This run reports these changes of unfinished runs as its own: once it is finished, `changesOfUnfinishedRuns` gives them no more,
   * so that one interruption is not reported again by every run of the next weeks.
   */
  claim(sequences: readonly number[]): void;
  /** To be called every BEAT_MS while it is alive: its requests may still be on their way as long after it as after a commit. Never throws. */
  beat(): void;
  /** Adds to the run's counters. */
  count(counts: Readonly<Record<string, number>>): void;
  /** Ends the run and gives the lock back. */
  finish(end: { readonly exitCode: number; readonly status: 'finished' | 'stopped' }): void;
};

export type Journal = {
  /** Starts a run and takes its lock. Throws UsageError JOURNAL_UNWRITABLE when nothing can be written. */
  startRun(run: {
    readonly id: string;
    readonly command: string;
    readonly campaignId: string;
    readonly campaignName: string;
  }): Run;
  /** Open intents of interrupted runs on a campaign, oldest first. */
  openIntents(campaignId: string): readonly OpenIntent[];
  /** Open creations of these people for a campaign, of whichever run, this process's and others' included. */
  openCreations(campaignId: string, personIds: readonly string[]): readonly OpenIntent[];
  /** Additions of these people for a campaign that were closed as not done, of ended runs: what was sent may have landed late. */
  closedAdditions(campaignId: string, personIds: readonly string[]): readonly OpenIntent[];
  /** Events that no reader has taken yet: of interrupted runs on the campaign, in order. */
  undeliveredEvents(campaignId: string): IterableIterator<StoredEvent>;
  /** Which of these are ids of `added` events of ours. A row's own id would not do: it may come back for an addition of others (U23). */
  addedByUs(eventIds: readonly string[]): ReadonlySet<string>;
  /**
   * Changes that runs which did not finish made to these people on a list: person id → the event. A repeated command reports them
   * as its own.
   */
  changesOfUnfinishedRuns(
    change: 'added' | 'removed',
    campaignId: string,
    personIds: readonly string[],
  ): ReadonlyMap<string, StoredEvent>;
  runs(filter?: { readonly campaignId?: string; readonly limit?: number }): IterableIterator<RunRecord>;
  run(id: string): RunRecord | undefined;
  events(filter: EventFilter): IterableIterator<StoredEvent>;
  /** As Run.markDelivered, for who delivers events again and is no run. */
  markDelivered(sequences: readonly number[], delivered?: boolean): void;
  /** Forgets finished runs older than `keepMs`, but nothing that is open or undelivered. */
  prune(keepMs: number): number;
  close(): void;
};
