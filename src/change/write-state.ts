/**
 * How far the write of each change is. Pure. The confirming read decides; the answers to the writes explain what it does not show.
 *
 * | | add | remove |
 * |---|---|---|
 * | in bulk, one by one | AddListMembersList, AddMemberList | RemoveListMembersList, RemoveMemberList |
 * | done | a row of the person is on the list | the row that was read before is gone |
 * | done by the answer, not shown by the read (U22) | read again; after some reads sent alone | the same |
 * | put off by the service's limits, or a busy server (503) | read, then sent again, for as long as the user allows (--max-wait) | the same |
 * | answer lost | read, then send again those not shown; after the second lost answer one by one, after a time-out in smaller calls | the same |
 * | bulk call refused | one by one; without those whose creation failed, if there are any | one by one |
 * | refused when sent alone | the result: outcome-of-write.ts makes the outcome of its code | the same; tried again when the code says "not a member" |
 * | too many members for one call (U16) | half | half |
 * | action not offered (U9, U10) | - | the other one, RemoveListMembersList with one person; neither: the run stops |
 * | list locked, inactive, dynamic (listRefusal) | the run stops | the same |
 */

import { isSameRow, memberKey } from '../campaign/read-memberships.ts';
import { listRefusal } from '../campaign/usable.ts';
import { type Capabilities, learnedFrom, removeNotOffered } from '../dataverse/capabilities.ts';
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import { isIdTaken } from '../dataverse/refusals.ts';
import { ACTIONS, type ListMember } from '../dataverse/wire.ts';
import type { DataverseError, DyncampError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { lookAlikeKey } from '../people/identity.ts';
import { putsOff, writeTrouble } from '../transport/trouble.ts';

type OfPerson = {
  readonly person: { readonly type: PersonType; readonly id: string; readonly email: string };
  readonly list: { readonly id: string; readonly name: string };
};
export type Addition = OfPerson & {
  readonly kind: 'add';
  readonly creation: { readonly values: JsonObject; readonly duplicateRules: 'honour' | 'ignore' } | undefined;
};
export type Removal = OfPerson & {
  readonly kind: 'remove';
  /** As read before: the person is out when this row is gone. */
  readonly member: ListMember;
};
export type Change = Addition | Removal;

export type ChangeResult =
  /** `member`: the row by which the person is in. */
  | { readonly kind: 'done'; readonly member: ListMember | undefined }
  | { readonly kind: 'refused'; readonly error: DataverseError }
  /** The chosen id belongs to somebody else, or may not be used again. */
  | { readonly kind: 'id-taken' };

/**
 * What is known of a change that is not done yet, and what follows. A flag that is set stays set, but for two.
 *
 * | | set by | then |
 * |---|---|---|
 * | creationUncertain | the answer to the creation was lost | a record that appears is ours |
 * | idInDoubt | the creation was refused as taken, and no read shows by whom; cleared by the read, or when a creation is done | it is not put on a list |
 * | single | its bulk call was refused or lost, or the reads were late | it is sent alone |
 * | inRefusedCall | a call for several that was refused: done for some, maybe (U3, U8), shown late, maybe (U22) | still open at the end, it is `unconfirmed` |
 * | mayBeDone | sent, and not certainly refused | its intent stays open unless it is done; a new row that names nobody is ours |
 * | awaitsRead | the answer said done, and no read shows it; cleared once, after MAX_LATE_READS, to send it alone | it is only read |
 */
export type WriteState<C extends Change = Change> = {
  readonly change: C;
  readonly mustCreate: boolean;
  readonly created: boolean;
  readonly creationUncertain: boolean;
  readonly idInDoubt: boolean;
  readonly single: boolean;
  readonly inRefusedCall: boolean;
  readonly mayBeDone: boolean;
  readonly awaitsRead: boolean;
  /** Requests that left the result open, not counting those that the service put off. */
  readonly tries: number;
  readonly lastError: Error | undefined;
  readonly result: ChangeResult | undefined;
};

export type Part = {
  readonly role: 'bulk' | 'single' | 'create';
  readonly operation: Operation;
  readonly states: readonly WriteState[];
};
export type Answer = { readonly part: Part; readonly result: OperationResult };

/** What the confirming read shows. */
export type Confirmed = {
  /** By memberKey(). */
  readonly rows: ReadonlyMap<string, readonly ListMember[]>;
  /** Normalized e-mail by id, of those who were to be created and exist. */
  readonly emails: ReadonlyMap<string, string>;
};

type Known = { readonly capabilities: Capabilities; readonly campaignId: string };

type AfterRequest<C extends Change> = {
  readonly states: readonly WriteState<C>[];
  /** Stops the run. */
  readonly fatal: DyncampError | undefined;
  /** What this organization turned out not to take. */
  readonly learned: Partial<Capabilities>;
};

/** InvalidArgument: among other things more members than the organization takes in one call (U16). */
const INVALID_ARGUMENT = '0x80040203';
/** CannotRemoveNonListMember. */
const NOT_A_MEMBER = '0x80048458';
/** Calls of fewer members are sent one by one, not halved. */
const SMALLEST_HALVED = 200;
/** After more lost answers people are sent one by one. */
const MAX_LOST_BULK_CALLS = 1;
/** Reads that may not show what was answered to be done, before the person is sent alone or given up on. */
const MAX_LATE_READS = 4;

export function stateBeforeWrite<C extends Change>(change: C): WriteState<C> {
  return {
    change,
    mustCreate: change.kind === 'add' && change.creation !== undefined,
    created: false,
    creationUncertain: false,
    idInDoubt: false,
    single: false,
    inRefusedCall: false,
    mayBeDone: false,
    awaitsRead: false,
    tries: 0,
    lastError: undefined,
    result: undefined,
  };
}

/** For when the confirming read failed: whatever was not refused to a person alone may have been done. */
export function afterAnswersAlone<C extends Change>(
  states: readonly WriteState<C>[],
  answers: readonly Answer[],
): readonly WriteState<C>[] {
  const maybe = peopleIn(answers.filter(mayHaveDoneIt));
  return states.map((state) => (maybe.has(state) ? { ...state, mayBeDone: true } : state));
}

export function afterRequest<C extends Change>(
  states: readonly WriteState<C>[],
  answers: readonly Answer[],
  confirmed: Confirmed,
  known: Known,
): AfterRequest<C> {
  const creations = new Map(
    answers.flatMap(({ part, result }) =>
      part.role === 'create' ? part.states.map((state) => [state, result] as const) : [],
    ),
  );
  const calls = answers.filter(({ part }) => part.role !== 'create');
  const called = peopleIn(calls.filter(mayHaveDoneIt));
  const latest = new Map<WriteState, WriteState<C>>();
  /** A bulk call that names somebody who could not be created fails because of them. */
  const uncreated = new Set<WriteState>();
  for (const state of states) {
    const made = { ...state, ...afterCreation(state, creations.get(state), confirmed.emails) };
    if (made.mustCreate || made.result !== undefined) uncreated.add(state);
    const read = { ...made, ...afterRead(made, confirmed) };
    const mayBeOurs = read.result?.kind === 'done' && (called.has(state) || state.inRefusedCall);
    latest.set(state, mayBeOurs ? { ...read, mayBeDone: true } : read);
  }
  let fatal: DyncampError | undefined;
  let learned: Partial<Capabilities> = {};
  for (const answer of calls) {
    const named = answer.part.states;
    const missing = named.filter((state) => isUnexplained(latest.get(state) ?? state));
    if (missing.length === 0) continue;
    // Without those whose creation failed, before anyone is sent alone.
    const mayRepeat = missing.length < named.length && named.some((state) => uncreated.has(state));
    const explained = explain(answer, mayRepeat, known);
    fatal ??= explained.fatal;
    learned = { ...learned, ...explained.learned };
    for (const state of missing) {
      const now = latest.get(state);
      if (now !== undefined) latest.set(state, { ...now, ...explained.after(now) });
    }
  }
  const held = heldUp(answers);
  const counted = states.map((state) => {
    const after = latest.get(state) ?? state;
    return after.result !== undefined || held.has(state) ? after : { ...after, tries: after.tries + 1 };
  });
  return { states: counted, fatal, learned };
}

/** A refused call for several may have done it for some of them (U3, U8); one for a single person did not. */
const mayHaveDoneIt = ({ part, result }: Answer): boolean =>
  result.kind !== 'not-run' && (result.kind !== 'refused' || part.states.length > 1);

const peopleIn = (answers: readonly Answer[]): ReadonlySet<WriteState> =>
  new Set(answers.flatMap(({ part }) => part.states));

const isUnexplained = ({ result, mustCreate }: WriteState): boolean => result === undefined && !mustCreate;

/**
 * People whose write certainly did not run while others got an answer, or because the service throttled it. That does not count as a try: the
 * next request waits for as long as the user allows. If nobody got an answer, not even why, it does count, so that the run comes to an end.
 */
function heldUp(answers: readonly Answer[]): ReadonlySet<WriteState> {
  const answered = new Map<WriteState, OperationResult>();
  // For a new person the answer to the creation counts: the bulk call behind it failed if that did.
  for (const { part, result } of answers)
    for (const state of part.states) if (part.role === 'create' || !answered.has(state)) answered.set(state, result);
  const held = [...answered].filter(([, { kind }]) => kind === 'not-run');
  const areAll = held.length === answered.size;
  return new Set(
    held.flatMap(([state, result]) => (areAll && result.kind === 'not-run' && !putsOff(result.error) ? [] : state)),
  );
}

/** What becomes different in a state. */
type Step = Partial<Omit<WriteState, 'change'>>;

function afterCreation(
  { change, created, creationUncertain, tries }: WriteState,
  result: OperationResult | undefined,
  emails: Confirmed['emails'],
): Step {
  if (result === undefined) return {};
  // Ours, even if a plug-in of the organization changed the address.
  if (result.kind === 'ok') return { mustCreate: false, created: true, idInDoubt: false, lastError: undefined };
  const email = emails.get(change.person.id);
  if (email !== undefined) {
    if (lookAlikeKey(email) !== lookAlikeKey(change.person.email)) return { result: { kind: 'id-taken' } };
    const isOurs = created || result.kind === 'unknown' || creationUncertain;
    return { mustCreate: false, idInDoubt: false, created: isOurs };
  }
  if (result.kind === 'not-run') return { lastError: result.error };
  if (result.kind === 'unknown') return { creationUncertain: true, mayBeDone: true, lastError: result.error };
  if (!isIdTaken(result.error)) return { result: { kind: 'refused', error: result.error } };
  // Taken, and no read shows by whom: a creation that reads do not show yet, or a deleted row (U31).
  if (tries < MAX_LATE_READS || creationUncertain) return { idInDoubt: true, lastError: result.error };
  return { result: { kind: 'id-taken' } };
}

function afterRead(state: WriteState, { rows }: Confirmed): Step {
  if (state.result !== undefined) return {};
  const { change } = state;
  const seen = rows.get(memberKey({ listId: change.list.id, personId: change.person.id })) ?? [];
  if (change.kind === 'remove') {
    if (!seen.some((row) => isSameRow(row, change.member))) return { result: { kind: 'done', member: undefined } };
  } else {
    const member = seen.at(-1);
    // Who is on the list was created, even if the read of the record is late.
    const created = state.created || (state.mustCreate && state.creationUncertain);
    if (member !== undefined) return { mustCreate: false, created, result: { kind: 'done', member } };
  }
  const isLate = state.awaitsRead && state.tries >= MAX_LATE_READS;
  return isLate ? { awaitsRead: state.single, single: true } : {};
}

/** Sent again in halves, not one by one. */
export const isTooMany = ({ part, result }: Answer): boolean =>
  part.role === 'bulk' &&
  result.kind === 'refused' &&
  result.error.dataverseCode === INVALID_ARGUMENT &&
  part.states.length >= SMALLEST_HALVED;

type Explained = {
  readonly after: (state: WriteState) => Step;
  readonly fatal?: DyncampError;
  readonly learned?: Partial<Capabilities>;
};

/** Why the read does not show the people of this call, and how they are sent again. */
function explain({ part, result }: Answer, mayRepeat: boolean, { capabilities, campaignId }: Known): Explained {
  if (result.kind === 'ok') return { after: () => ({ awaitsRead: true, mayBeDone: true, lastError: undefined }) };
  const { error } = result;
  const stillOpen = { after: (): Step => ({ lastError: error }) };
  if (result.kind === 'not-run') return stillOpen;
  // A bulk call whose answers are all lost may fail because of one person, or each time (0x80044150). One that takes too long is halved.
  const sendsAlone = part.role === 'bulk' && writeTrouble(error) !== 'timeout';
  if (result.kind === 'unknown')
    return {
      after: ({ single, tries }) => ({
        mayBeDone: true,
        lastError: error,
        single: single || (sendsAlone && tries >= MAX_LOST_BULK_CALLS),
      }),
    };
  const { change } = part.states[0] ?? {};
  const ofList = change && listRefusal({ list: change.list, campaignId }, result.error);
  if (ofList !== undefined) return { ...stillOpen, fatal: ofList };
  const action = part.operation.path === ACTIONS.removeMembers ? 'RemoveListMembersList' : 'RemoveMemberList';
  const learned = change?.kind === 'remove' ? learnedFrom({ what: action }, result.error, capabilities) : undefined;
  if (learned !== undefined) {
    const { removeListMembers, removeMember } = { ...capabilities, ...learned };
    if (!removeListMembers && !removeMember) return { ...stillOpen, learned, fatal: removeNotOffered(result.error) };
    return { ...stillOpen, learned };
  }
  if (part.role === 'single' && result.error.dataverseCode !== NOT_A_MEMBER)
    return { after: () => ({ lastError: error, result }) };
  const staysInBulk = mayRepeat || isTooMany({ part, result });
  return {
    after: ({ inRefusedCall, single }) => ({
      lastError: error,
      inRefusedCall: inRefusedCall || part.states.length > 1,
      single: single || !staysInBulk,
    }),
  };
}
