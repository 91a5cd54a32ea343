/**
 * The one write engine: puts people on lists and takes them off, and does not stop before a read says who is in. Writes and the read that
 * confirms them travel in one request; what stays open is sent again, later and later.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import { membershipOperations, membersIn, readMemberships } from '../campaign/read-memberships.ts';
import { memberKey } from '../campaign/row-key.ts';
import { groupBy } from '../dataverse/group-by.ts';
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import {
  addMember,
  addMembers,
  createPerson,
  type MemberRef,
  removeMember,
  removeMembers,
} from '../dataverse/writes.ts';
import { DyncampError } from '../errors.ts';
import { emailsById, readEmailsOperations } from '../people/read-created.ts';
import {
  type Addition,
  type Answer,
  type Attempt,
  beginAttempt,
  type Change,
  type Confirmed,
  classify,
  noteAnswers,
  type Part,
  type Result,
} from './attempt.ts';

export type WriteRules = { readonly duplicateRules: 'honour' | 'ignore' };

export type Written<C extends Change = Change> = {
  readonly change: C;
  readonly created: boolean;
  /** Something was sent that was not refused: whatever the result is, it may still land. */
  readonly mayBeDone: boolean;
  readonly result:
    | Result
    /** Sent, and no read shows whether it was done. */
    | { readonly kind: 'unconfirmed'; readonly error: Error | undefined }
    /** Never sent, or refused each time before it could run. */
    | { readonly kind: 'not-reached' };
};

/** Before request n (from the second): what a lost answer or a late read is given to become visible. */
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 16_000];
const MAX_TRIES = WAITS_MS.length + 1;
/** The reference's starting point for bulk creation; a batch of more takes too long under create plug-ins. */
const MAX_CREATES_PER_BATCH = 100;
/** Parts of one batch (1,000) less room for the bulk calls and the reads behind them. */
const MAX_SINGLE_PARTS = 950;

/** All changes are of one kind. Gives a result for each, in their order; `fatal` is the error that ended it early. */
export async function writeUntilKnown<C extends Change>(
  session: CampaignAccess,
  changes: readonly C[],
  rules: WriteRules,
): Promise<{ readonly written: readonly Written<C>[]; readonly fatal: DyncampError | undefined }> {
  const people = new Map(changes.map((change) => [change, beginAttempt(change)]));
  let fatal: DyncampError | undefined;
  while (fatal === undefined) {
    const open = [...people.values()].filter(isOpen);
    if (open.length === 0) break;
    const tried = await tryOnce(session, open, rules);
    for (const person of tried.people) people.set(person.change, person);
    fatal = tried.fatal;
  }
  return { written: [...people.values()].map(written), fatal };
}

const isOpen = ({ result, tries }: Attempt): boolean => result === undefined && tries < MAX_TRIES;

function written<C extends Change>(person: Attempt<C>): Written<C> {
  const { change, created, mayBeDone, lastError, result } = person;
  if (result !== undefined) return { change, created, mayBeDone, result };
  // Whoever was sent and is not seen after every try may be in all the same.
  const isUndecided = mayBeDone || !isOpen(person);
  return {
    change,
    created,
    mayBeDone,
    result: isUndecided ? { kind: 'unconfirmed', error: lastError } : { kind: 'not-reached' },
  };
}

/** One request. An error of the confirming read is no reason to forget what was sent. */
async function tryOnce<C extends Change>(
  session: CampaignAccess,
  open: readonly Attempt<C>[],
  rules: WriteRules,
): Promise<{ readonly people: readonly Attempt<C>[]; readonly fatal: DyncampError | undefined }> {
  const { parts, people } = planRequest(session, open, rules);
  let answers: readonly Answer<C>[] = [];
  try {
    const reads = readsFor(session, people);
    const tries = people.reduce((most, person) => Math.max(most, person.tries), 0);
    if (tries > 0) await session.clock.sleep(WAITS_MS[tries - 1] ?? 0);
    const results = await session.dataverse.batch([...parts.map((part) => part.operation), ...reads.operations]);
    answers = parts.map((part, place) => ({ part, result: results[place] ?? NOT_RUN }));
    if (answers.some(({ result }) => result.kind === 'unknown'))
      await session.clock.sleep(WAITS_MS[Math.min(tries + 1, WAITS_MS.length - 1)] ?? 0);
    const confirmed = await reads.confirm(results.slice(parts.length));
    const { learned, ...done } = classify(people, answers, confirmed, session.abilities.current());
    learn(session, learned);
    return done;
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { people: noteAnswers(people, answers), fatal: error };
  }
}

