/**
 * The one write engine: puts people on lists and takes them off until a read confirms it, or the tries are used up. The confirming read is in
 * the request of the writes, unless that would hold up the next write to the list.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import { memberKey, membershipOperations, membersIn, readMemberships } from '../campaign/read-memberships.ts';
import { groupBy } from '../dataverse/groups.ts';
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import {
  addMember,
  addMembers,
  createPerson,
  type MemberRef,
  removeMember,
  removeMembers,
} from '../dataverse/writes.ts';
import { DataverseError, DyncampError } from '../errors.ts';
import { emailsById, readEmailsOperations } from '../people/read-created.ts';
import type { Load, WriteResult } from '../transport/pace.ts';
import type { WaitForRetry } from '../transport/retry.ts';
import { putsOff, writeTrouble } from '../transport/trouble.ts';
import type { Intended } from './intents.ts';
import {
  type Answer,
  afterAnswersAlone,
  afterRequest,
  type Change,
  type ChangeResult,
  type Confirmed,
  isTooMany,
  type Part,
  stateBeforeWrite,
  type WriteState,
} from './write-state.ts';

export type Written<C extends Change = Change> = Pick<WriteState<C>, 'change' | 'created' | 'mayBeDone'> & {
  readonly result:
    | ChangeResult
    | { readonly kind: 'unconfirmed'; readonly error: Error | undefined }
    /** Never sent, or refused each time before it could run. */
    | { readonly kind: 'not-reached' };
};

/** Before the second request and each further one: time for a lost write to finish, and for a late read to show it. */
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 16_000];
const MAX_TRIES = WAITS_MS.length + 1;

export type WriteEnd<C extends Change = Change> = {
  /** In the order of the changes. */
  readonly written: readonly Written<C>[];
  /** What stopped the writing. */
  readonly fatal: DyncampError | undefined;
};

type Writing<C extends Change> = AsyncGenerator<readonly C[], WriteEnd<C>>;

/** All changes are of one kind. Yields, after each request, the changes whose result it showed. */
export const writes = <C extends Change & Pick<Intended, 'intentId'>>(
  access: CampaignAccess,
  changes: readonly C[],
): Writing<C> => writing(access, changes);

async function* writing<C extends Change>(access: CampaignAccess, changes: readonly C[]): Writing<C> {
  const states = new Map(changes.map((change) => [change, stateBeforeWrite(change)]));
  const end = (fatal?: DyncampError): WriteEnd<C> => ({ written: [...states.values()].map(writtenOf), fatal });
  let waitForRetry: WaitForRetry | undefined;
  for (;;) {
    const open = [...states.values()].filter(isOpen);
    if (open.length === 0) return end();
    // People who were not sent yet need not wait until others are tried again.
    const fresh = open.filter(({ tries }) => tries === 0);
    const tried = await tryOnce(access, fresh.length > 0 ? fresh : open);
    for (const state of tried.states) states.set(state.change, state);
    const known = tried.states.filter(({ result }) => result !== undefined && result.kind !== 'id-taken');
    yield known.map(({ change }) => change);
    if (tried.fatal !== undefined) return end(tried.fatal);
    if (!tried.states.every(isPutOff)) {
      waitForRetry = undefined;
      continue;
    }
    waitForRetry ??= access.dataverse.startAttempts();
    const gaveUp = await waitOnce(waitForRetry, tried.states[0]?.lastError);
    // Where others were done, the run goes on without these.
    if (gaveUp !== undefined)
      return end([...states.values()].some(({ result }) => result !== undefined) ? undefined : gaveUp);
  }
}

/** The service did nothing but say that it is busy: --max-wait has the limit then, not the number of tries. */
const isPutOff = ({ result, lastError }: WriteState): boolean => result === undefined && putsOff(lastError);

/** The error when the wait is over, or was ended. */
async function waitOnce(waitForRetry: WaitForRetry, cause: Error | undefined): Promise<DyncampError | undefined> {
  try {
    await waitForRetry({ kind: 'busy', retryAfterMs: undefined }, cause);
    return undefined;
  } catch (error) {
    if (error instanceof DyncampError) return error;
    throw error;
  }
}

