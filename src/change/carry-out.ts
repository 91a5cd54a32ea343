/** Makes changes so that none is lost: commits their intents, writes, then commits the ends of the intents with their events. */

import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { BatchWork } from './batch-result.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import { commitConclusions, type Intended, intentOf, isCreation, type RowChange } from './intents.ts';
import { doneByAnother, outcomeOfWrite, unrecorded, type WriteOutcome, worseOutcome } from './outcome-of-write.ts';
import type { Session } from './session.ts';
import { type WriteEnd, type Written, writes } from './write.ts';

/** All changes are of one kind. Returns the rows whose chosen id belongs to somebody else: nothing was done for them, and they have no outcome yet. */
export async function* carryOut(session: Session, changes: readonly RowChange[]): BatchWork<ReadonlySet<InputRow>> {
  if (changes.length === 0) return new Set();
  const { written, fatal } = yield* writeRows(session, commitIntents(session, changes));
  const unanswered = await learnCreators(session, written);
  const writeOutcomes = written.map((each) => outcomeOfWrite(session, each));
  const { events, failure } = tryToCommit(session, writeOutcomes);
  const isNew = new Set(events.map(({ id }) => id));
  const outcomes = new Map<InputRow, Outcome>();
  const taken = written.flatMap(({ change, result }) => (result.kind === 'id-taken' ? change.row : []));
  const idTaken = new Set<InputRow>(failure === undefined ? taken : []);
  for (const { row, outcome, event } of writeOutcomes) {
    if (idTaken.has(row)) continue;
    const recorded = event === undefined || isNew.has(event.id) ? outcome : doneByAnother(outcome);
    outcomes.set(row, worseOutcome(outcomes.get(row), failure === undefined ? recorded : unrecorded(outcome, failure)));
  }
  yield { events, outcomes: await describeDuplicates(session, outcomes) };
  const stopping = failure ?? fatal ?? unanswered;
  if (stopping !== undefined) throw stopping;
  return idTaken;
}

async function* writeRows(session: Session, intended: readonly Intended[]): BatchWork<WriteEnd<Intended>> {
  const writing = writes(session, intended);
  for (;;) {
    const { done, value } = await writing.next();
    if (done === true) return value;
    yield { known: value.map(({ row }) => row) };
  }
}

/** Where Dynamics does not answer, the additions stay open, and the next run asks again. */
async function learnCreators(
  { creators }: Session,
  written: readonly Written<RowChange>[],
): Promise<DyncampError | undefined> {
  const members = written.flatMap(({ result }) => (result.kind === 'done' ? (result.member ?? []) : []));
  try {
    await creators.learn(members);
    return undefined;
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return error;
  }
}

/** A person's creation comes before the addition. */
function commitIntents({ runJournal, events }: Session, changes: readonly RowChange[]): readonly Intended[] {
  const eventEmail = events.email === 'none' ? 'none' : undefined;
  const intents = changes.flatMap((change) => [
    ...(isCreation(change) ? [intentOf(change, 'create')] : []),
    intentOf(change),
  ]);
  const ids = runJournal.begin(intents.map((intent) => ({ ...intent, eventEmail }))).values();
  const nextId = (): number => {
    const { value } = ids.next();
    if (value === undefined) throw new Error('The journal gave fewer ids than it took intents.');
    return value;
  };
  return changes.map((change) => ({
    creationIntentId: isCreation(change) ? nextId() : undefined,
    intentId: nextId(),
    ...change,
  }));
}

/** What was done but cannot be recorded, because the disk is full, stays open: the next run reads the server. */
function tryToCommit(
  session: Session,
  writeOutcomes: readonly WriteOutcome[],
): { readonly events: readonly StoredEvent[]; readonly failure: DyncampError | undefined } {
  const conclusions = writeOutcomes.flatMap((each) => each.conclusions);
  try {
    return { events: commitConclusions(session, conclusions), failure: undefined };
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { events: [], failure: error };
  }
}