const NOT_RUN: OperationResult = { kind: 'not-run' };

function learn({ abilities }: CampaignAccess, learned: ReturnType<typeof classify>['learned']): void {
  const { maxMembers } = learned;
  // Batches that were on their way before do not raise what a later one has learned.
  abilities.learn(
    maxMembers === undefined
      ? learned
      : { ...learned, maxMembers: Math.min(maxMembers, abilities.current().maxMembers) },
  );
}

/** The writes of one request, in the order in which they are to run, and everybody whose result it shows. */
function planRequest<C extends Change>(
  session: CampaignAccess,
  open: readonly Attempt<C>[],
  rules: WriteRules,
): { readonly parts: readonly Part<C>[]; readonly people: readonly Attempt<C>[] } {
  const toCreate: Attempt<C>[] = [];
  const awaited: Attempt<C>[] = [];
  const oneByOne: Attempt<C>[] = [];
  const inBulk: Attempt<C>[] = [];
  for (const person of open) {
    if (person.mustCreate) toCreate.push(person);
    else if (person.awaitsRead) awaited.push(person);
    else if (person.single || !hasBulk(session, person.change)) oneByOne.push(person);
    else inBulk.push(person);
  }
  const creations = toCreate.slice(0, MAX_CREATES_PER_BATCH);
  const singles = oneByOne.slice(0, MAX_SINGLE_PARTS - creations.length);
  const parts = [
    ...bulkParts(session, inBulk),
    ...singles.map((person): Part<C> => ({ role: 'single', operation: single(person.change), people: [person] })),
    ...creations.flatMap((person): Part<C>[] =>
      person.change.kind === 'add'
        ? [{ role: 'create', operation: creation(person.change, rules), people: [person] }]
        : [],
    ),
    ...bulkParts(
      session,
      creations.filter((person) => !person.idInDoubt),
    ),
  ];
  return { parts, people: [...inBulk, ...singles, ...creations, ...awaited] };
}

const hasBulk = ({ abilities }: CampaignAccess, { kind }: Change): boolean =>
  kind === 'add' || abilities.current().removeListMembers;

function bulkParts<C extends Change>(session: CampaignAccess, people: readonly Attempt<C>[]): readonly Part<C>[] {
  const size = session.abilities.current().maxMembers;
  const parts: Part<C>[] = [];
  for (const [listId, members] of groupBy(people, (person) => person.change.list.id)) {
    for (let start = 0; start < members.length; start += size) {
      const slice = members.slice(start, start + size);
      parts.push({ role: 'bulk', operation: bulk(listId, slice), people: slice });
    }
  }
  return parts;
}

/** Somebody may stand on a list with two rows (U1, U2); they are named once. */
function bulk(listId: string, people: readonly Attempt[]): Operation {
  const once = new Map<string, MemberRef>(people.map(({ change }) => [change.person.id, change.person]));
  return (people[0]?.change.kind === 'remove' ? removeMembers : addMembers)(listId, [...once.values()]);
}

const single = ({ kind, list, person }: Change): Operation =>
  (kind === 'remove' ? removeMember : addMember)(list.id, person.id);

const creation = ({ person, creation: made }: Addition, { duplicateRules }: WriteRules): Operation =>
  createPerson({ type: person.type, id: person.id, values: made?.values ?? {} }, duplicateRules);

/** The confirming reads behind the writes; read on their own where the batch gave no answer to them. */
function readsFor(
  session: CampaignAccess,
  people: readonly Attempt[],
): { readonly operations: readonly Operation[]; confirm(results: readonly OperationResult[]): Promise<Confirmed> } {
  const byList = [...groupBy(people, (person) => person.change.list.id)].map(([listId, ofList]) => ({
    listId,
    ids: [...new Set(ofList.map((person) => person.change.person.id))],
  }));
  const memberships = byList.flatMap(({ listId, ids }) => membershipOperations(session, [listId], ids));
  const creations = people.filter((person) => person.mustCreate).map((person) => person.change.person);
  return {
    operations: [...memberships, ...readEmailsOperations(creations)],
    async confirm(results) {
      const inBatch = membersIn(results.slice(0, memberships.length));
      const rows =
        inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(session, [listId], ids)))).flat();
      return {
        rows: groupBy(rows, memberKey),
        emails: await emailsById(session, creations, results.slice(memberships.length)),
      };
    },
  };
}
