/** Turns a write's result into the row's outcome, the journal's conclusions and the events that are due. Pure. */

import { isPrivilegeRefusal } from '../dataverse/errors.ts';
import { DUPLICATES_FOUND } from '../dataverse/refusals.ts';
import type { ListMember } from '../dataverse/wire.ts';
import { type DataverseError, DyncampError } from '../errors.ts';
import type { OutcomeName } from '../events.ts';
import type { PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { Conclusion, NewEvent } from '../journal/journal.ts';
import { additionDone, creationDone, type Intended, intentOf, notDone, removalDone } from './intents.ts';
import type { Session } from './session.ts';
import type { Written } from './write.ts';

type WriteOutcome = {
  readonly row: PersonRow;
  readonly outcome: Outcome;
  /** The creation's first. None where the change may still land: the next run reads the server. */
  readonly conclusions: readonly Conclusion[];
  /** The event of the change itself. */
  readonly event: NewEvent | undefined;
};

/** An addition by somebody else is not reported as this run's. */
type Recorder = Pick<Session, 'creators' | 'clock' | 'eventContext'>;

export function outcomeOfWrite(recorder: Recorder, written: Written<Intended>): WriteOutcome {
  const { change } = written;
  const verdict = verdictOf(recorder, written);
  const creation = creationConclusion(recorder, written);
  const isUnmade = change.creationIntentId !== undefined && !written.created && written.result.kind !== 'done';
  return {
    row: change.row,
    outcome: outcomeOf(change.row, verdict.outcome, {
      personType: change.person.type,
      personId: isUnmade ? undefined : change.person.id,
      ...(change.kind === 'remove' ? { listMemberId: change.member.id } : { created: written.created }),
      ...verdict.details,
    }),
    conclusions: [creation, verdict.conclusion].filter((conclusion) => conclusion !== undefined),
    event: verdict.conclusion?.event,
  };
}

type Verdict = {
  readonly outcome: OutcomeName;
  readonly details: Partial<Outcome>;
  /** Undefined where the change may still land. */
  readonly conclusion: Conclusion | undefined;
};

function verdictOf(recorder: Recorder, written: Written<Intended>): Verdict {
  const { change, result, mayBeDone } = written;
  const closed = notDone(change.intentId);
  switch (result.kind) {
    case 'done':
      return verdictOfDone(recorder, written, result.member);
    case 'refused':
      return { ...refusalOutcome(result.error), conclusion: mayBeDone ? undefined : closed };
    case 'id-taken':
      return { outcome: 'rejected', details: { code: 'ID_TAKEN' }, conclusion: closed };
    case 'unconfirmed':
      return { outcome: 'unconfirmed', details: unconfirmedDetails(result.error), conclusion: undefined };
    case 'not-reached':
      return { outcome: 'not-reached', details: {}, conclusion: mayBeDone ? undefined : closed };
  }
}

/**
 * In or out. A new row shows who added the person: nobody else's addition becomes our event. Of a removal Dynamics keeps no trace, so a row that is
 * gone is a removal of ours even if somebody else was faster: the change is real, and its event has the same id whoever reports it.
 */
function verdictOfDone(
  recorder: Recorder,
  { change, created, mayBeDone }: Written<Intended>,
  member: ListMember | undefined,
): Verdict {
  const { intentId } = change;
  const intent = { ...intentOf(change), intentId, created };
  if (change.kind === 'remove')
    return { outcome: 'removed', details: {}, conclusion: removalDone(recorder, intent, change.member) };
  if (member === undefined) throw new Error('A confirmed addition has no membership row.');
  const details = { listMemberId: member.id };
  const says = recorder.creators.says(member);
  if (says === undefined)
    return { outcome: 'unconfirmed', details: { ...details, ...unconfirmedDetails(undefined) }, conclusion: undefined };
  // The row is new since this run's read. If its creator does not show whose it is, it is ours unless our call was refused.
  if (says === 'other' || (says === 'nothing' && !mayBeDone)) {
    const conclusion: Conclusion = { intentId, state: 'done' };
    return { outcome: 'already-member', details: { ...details, addedBy: member.createdBy }, conclusion };
  }
  return { outcome: 'added', details, conclusion: additionDone(recorder, intent, member) };
}

/** A creation that may still land stays open: the next run reads the server. */
function creationConclusion(
  recorder: Recorder,
  { change, created, mayBeDone, result }: Written<Intended>,
): Conclusion | undefined {
  const intentId = change.creationIntentId;
  if (intentId === undefined) return undefined;
  if (created) return creationDone(recorder, { ...intentOf(change, 'create'), intentId });
  const isOpen = result.kind === 'unconfirmed' || (result.kind === 'refused' && mayBeDone);
  return isOpen ? undefined : notDone(intentId);
}

function refusalOutcome(error: DataverseError): Pick<Verdict, 'outcome' | 'details'> {
  const details = { code: error.dataverseCode ?? error.code, message: error.message, requestId: error.requestId };
  if (isPrivilegeRefusal(error)) return { outcome: 'forbidden', details };
  return { outcome: error.dataverseCode === DUPLICATES_FOUND ? 'duplicate' : 'rejected', details };
}

function unconfirmedDetails(error: Error | undefined): Partial<Outcome> {
  const code = error instanceof DyncampError ? error.code : 'NO_ANSWER';
  return {
    code,
    message: `Sent to Dynamics, but not confirmed yet${error === undefined ? '' : `: ${error.message}`}. Run the same command again.`,
  };
}

/** The event was in the outbox already: another process of this machine made the change, and reported it. */
export function doneByAnother(outcome: Outcome): Outcome {
  return { ...outcome, outcome: outcome.outcome === 'removed' ? 'not-member' : 'already-member' };
}

/** The journal did not take it: without its event it must not count as done. */
export function notRecorded(outcome: Outcome, failure: DyncampError): Outcome {
  const isDone = outcome.outcome === 'added' || outcome.outcome === 'removed';
  return isDone ? { ...outcome, outcome: 'unconfirmed', ...unconfirmedDetails(failure) } : outcome;
}

/** One that is missing here counts as the worst. */
const WORST_FIRST: readonly OutcomeName[] = [
  'unconfirmed',
  'forbidden',
  'rejected',
  'not-reached',
  'not-member',
  'removed',
];

/** A row with several changes is done only when all of them are. */
export function worseOutcome(one: Outcome | undefined, other: Outcome): Outcome {
  return one === undefined || WORST_FIRST.indexOf(other.outcome) < WORST_FIRST.indexOf(one.outcome) ? other : one;
}
