/** What became of one addition: its outcome, what the journal notes, and the events that are due. Pure. */
import { type Conclusion, type NewEvent, UNCOUNTED } from '../journal/journal.ts';
import type { PersonToAdd } from './creation-planner.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { OwnList } from './own-lists.ts';
import type { TriggerEvents } from './trigger-event.ts';
import type { ListMember } from './wire.ts';
import type { WrittenAddition } from './write-additions.ts';
import { refusalOutcome, unconfirmedDetails } from './write-result.ts';

export type IntendedAddition = {
  readonly person: PersonToAdd;
  readonly list: OwnList;
  readonly addIntent: number;
  readonly createIntent: number | undefined;
};

export type Concluding = {
  /** Ours: whoever somebody else put in was not added by this run. */
  readonly userId: string;
  /** When the confirming read came back (epoch ms). */
  readonly now: number;
  readonly events: TriggerEvents;
};

export type Concluded = {
  readonly person: PersonToAdd;
  readonly outcome: Outcome;
  /** The creation before the addition. */
  readonly conclusions: readonly Conclusion[];
  /** The event of the addition, where it was ours. */
  readonly added: NewEvent | undefined;
  /** Their derived id is somebody else's. */
  readonly needsOtherId: boolean;
};

export function concludeAddition(
  concluding: Concluding,
  intended: IntendedAddition,
  written: WrittenAddition | undefined,
): Concluded {
  if (written === undefined) throw new Error('A written addition is missing.');
  const { person, createIntent } = intended;
  const { result, created } = written;
  const creation = concludeCreation(concluding, intended, written);
  const { outcome, details, addition } = findingOf(concluding, intended, written);
  const isUnmade = createIntent !== undefined && !created && result.kind !== 'member';
  return {
    person,
    outcome: outcomeOf(person.row, outcome, {
      personType: person.type,
      personId: isUnmade ? undefined : person.id,
      created,
      listMemberId: details.listMemberId,
      addedBy: details.addedBy,
      code: details.code,
      message: details.message,
      requestId: details.requestId,
    }),
    conclusions: creation === undefined ? listed(addition) : [creation, ...listed(addition)],
    added: addition?.event,
    needsOtherId: result.kind === 'id-taken',
  };
}

const NOTHING: readonly Conclusion[] = [];
const listed = (conclusion: Conclusion | undefined): readonly Conclusion[] =>
  conclusion === undefined ? NOTHING : [conclusion];

type Finding = {
  readonly outcome: OutcomeName;
  readonly details: Pick<Outcome, 'listMemberId' | 'addedBy' | 'code' | 'message' | 'requestId'>;
  /** Undefined where the addition may still land: the next run reads the server. */
  readonly addition: Conclusion | undefined;
};

function findingOf(concluding: Concluding, intended: IntendedAddition, written: WrittenAddition): Finding {
  const { result, created } = written;
  switch (result.kind) {
    case 'member':
      return memberFinding(concluding, intended, { created, member: result.member });
    case 'refused':
      return { ...refusalOutcome(result.error), addition: written.mayBeDone ? undefined : notDone(intended.addIntent) };
    case 'id-taken':
      return { outcome: 'rejected', details: { code: 'ID_TAKEN' }, addition: notDone(intended.addIntent) };
    case 'unconfirmed':
      return { outcome: 'unconfirmed', details: unconfirmedDetails(result.error), addition: undefined };
    case 'not-reached':
      return { outcome: 'not-reached', details: {}, addition: notDone(intended.addIntent) };
  }
}

/** In: by us, or by somebody who was faster. */
function memberFinding(
  { userId, now, events }: Concluding,
  { person, list, addIntent }: IntendedAddition,
  { created, member }: { readonly created: boolean; readonly member: ListMember },
): Finding {
  const isOurs = member.createdBy === undefined || member.createdBy === userId;
  if (!isOurs) {
    const details = { listMemberId: member.id, addedBy: member.createdBy };
    return { outcome: 'already-member', details, addition: { intentId: addIntent, state: 'done', outcome: UNCOUNTED } };
  }
  const event = events.membership({
    change: 'added',
    person,
    created,
    list,
    listMember: member,
    place: person.row.place,
    at: now,
  });
  const addition: Conclusion = { intentId: addIntent, state: 'done', outcome: UNCOUNTED, event };
  return { outcome: 'added', details: { listMemberId: member.id }, addition };
}

const notDone = (intentId: number): Conclusion => ({ intentId, state: 'not-done', outcome: UNCOUNTED });

/** A creation that nothing is known of, or that may still land, stays open: the next run reads the server. */
function concludeCreation(
  { now, events }: Concluding,
  { person, createIntent }: IntendedAddition,
  { created, mayBeDone, result }: WrittenAddition,
): Conclusion | undefined {
  if (createIntent === undefined) return undefined;
  const isOpen = result.kind === 'unconfirmed' || (result.kind === 'refused' && mayBeDone);
  if (!created) return isOpen ? undefined : notDone(createIntent);
  const { type, id, email } = person;
  const event = events.created({ person: { type, id, email }, place: person.row.place, at: now });
  return { intentId: createIntent, state: 'done', outcome: UNCOUNTED, event };
}
