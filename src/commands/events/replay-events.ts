/** The run of `dyncamp events replay`: lines of the journal to stdout, and a note of what was taken there. */

import { eventLine } from '../../change/events.ts';
import type { Journal, StoredEvent } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { stdoutFailure } from '../../run/deliver.ts';
import { plural } from '../../run/summary.ts';
import { type Closed, openEventLines } from '../../terminal/event-lines.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { notice } from '../../terminal/report-error.ts';
import { openLocalJournal } from '../runs/local-journal.ts';
import type { EventsReplayOptions } from './replay.ts';
import { selectEvents } from './select-events.ts';

export async function replayEvents(context: Context, options: EventsReplayOptions): Promise<number> {
  const local = await openLocalJournal(context, options);
  if (local === undefined) return EXIT.done;
  const selected = selectEvents(local.journal, options, context.clock.now());
  const events = selected === undefined ? [] : local.journal.events(selected.filter);
  const told = await tellAgain(context, local.journal, events);
  const hint =
    told === 0 ? '--all tells the events of all runs; `dyncamp runs list` shows which there are.' : undefined;
  await notice(context.terminal, 'REPLAYED', `Told ${plural(told, 'event')} ${selected?.what ?? 'of no run'}.`, hint);
  return EXIT.done;
}

/** Events written between two notes in the journal: each note is a commit to disk. */
const NOTED_TOGETHER = 500;
/** Sequences begin at 1. Who took an event before has it, whatever becomes of this reader. */
const TOLD_BEFORE = 0;

/**
 * Gives the number of events that stdout took. A reader that goes away is the normal end of a reading command: what it did not get stays
 * untold.
 */
async function tellAgain(
  context: Context,
  journal: Pick<Journal, 'markDelivered'>,
  events: Iterable<StoredEvent>,
): Promise<number> {
  const lines = openEventLines(context.terminal.stdout);
  let count = 0;
  let taken: number[] = [];
  const note = (): void => {
    journal.markDelivered(taken);
    taken = [];
  };
  for (const event of events) {
    if (!(await lines.write([{ line: eventLine(event), sequence: event.delivered ? TOLD_BEFORE : event.sequence }])))
      break;
    count += 1;
    if (!event.delivered) taken.push(event.sequence);
    if (taken.length >= NOTED_TOGETHER) note();
  }
  note();
  const doubtful = lines.doubtful().filter((sequence) => sequence !== TOLD_BEFORE);
  journal.markDelivered(doubtful, false);
  if (lines.isClosed) throwUnlessReaderGone(await lines.closed);
  return count - lines.doubtful().length;
}

/** Throws STDOUT_FAILED when it is no reader that went away. */
export function throwUnlessReaderGone(closed: Closed): void {
  const failure = stdoutFailure(closed);
  if (failure !== undefined) throw failure;
}