/** Only for `sync repair`, where a person watches: what a process that died had begun is not recovered. */
export async function writeWithoutIntents<C extends Change>(
  access: CampaignAccess,
  changes: readonly C[],
): Promise<WriteEnd<C>> {
  const steps = writing(access, changes);
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
  }
}

const isOpen = (state: WriteState): boolean =>
  isPutOff(state) || (state.result === undefined && state.tries < MAX_TRIES);

const writtenOf = <C extends Change>(state: WriteState<C>): Written<C> => ({
  change: state.change,
  created: state.created,
  mayBeDone: state.mayBeDone,
  result: state.result ?? openResult(state),
});

function openResult(state: WriteState): Written['result'] {
  const { mayBeDone, inRefusedCall, lastError } = state;
  const isOutOfTries = !isOpen(state);
  // That the last one was refused a lock tells the user more than "unconfirmed". If it may still land, it stays open.
  if (isOutOfTries && writeTrouble(lastError) === 'locked' && lastError instanceof DataverseError)
    return { kind: 'refused', error: lastError };
  // What was sent may have been done even if no read shows it.
  if (mayBeDone || inRefusedCall || isOutOfTries) return { kind: 'unconfirmed', error: lastError };
  return { kind: 'not-reached' };
}

/** One request. If the confirming read fails, what was sent still counts. */
async function tryOnce<C extends Change>(
  access: CampaignAccess,
  open: readonly WriteState<C>[],
): Promise<{ readonly states: readonly WriteState<C>[]; readonly fatal: DyncampError | undefined }> {
  let states = open;
  let answers: readonly Answer[] = [];
  try {
    const tries = open.reduce((most, state) => Math.max(most, state.tries), 0);
    if (tries > 0) await access.clock.sleep(WAITS_MS[tries - 1] ?? 0);
    const isWrite = open.some((state) => state.mustCreate || !state.awaitsRead);
    const listIds = isWrite ? [...new Set(open.map(({ change }) => change.list.id))] : [];
    const turn = await access.dataverse.writeTurn(listIds);
    const request = composeRequest(access, open, turn.sizes);
    states = request.states;
    const reads = readsFor(access, states);
    // Where a list takes one write at a time, the next one does not wait for the read behind this one.
    const readsAlong = turn.isOneAtATime ? [] : reads.operations;
    let results: readonly OperationResult[] = [];
    try {
      results = await access.dataverse.batch([...request.parts.map((part) => part.operation), ...readsAlong]);
    } finally {
      answers = request.parts.map((part, place) => ({ part, result: results[place] ?? NOT_RUN }));
      turn.end(resultOf(answers));
    }
    if (answers.some(({ result }) => result.kind === 'unknown'))
      await access.clock.sleep(WAITS_MS[Math.min(tries + 1, WAITS_MS.length - 1)] ?? 0);
    const confirmed = await reads.confirm(results.slice(answers.length));
    const known = { capabilities: access.capabilities.current(), campaignId: access.campaignId };
    const { learned, ...tried } = afterRequest(states, answers, confirmed, known);
    access.capabilities.learn(learned);
    return tried;
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { states: afterAnswersAlone(states, answers), fatal: error };
  }
}

const NOT_RUN: OperationResult = { kind: 'not-run' };

/** For the pace of the next writes. */
function resultOf(answers: readonly Answer[]): WriteResult {
  const errors = answers.flatMap(({ result }) => (result.kind === 'ok' ? [] : (result.error ?? [])));
  return {
    sent: loadOf(answers),
    done: loadOf(answers.filter(({ result }) => result.kind === 'ok')),
    trouble: answers.some(isTooMany) ? 'too-many' : errors.map(writeTrouble).find((trouble) => trouble !== undefined),
  };
}

function loadOf(answers: readonly Answer[]): Load {
  const inBulk = answers.flatMap(({ part }) => (part.role === 'bulk' ? part.states : []));
  return { members: inBulk.length, singles: answers.filter(({ part }) => part.role !== 'bulk').length };
}

