/** What became of one removal: its outcome, what the journal notes, and the event that is due. Pure. */

import type { PersonRow } from '../input/input-row.ts';
import { type Conclusion, type NewIntent, UNCOUNTED } from '../journal/journal.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { RemovableMember } from './plan-removals.ts';
import type { TriggerEvents } from './trigger-event.ts';
import type { WrittenRemoval } from './write-removals.ts';
import { refusalOutcome, unconfirmedDetails } from './write-result.ts';

export type RemovalOfRow = RemovableMember & { readonly row: PersonRow };
export type IntendedRemoval = RemovalOfRow & { readonly intentId: number };

export type ConcludingRemovals = {
  /** When the confirming read came back (epoch ms). */
  readonly now: number;
  readonly events: TriggerEvents;
};

export function intentOfRemoval({ person, list, member, row }: RemovalOfRow): NewIntent {
  return {
    kind: 'remove',
    personType: person.type,
    personId: person.id,
    email: person.email,
    listId: list.id,
    listName: list.name,
    created: false,
    before: { listMemberId: member.id, createdOn: member.createdOn, createdBy: member.createdBy },
    place: row.place,
  };
}

/** Undefined where the removal may still land: the next run reads the server. */
export function concludeRemoval(
  { now, events }: ConcludingRemovals,
  { person, list, member, row, intentId }: IntendedRemoval,
  written: WrittenRemoval | undefined,
): Conclusion | undefined {
  switch (written?.result.kind) {
    case 'gone': {
      const event = events.membership({
        change: 'removed',
        person,
        created: false,
        list,
        listMember: member,
        place: row.place,
        at: now,
      });
      return { intentId, state: 'done', outcome: UNCOUNTED, event };
    }
    case 'refused':
    case 'not-reached':
      return written.mayBeDone ? undefined : { intentId, state: 'not-done', outcome: UNCOUNTED };
    default:
      return undefined;
  }
}

/** An event that was in the outbox already means that another process of this machine took the person out first. */
export function outcomeOfRemoval(
  { row, person, member }: RemovalOfRow,
  written: WrittenRemoval | undefined,
  isTold: boolean,
): Outcome {
  const known = { personType: person.type, personId: person.id, listMemberId: member.id };
  const result = written?.result ?? { kind: 'not-reached' };
  switch (result.kind) {
    case 'gone':
      return outcomeOf(row, isTold ? 'removed' : 'not-member', known);
    case 'refused': {
      const { outcome, details } = refusalOutcome(result.error);
      return outcomeOf(row, outcome, { ...known, ...details });
    }
    case 'unconfirmed':
      return outcomeOf(row, 'unconfirmed', { ...known, ...unconfirmedDetails(result.error) });
    case 'not-reached':
      return outcomeOf(row, 'not-reached', known);
  }
}

const ORDER = ['removed', 'not-member', 'not-reached', 'rejected', 'forbidden', 'unconfirmed'];

/** One row can mean two records of one person (a lead and its contact): the row is only done when both are. */
export function worseOutcome(one: Outcome | undefined, other: Outcome): Outcome {
  return one === undefined || ORDER.indexOf(other.outcome) > ORDER.indexOf(one.outcome) ? other : one;
}
