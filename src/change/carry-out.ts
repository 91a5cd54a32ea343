/** Makes changes so that none is lost: commits their intents, writes, then commits the ends of the intents with their events. */

import type { ListMember } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import { EVENT_TYPES } from '../events.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import {
  type BeforeImage,
  type Conclusion,
  type NewIntent,
  type OpenIntent,
  type StoredEvent,
  UNCOUNTED,
} from '../journal/journal.ts';
import type { BatchWork } from './batch-result.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import {
  doneByAnother,
  type Intended,
  outcomeOfWrite,
  type RowChange,
  unrecorded,
  type WriteOutcome,
  worseOutcome,
} from './outcome-of-write.ts';
import type { Session } from './session.ts';
import { type WriteEnd, type Written, writes } from './write.ts';

/** All changes are of one kind. Returns the rows whose chosen id belongs to somebody else: nothing was done for them, and they have no outcome yet. */
export async function* carryOut(session: Session, changes: readonly RowChange[]): BatchWork<ReadonlySet<InputRow>> {
  if (changes.length === 0) return new Set();
  const { written, fatal } = yield* writeRows(session, commitIntents(session, changes));
  const unanswered = await learnCreators(session, written);
  const context = { creators: session.creators, now: session.clock.now(), events: session.events };
  const writeOutcomes = written.map((each) => outcomeOfWrite(context, each));
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

function commitIntents(session: Session, changes: readonly RowChange[]): readonly Intended[] {
  const ofEach = changes.map((change) => intentsOf(change, session.eventEmail));
  const ids = session.runJournal.begin(ofEach.flat()).values();
  const nextId = (): number => {
    const { value } = ids.next();
    if (value === undefined) throw new Error('The journal gave fewer ids than it took intents.');
    return value;
  };
  return changes.map((change, place) => ({
    creationIntentId: ofEach[place]?.length === 2 ? nextId() : undefined,
    intentId: nextId(),
    ...change,
  }));
}

/** A person's creation comes before the addition. */
function intentsOf(change: RowChange, eventEmail: 'full' | 'none'): readonly NewIntent[] {
  const { person, list, row } = change;
  const before = change.kind === 'remove' ? beforeImage(change.member) : undefined;
  const created = change.kind === 'add' && change.creation !== undefined;
  const intent = (kind: NewIntent['kind']): NewIntent => ({
    kind,
    personType: person.type,
    personId: person.id,
    email: person.email,
    listId: list.id,
    listName: list.name,
    created,
    before,
    place: row.place,
    eventEmail: eventEmail === 'none' ? eventEmail : undefined,
  });
  return created ? [intent('create'), intent('add')] : [intent(change.kind)];
}

const beforeImage = ({ id, createdOn, createdBy }: ListMember): BeforeImage => ({
  listMemberId: id,
  createdOn,
  createdBy,
});

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

/**
 * Commits the conclusions and returns the new events. Another run may have created a person for whom this one reports `added`, and be killed
 * or slower before it reports the creation. So that `created` always comes before `added`, it is stored here, under the run that asked for
 * it. Where this run created the person, the open creations of other runs were not done: an id can be created only once.
 */
export function commitConclusions(session: Session, conclusions: readonly Conclusion[]): readonly StoredEvent[] {
  return session.runJournal.conclude([...creationsBefore(session, conclusions), ...conclusions]);
}

function creationsBefore(session: Session, conclusions: readonly Conclusion[]): readonly Conclusion[] {
  const added = peopleOf(conclusions, EVENT_TYPES.added);
  const created = peopleOf(conclusions, EVENT_TYPES.created);
  if (added.size === 0 && created.size === 0) return [];
  const concluded = new Set(conclusions.map(({ intentId }) => intentId));
  return session.journal
    .openCreations(session.campaignId, [...added, ...created])
    .filter(({ intentId }) => !concluded.has(intentId))
    .map((creation) =>
      created.has(creation.personId)
        ? { intentId: creation.intentId, state: 'not-done', outcome: UNCOUNTED }
        : creationDone(session, creation),
    );
}

function peopleOf(conclusions: readonly Conclusion[], type: string): ReadonlySet<string> {
  return new Set(conclusions.flatMap(({ event }) => (event?.type === type ? event.personId : [])));
}

/** Ends an open creation as done, under the run and input that asked for it. */
export function creationDone({ events, clock }: Session, creation: OpenIntent): Conclusion {
  const { intentId, personType, personId, email, place, eventEmail } = creation;
  const person = { type: personType, id: personId, email };
  const event = events.created({ person, place, at: clock.now(), eventEmail });
  return { intentId, state: 'done', outcome: UNCOUNTED, event };
}