/** The writes of one request, and everybody whose result it will show. */
function composeRequest<C extends Change>(
  access: CampaignAccess,
  open: readonly WriteState<C>[],
  sizes: Load,
): { readonly parts: readonly Part[]; readonly states: readonly WriteState<C>[] } {
  const toCreate: WriteState<C>[] = [];
  const awaited: WriteState<C>[] = [];
  const oneByOne: WriteState<C>[] = [];
  const inBulk: WriteState<C>[] = [];
  for (const state of open) {
    if (state.mustCreate) toCreate.push(state);
    else if (state.awaitsRead) awaited.push(state);
    else if (state.single || !hasBulk(access, state.change, sizes)) oneByOne.push(state);
    else inBulk.push(state);
  }
  const creations = toCreate.slice(0, Math.min(sizes.singles, sizes.members || sizes.singles));
  const singles = oneByOne.slice(0, sizes.singles - creations.length);
  const many = inBulk.slice(0, sizes.members - creations.length);
  const parts = [
    ...bulkParts(many),
    ...singles.map((state): Part => ({ role: 'single', operation: single(access, state.change), states: [state] })),
    ...creations.map((state): Part => ({ role: 'create', operation: creation(state.change), states: [state] })),
    // Where everybody is sent alone, new people are added by the next request.
    ...bulkParts(creations.filter((state) => !state.idInDoubt && sizes.members > 0)),
  ];
  return { parts, states: [...many, ...singles, ...creations, ...awaited] };
}

const hasBulk = ({ capabilities }: CampaignAccess, { kind }: Change, { members }: Load): boolean =>
  members > 0 && (kind === 'add' || capabilities.current().removeListMembers);

function bulkParts(states: readonly WriteState[]): readonly Part[] {
  return [...groupBy(states, (state) => state.change.list.id)].map(([listId, members]) => ({
    role: 'bulk',
    operation: bulk(listId, members),
    states: members,
  }));
}

/** Somebody may stand on a list with two rows (U1, U2); they are named once. */
function bulk(listId: string, states: readonly WriteState[]): Operation {
  const once = new Map<string, MemberRef>(states.map(({ change }) => [change.person.id, change.person]));
  return (states[0]?.change.kind === 'remove' ? removeMembers : addMembers)(listId, [...once.values()]);
}

function single({ capabilities }: CampaignAccess, { kind, list, person }: Change): Operation {
  if (kind === 'add') return addMember(list.id, person.id);
  return capabilities.current().removeMember ? removeMember(list.id, person.id) : removeMembers(list.id, [person]);
}

function creation({ person: { type, id }, ...change }: Change): Operation {
  if (change.kind === 'remove' || change.creation === undefined)
    throw new Error('This change has no record to create.');
  const { values, duplicateRules } = change.creation;
  return createPerson({ type, id, values }, duplicateRules);
}

/** The confirming reads. What the batch has no answer to, `confirm` asks again. */
function readsFor(
  access: CampaignAccess,
  states: readonly WriteState[],
): { readonly operations: readonly Operation[]; confirm(results: readonly OperationResult[]): Promise<Confirmed> } {
  const byList = [...groupBy(states, (state) => state.change.list.id)].map(([listId, ofList]) => ({
    listId,
    ids: [...new Set(ofList.map((state) => state.change.person.id))],
  }));
  const memberships = byList.flatMap(({ listId, ids }) => membershipOperations(access, [listId], ids));
  const creations = states.filter((state) => state.mustCreate).map((state) => state.change.person);
  return {
    operations: [...memberships, ...readEmailsOperations(creations)],
    async confirm(results) {
      const inBatch = membersIn(results.slice(0, memberships.length));
      const rows =
        inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(access, [listId], ids)))).flat();
      return {
        rows: groupBy(rows, memberKey),
        emails: await emailsById(access, creations, results.slice(memberships.length)),
      };
    },
  };
}
