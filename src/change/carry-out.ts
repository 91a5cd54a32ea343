/** Makes changes so that none is lost: commits their intents, writes, then commits the ends of the intents with their events. */

import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { BatchWork } from './batch-result.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import { commitConclusions, commitIntents, type Intended, type RowChange } from './intents.ts';
import { doneByAnother, notRecorded, outcomeOfWrite, worseOutcome } from './outcome-of-write.ts';
import type { Session } from './session.ts';
import { type WriteEnd, writes } from './write.ts';

/**
 * All changes are of one kind. Returns the rows whose chosen id belongs to somebody else: nothing was done for them, and they have no outcome
 * yet. What stops the run is thrown last, after what was done.
 */
export async function* carryOut(session: Session, changes: readonly RowChange[]): BatchWork<ReadonlySet<InputRow>> {
  if (changes.length === 0) return new Set();
  const { written, fatal } = yield* writeRows(session, commitIntents(session, changes));
  // Additions whose creators Dynamics does not name now stay open, and the next run asks again.
  const members = written.flatMap(({ result }) => (result.kind === 'done' ? (result.member ?? []) : []));
  const unanswered = await failureOf(() => session.creators.learn(members));
  const writeOutcomes = written.map((each) => outcomeOfWrite(session, each));
  let events: readonly StoredEvent[] = [];
  // What was done but cannot be recorded, because the disk is full, stays open: the next run reads the server.
  const unrecorded = await failureOf(() => {
    const conclusions = writeOutcomes.flatMap((each) => each.conclusions);
    events = commitConclusions(session, conclusions);
  });
  const isNew = new Set(events.map(({ id }) => id));
  const taken = written.flatMap(({ change, result }) => (result.kind === 'id-taken' ? change.row : []));
  const idTaken = new Set<InputRow>(unrecorded === undefined ? taken : []);
  const outcomes = new Map<InputRow, Outcome>();
  for (const { row, outcome, event } of writeOutcomes) {
    if (idTaken.has(row)) continue;
    const isOld = event !== undefined && !isNew.has(event.id);
    const recorded = isOld ? doneByAnother(outcome) : outcome;
    outcomes.set(row, worseOutcome(outcomes.get(row), unrecorded ? notRecorded(outcome, unrecorded) : recorded));
  }
  yield { events, outcomes: await describeDuplicates(session, outcomes) };
  const stopping = unrecorded ?? fatal ?? unanswered;
  if (stopping !== undefined) throw stopping;
  return idTaken;
}

async function failureOf(act: () => Promise<void> | void): Promise<DyncampError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof DyncampError) return error;
    throw error;
  }
}

async function* writeRows(session: Session, intended: readonly Intended[]): BatchWork<WriteEnd<Intended>> {
  const writing = writes(session, intended);
  for (;;) {
    const { done, value } = await writing.next();
    if (done === true) return value;
    yield { known: value.map(({ row }) => row) };
  }
}
