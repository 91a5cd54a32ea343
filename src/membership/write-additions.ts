/**
 * Creates people and puts people on the own lists, and does not rest until the server was read and says who is in. One request for the
 * usual case: writes and the confirming read travel together. What failed in bulk is sent again one by one, in one request.
 */
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import { DyncampError } from '../errors.ts';
import {
  type Addition,
  type Answer,
  beginAddition,
  type Confirmed,
  isDecided,
  noteAnswers,
  type Progress,
  type Round,
  type Sent,
} from './addition-progress.ts';
import { groupBy } from './group-by.ts';
import { judgeAdditions } from './judge-additions.ts';
import { emailsById, readEmailsOperations } from './read-created.ts';
import { membershipOperations, membersIn, readMemberships } from './read-memberships.ts';
import type { Session } from './session.ts';
import type { ListMember } from './wire.ts';
import { type AttemptDone, attemptUntilKnown, isOpen, sendRound } from './write-attempts.ts';
import { addMember, addMembers, createPerson } from './write-operations.ts';
import type { AdditionResult } from './write-result.ts';

export type WriteOptions = { readonly duplicateRules: 'honour' | 'ignore' };

export type WrittenAddition = {
  readonly addition: Addition;
  readonly created: boolean;
  /** Something was sent that was not refused: whatever the result is, it may still land. */
  readonly mayBeDone: boolean;
  readonly result: AdditionResult | { readonly kind: 'not-reached' };
};
export type AdditionsWritten = {
  readonly written: readonly WrittenAddition[];
  readonly fatal: DyncampError | undefined;
};

/** The reference's starting point for bulk creation; a batch of more takes too long under create plug-ins. */
const MAX_CREATES_PER_BATCH = 100;
/** Parts of one batch (1,000) less room for the bulk calls and the reads behind them. */
const MAX_SINGLE_PARTS = 950;

export async function writeAdditions(
  session: Session,
  additions: readonly Addition[],
  options: WriteOptions,
): Promise<AdditionsWritten> {
  const { people, fatal } = await attemptUntilKnown(
    additions.map(beginAddition),
    ({ addition }) => addition,
    (open) => attempt(session, open, options),
  );
  return { written: people.map(conclude), fatal };
}

/** One request, and what it came to. An error of the confirming read is no reason to forget what was sent. */
async function attempt(
  session: Session,
  open: readonly Progress[],
  options: WriteOptions,
): Promise<AttemptDone<Progress>> {
  const round = planRound(session, open, options);
  let answers: readonly Answer[] = [];
  try {
    const reads = readsFor(session, round);
    const done = await sendRound(session, { ...round, reads: reads.operations });
    answers = done.answers;
    const confirmed = await reads.confirm(done.readResults);
    const { people, fatal, maxMembers } = judgeAdditions(round, answers, confirmed);
    if (maxMembers !== undefined) learnMaxMembers(session, maxMembers);
    return { people, fatal };
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { people: noteAnswers(round.people, answers), fatal: error };
  }
}

/** Batches that were on their way before do not raise what a later one has learnt. */
function learnMaxMembers(session: Session, maxMembers: number): void {
  session.abilities.learn({ maxMembers: Math.min(maxMembers, session.abilities.current().maxMembers) });
}

function planRound(session: Session, open: readonly Progress[], options: WriteOptions): Round {
  const { toCreate, awaited, oneByOne, inBulk } = partPeople(open);
  const creations = toCreate.slice(0, MAX_CREATES_PER_BATCH);
  const singles = oneByOne.slice(0, MAX_SINGLE_PARTS - creations.length);
  const named = creations.filter((person) => !person.idInDoubt);
  const sent = [
    ...bulkParts(session, inBulk),
    ...singles.map((person): Sent => ({ role: 'single', operation: additionOf(person), people: [person] })),
    ...creations.map((person): Sent => ({ role: 'create', operation: creationOf(person, options), people: [person] })),
    ...bulkParts(session, named),
  ];
  return { sent, people: [...inBulk, ...singles, ...creations, ...awaited] };
}

type Due = 'toCreate' | 'awaited' | 'oneByOne' | 'inBulk';

/** By what a round does for them. */
function partPeople(open: readonly Progress[]): Readonly<Record<Due, readonly Progress[]>> {
  const parts: Record<Due, Progress[]> = { toCreate: [], awaited: [], oneByOne: [], inBulk: [] };
  for (const person of open) parts[dueOf(person)].push(person);
  return parts;
}

function dueOf({ mustCreate, awaitsRead, single }: Progress): Due {
  if (mustCreate) return 'toCreate';
  if (awaitsRead) return 'awaited';
  return single ? 'oneByOne' : 'inBulk';
}

function bulkParts(session: Session, people: readonly Progress[]): readonly Sent[] {
  const size = session.abilities.current().maxMembers;
  const parts: Sent[] = [];
  for (const [listId, members] of groupBy(people, listIdOf)) {
    for (let start = 0; start < members.length; start += size) {
      const slice = members.slice(start, start + size);
      parts.push({ role: 'bulk', operation: addMembers(listId, slice.map(whoOf)), people: slice });
    }
  }
  return parts;
}

const listIdOf = ({ addition }: Progress): string => addition.list.id;
const whoOf = ({ addition }: Progress): Addition['person'] => addition.person;
const idOf = ({ addition }: Progress): string => addition.person.id;
const isToCreate = ({ mustCreate }: Progress): boolean => mustCreate;

function additionOf({ addition }: Progress): Operation {
  return addMember(addition.list.id, addition.person.id);
}

function creationOf({ addition: { person } }: Progress, options: WriteOptions): Operation {
  const { type, id, creation } = person;
  return createPerson({ type, id, values: creation?.values ?? {} }, options.duplicateRules);
}

/** The confirming reads behind the writes; read on their own where the batch gave no answer to them. */
function readsFor(
  session: Session,
  round: Round,
): { readonly operations: readonly Operation[]; confirm(results: readonly OperationResult[]): Promise<Confirmed> } {
  const byList = [...groupBy(round.people, listIdOf)].map(([listId, people]) => ({ listId, ids: people.map(idOf) }));
  const canRead = session.abilities.current().inOnEntityId;
  const membership = canRead ? byList.flatMap(({ listId, ids }) => membershipOperations(session, [listId], ids)) : [];
  const creations = round.people.filter(isToCreate).map(whoOf);
  const emails = readEmailsOperations(creations);
  return {
    operations: [...membership, ...emails],
    async confirm(results) {
      const inBatch = canRead ? membersIn(results.slice(0, membership.length)) : undefined;
      const members =
        inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(session, [listId], ids)))).flat();
      return {
        members: byListAndPerson(members),
        emails: await emailsById(session, creations, results.slice(membership.length)),
      };
    },
  };
}

function byListAndPerson(members: readonly ListMember[]): Confirmed['members'] {
  const lists = new Map<string, Map<string, ListMember>>();
  for (const member of members) {
    const people = lists.get(member.listId) ?? new Map<string, ListMember>();
    lists.set(member.listId, people.set(member.personId, member));
  }
  return lists;
}

/** Whoever was sent and is not seen after every attempt may be in all the same; whoever was never come to, or refused each time, is not. */
function conclude(person: Progress): WrittenAddition {
  if (isDecided(person)) return person;
  const { addition, created, mayBeDone, lastError } = person;
  const isUndecided = mayBeDone || !isOpen(person);
  return {
    addition,
    created,
    mayBeDone,
    result: isUndecided ? { kind: 'unconfirmed', error: lastError } : { kind: 'not-reached' },
  };
}
