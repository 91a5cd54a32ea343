/** Writes events to stdout and marks in the journal what was taken there: events that nobody took are delivered by the next run. */

import { eventLine } from '../change/events.ts';
import { TemporaryError } from '../errors.ts';
import type { Run, StoredEvent } from '../journal/journal.ts';
import { type Closed, openEventLines } from '../terminal/event-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type Delivery = {
  /** Waits for a full pipe. False when stdout takes no more. Once the input is over, the last line is kept back for `finish`. */
  deliver(events: Iterable<StoredEvent>): Promise<boolean>;
  readonly isClosed: boolean;
  /** Why stdout is closed, where no reader that went away is the reason. */
  failure(): Promise<Error | undefined>;
  /** With --no-events. */
  readonly isSilent: boolean;
  /**
   * Writes the line that was kept back, and marks what a reader that went away may not have got as undelivered. To be called when
   * everything else is done: a pipe says only to who writes that nobody reads on, and this is the last time that we do.
   */
  finish(): Promise<void>;
};

/** Events written between two marks in the journal: each mark is a commit to disk. */
const MARKED_TOGETHER = 1000;

/** Events written at once, some 60 KB: about what a pipe holds. */
const WRITTEN_TOGETHER = 100;

export type DeliveryOptions = {
  readonly isSilent: boolean;
  /** No more input comes: nobody waits for the answer to a line before they give the next. */
  readonly isInputOver: () => boolean;
};

export function openDelivery(terminal: Terminal, run: Run, options: DeliveryOptions): Delivery {
  if (options.isSilent) return silentDelivery(run);
  const lines = openEventLines(terminal.stdout);
  let kept: StoredEvent | undefined;
  const write = async (events: Iterable<StoredEvent>): Promise<boolean> => {
    let taken: number[] = [];
    const mark = (): void => {
      if (taken.length > 0) run.markDelivered(taken);
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
  /** What was kept back before these, and these without the last. */
  function* butLast(events: Iterable<StoredEvent>): IterableIterator<StoredEvent> {
    for (const event of events) {
      const before = kept;
      kept = event;
      if (before !== undefined) yield before;
    }
  }
  function* withKept(events: Iterable<StoredEvent>): IterableIterator<StoredEvent> {
    if (kept !== undefined) yield kept;
    kept = undefined;
    yield* events;
  }
  return {
    deliver: (events) => write(options.isInputOver() ? butLast(events) : withKept(events)),
    get isClosed() {
      return lines.isClosed;
    },
    failure: async () => (lines.isClosed ? stdoutFailure(await lines.closed) : undefined),
    isSilent: false,
    async finish() {
      if (!lines.isClosed) await write(withKept([]));
      const doubtful = lines.doubtful();
      if (doubtful.length > 0) run.markDelivered(doubtful, false);
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

/**
 * --no-events: they stay in the journal for `events replay`, and no later run delivers them by itself. That holds for this run's own events:
 * those of an interrupted run wait for one that delivers.
 */
function silentDelivery(run: Run): Delivery {
  return {
    async deliver(events) {
      const sequences: number[] = [];
      for (const { runId, sequence } of events) if (runId === run.id) sequences.push(sequence);
      if (sequences.length > 0) run.markDelivered(sequences);
      return true;
    },
    isClosed: false,
    failure: async () => undefined,
    isSilent: true,
    finish: async () => undefined,
  };
}

/** The error to report for a stdout that takes no more; undefined when its reader went away, which is no fault. */
export function stdoutFailure({ reason, error }: Closed): TemporaryError | undefined {
  if (reason === 'reader-gone') return undefined;
  return new TemporaryError('STDOUT_FAILED', `Could not write events to stdout: ${error.message}`, {
    cause: error,
    hint: 'Free some space, then run the same command: what was not written counts as undelivered.',
  });
}
