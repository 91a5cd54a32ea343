/** Hands events to stdout and notes in the journal what was taken there: events that nobody took are told again by the next run. */
import type { Run, StoredEvent } from '../journal/journal.ts';
import { eventLine } from '../membership/trigger-event.ts';
import { openEventLines } from '../terminal/event-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { stdoutFailure } from './stdout-failure.ts';

export type EventTeller = {
  /** Waits for a full pipe. False when stdout takes no more. Once the input is over, the last line is kept back for `finish`. */
  tell(events: Iterable<StoredEvent>): Promise<boolean>;
  readonly isClosed: boolean;
  /** Why stdout is closed, where no reader that went away is the reason. */
  failure(): Promise<Error | undefined>;
  /** With --no-events. */
  readonly isSilent: boolean;
  /**
   * Writes the line that was kept back, and marks what a reader that went away may not have got as untold. To be called when
   * everything else is done: a pipe says only to who writes that nobody reads on, and this is the last time that we do.
   */
  finish(): Promise<void>;
};

/** Events written between two notes in the journal: each note is a commit to disk. */
const NOTED_TOGETHER = 1000;

/** Events written at once, some 60 KB: about what a pipe holds. */
const WRITTEN_TOGETHER = 100;

export type TellerOptions = {
  readonly isSilent: boolean;
  /** No more input comes: nobody waits for the answer to a line before they give the next. */
  readonly isInputOver: () => boolean;
};

export function openEventTeller(terminal: Terminal, run: Run, options: TellerOptions): EventTeller {
  if (options.isSilent) return silentTeller(run);
  const lines = openEventLines(terminal.stdout);
  let kept: StoredEvent | undefined;
  const write = async (events: Iterable<StoredEvent>): Promise<boolean> => {
    let told: number[] = [];
    const note = (): void => {
      if (told.length > 0) run.markDelivered(told);
      told = [];
    };
    for (const group of groupsOf(events, WRITTEN_TOGETHER)) {
      if (!(await lines.write(group.map((event) => ({ line: eventLine(event), sequence: event.sequence }))))) break;
      for (const { sequence } of group) told.push(sequence);
      if (told.length >= NOTED_TOGETHER) note();
    }
    note();
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
    tell: (events) => write(options.isInputOver() ? butLast(events) : withKept(events)),
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
 * --no-events: they stay in the journal for `events replay`, and no later run tells them by itself. That is said of this run's own events:
 * those of a run that was interrupted wait for one that tells.
 */
function silentTeller(run: Run): EventTeller {
  return {
    async tell(events) {
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
