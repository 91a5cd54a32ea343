/** Writes events to stdout and marks in the journal which of them stdout took: the next run delivers the others. */

import { eventLine } from '../change/events.ts';
import { EVENT_TYPES } from '../events.ts';
import { type Journal, MARKED_TOGETHER, NOT_MARKED, type RunJournal, type StoredEvent } from '../journal/journal.ts';
import { openEventLines } from '../terminal/event-lines.ts';
import { safeText } from '../terminal/safe-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { numberText } from './counts.ts';

export type Delivery = {
  /** Waits while the pipe is full. False when stdout takes no more. Once the input is over, the last line waits for `finish`. */
  deliver(events: Iterable<StoredEvent>): Promise<boolean>;
  readonly isClosed: boolean;
  /** Undefined where the reader of stdout went away. */
  failure(): Error | undefined;
  /** Delivers events of ended runs too: not with --no-events, which is about its own run, nor on a terminal, which gets words. */
  readonly takesOthers: boolean;
  /** Says on a terminal how many more changes there were, before the summary. */
  sumUp(): Promise<void>;
  /**
   * Writes the line that was kept back, and marks events as undelivered that a reader who went away may have missed. Call it last: only a
   * write shows that the reader of a pipe is gone.
   */
  finish(): Promise<void>;
};

/** Events written at once, some 60 KB: about what a pipe holds. */
const WRITTEN_TOGETHER = 100;

type DeliveryOptions = {
  /** With --no-events. */
  readonly isSilent: boolean;
  /** Without -o jsonl. */
  readonly isForPeople: boolean;
  /** No more input comes. Before that, a program may wait for the event of one line before it writes the next. */
  readonly isInputOver: () => boolean;
};

export function openDelivery(
  terminal: Terminal,
  { runJournal, journal }: { readonly runJournal: RunJournal; readonly journal: Pick<Journal, 'events'> },
  options: DeliveryOptions,
): Delivery {
  if (options.isSilent) return silentDelivery(runJournal);
  if (options.isForPeople && terminal.stdout.isTTY) return deliveryInWords(terminal, runJournal, journal);
  const lines = openEventLines(terminal.stdout);
  let kept: StoredEvent | undefined;
  const write = async (events: Iterable<StoredEvent>): Promise<boolean> => {
    let taken: number[] = [];
    const mark = (): void => {
      if (taken.length > 0) runJournal.markDelivered(taken);
      taken = [];
    };
    for (const group of groupsOf(events, WRITTEN_TOGETHER)) {
      const written = group.map((event) => ({ line: eventLine(event), sequence: event.sequence }));
      if (!(await lines.write(written))) break;
      for (const { sequence } of group) taken.push(sequence);
      if (taken.length >= MARKED_TOGETHER) mark();
    }
    mark();
    return !lines.isClosed;
  };
  function* due(events: Iterable<StoredEvent>, keepsLast: boolean): IterableIterator<StoredEvent> {
    for (const event of events) {
      const before = kept;
      kept = event;
      if (before !== undefined) yield before;
    }
    const last = kept;
    if (keepsLast || last === undefined) return;
    kept = undefined;
    yield last;
  }
  return {
    deliver: (events) => write(due(events, options.isInputOver())),
    get isClosed() {
      return lines.isClosed;
    },
    failure: () => lines.failure(),
    takesOthers: true,
    sumUp: async () => undefined,
    async finish() {
      if (!lines.isClosed) await write(due([], false));
      const doubtful = lines.doubtful();
      if (doubtful.length > 0) runJournal.markDelivered(doubtful, false);
    },
  };
}

function* groupsOf<T>(items: Iterable<T>, size: number): IterableIterator<readonly T[]> {
  let group: T[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** --no-events: no later run delivers this run's events by itself. Those of ended runs wait for a run that delivers. */
function silentDelivery(runJournal: RunJournal): Delivery {
  return {
    async deliver(events) {
      const sequences: number[] = [];
      for (const { runId, sequence } of events) if (runId === runJournal.id) sequences.push(sequence);
      if (sequences.length > 0) runJournal.markDelivered(sequences);
      return true;
    },
    isClosed: false,
    failure: () => undefined,
    takesOthers: false,
    sumUp: async () => undefined,
    finish: async () => undefined,
  };
}

/** Changes that a terminal names one by one. */
const MOST_SHOWN = 20;

/** Keeps nothing back: a write to a terminal that went away fails, where a pipe would take it. Further changes are delivered by their count. */
function deliveryInWords(terminal: Terminal, runJournal: RunJournal, journal: Pick<Journal, 'events'>): Delivery {
  const lines = openEventLines(terminal.stdout);
  let shown = 0;
  let more = 0;
  const markRest = (): void => {
    for (const group of groupsOf(journal.events({ runId: runJournal.id, delivered: false }), MARKED_TOGETHER))
      runJournal.markDelivered(group.map(({ sequence }) => sequence));
  };
  return {
    async deliver(events) {
      const changes = [...changesOf(runJournal.id, events)];
      const some = changes.slice(0, MOST_SHOWN - shown);
      shown += some.length;
      more += changes.length - some.length;
      if (some.length > 0 && (await lines.write(some.map(wordsOf))))
        runJournal.markDelivered(some.map(({ event }) => event.sequence));
      return !lines.isClosed;
    },
    get isClosed() {
      return lines.isClosed;
    },
    failure: () => lines.failure(),
    takesOthers: false,
    async sumUp() {
      if (more > 0) await lines.write([{ line: `… and ${numberText(more)} more`, sequence: NOT_MARKED }]);
      if (!lines.isClosed) markRest();
    },
    async finish() {
      const doubtful = lines.doubtful().filter((sequence) => sequence !== NOT_MARKED);
      if (doubtful.length > 0) runJournal.markDelivered(doubtful, false);
    },
  };
}

type ShownChange = { readonly event: StoredEvent; readonly isNew: boolean };

/** Of this run. A creation has no line of its own if the person's addition follows. */
function* changesOf(runId: string, events: Iterable<StoredEvent>): IterableIterator<ShownChange> {
  const own = [...events].filter((event) => event.runId === runId);
  const added = new Set(own.flatMap(({ type, personId }) => (type === EVENT_TYPES.added ? [personId] : [])));
  for (const event of own) {
    const isCreation = event.type === EVENT_TYPES.created;
    if (!isCreation || !added.has(event.personId)) yield { event, isNew: isCreation || event.created === true };
  }
}

/** `Added kim@example.com (new lead)` */
function wordsOf({ event, isNew }: ShownChange): { readonly line: string; readonly sequence: number } {
  const { sequence, type, personType, personId, email = personId } = event;
  return { line: safeText(`${WORDS.get(type) ?? type} ${email} (${isNew ? 'new ' : ''}${personType})`), sequence };
}

const WORDS: ReadonlyMap<string, string> = new Map([
  [EVENT_TYPES.added, 'Added'],
  [EVENT_TYPES.removed, 'Removed'],
  [EVENT_TYPES.created, 'Created'],
]);
