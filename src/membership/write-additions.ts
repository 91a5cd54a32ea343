/**
 * Creates people and puts people on the own lists, and does not rest until the server was read and says who is in. One request for the
 * usual case: writes and the confirming read travel together. What failed in bulk is sent again one by one, in one request.
 */
import type { JsonObject, Operation, OperationResult } from '../dataverse/operation.ts';
import { DyncampError } from '../errors.ts';
import { groupBy } from './group-by.ts';
import { judgeAdditions } from './judge-additions.ts';
import type { PersonType } from './person.ts';
import { emailsById, readEmailsOperations } from './read-created.ts';
import { membershipOperations, membersIn, readMemberships } from './read-memberships.ts';
import type { Session } from './session.ts';
import type { ListMember } from './wire.ts';
import { addMember, addMembers, createPerson } from './write-operations.ts';
import type { AdditionResult } from './write-result.ts';

export type Addition = {
  readonly person: { readonly type: PersonType; readonly id: string; readonly email: string };
  readonly listId: string;
  /** Values of the new record, for somebody who has to be created first. */
  readonly creation: JsonObject | undefined;
};

export type WriteOptions = { readonly duplicateRules: 'honour' | 'ignore' };

export type WrittenAddition = {
  readonly addition: Addition;
  readonly created: boolean;
  readonly result: AdditionResult | { readonly kind: 'not-reached' };
};
export type AdditionsWritten = {
  readonly written: readonly WrittenAddition[];
  readonly fatal: DyncampError | undefined;
};

/** One person's way through the attempts. */
export type Progress = {
  readonly addition: Addition;
  /** Still to be created. */
  mustCreate: boolean;
  created: boolean;
  /** A creation was sent whose answer was lost: a row that turns up is ours. */
  creationUncertain: boolean;
  /** Sent alone from now on, because the bulk call was refused. */
  single: boolean;
  wasSent: boolean;
  /** The server said it was done, but a read does not show it yet. */
  awaitsRead: boolean;
  tries: number;
  lastError: Error | undefined;
  result: AdditionResult | undefined;
};

/** The reference's starting point for bulk creation; a batch of more takes too long under create plug-ins. */
export const MAX_CREATES_PER_BATCH = 100;
/** Parts of one batch (1,000) less room for the reads behind them. */
const MAX_SINGLES_PER_BATCH = 950;
/** Before attempt n (from the second): what a lost answer or a late read is given to become visible. */
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 16_000];
const MAX_TRIES = WAITS_MS.length + 1;

export type Sent = {
  readonly role: 'bulk' | 'single' | 'create';
  readonly operation: Operation;
  readonly people: readonly Progress[];
};
export type Round = { readonly sent: readonly Sent[]; readonly people: readonly Progress[] };
export type Confirmed = {
  readonly members: ReadonlyMap<string, ListMember>;
  readonly emails: ReadonlyMap<string, string>;
};

export async function writeAdditions(
  session: Session,
  additions: readonly Addition[],
  options: WriteOptions,
): Promise<AdditionsWritten> {
  const people = additions.map(begin);
  let fatal: DyncampError | undefined;
  try {
    while (fatal === undefined) {
      const open = people.filter(isOpen);
      if (open.length === 0) break;
      fatal = await attempt(session, open, options);
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  return { written: people.map(conclude), fatal };
}

function begin(addition: Addition): Progress {
  return {
    addition,
    mustCreate: addition.creation !== undefined,
    created: false,
    creationUncertain: false,
    single: false,
    wasSent: false,
    awaitsRead: false,
    tries: 0,
    lastError: undefined,
    result: undefined,
  };
}

const isOpen = (person: Progress): boolean => person.result === undefined && person.tries < MAX_TRIES;

async function attempt(
  session: Session,
  open: readonly Progress[],
  options: WriteOptions,
): Promise<DyncampError | undefined> {
  const round = planRound(session, open, options);
  const tries = Math.max(...round.people.map((person) => person.tries));
  if (tries > 0) await session.clock.sleep(WAITS_MS[tries - 1] ?? 0);
  const reads = readsFor(session, round);
  for (const { people } of round.sent) for (const person of people) person.wasSent = true;
  const results = await session.dataverse.batch([...round.sent.map((part) => part.operation), ...reads.operations]);
  const writeResults = results.slice(0, round.sent.length);
  if (writeResults.some((result) => result.kind === 'unknown'))
    await session.clock.sleep(WAITS_MS[Math.min(tries + 1, WAITS_MS.length - 1)] ?? 0);
  const confirmed = await reads.confirm(results.slice(round.sent.length));
  const { fatal, maxMembers } = judgeAdditions(round, writeResults, confirmed);
  if (maxMembers !== undefined) session.abilities.learn({ maxMembers });
  return fatal;
}

function planRound(session: Session, open: readonly Progress[], options: WriteOptions): Round {
  const creations = open.filter((person) => person.mustCreate).slice(0, MAX_CREATES_PER_BATCH);
  const existing = open.filter((person) => !person.mustCreate);
  const toSend = existing.filter((person) => !person.awaitsRead);
  const singles = toSend.filter((person) => person.single).slice(0, MAX_SINGLES_PER_BATCH);
  const sent = [
    ...bulkParts(
      session,
      toSend.filter((person) => !person.single),
    ),
    ...singles.map(
      (person): Sent => ({
        role: 'single',
        operation: addMember(person.addition.listId, person.addition.person.id),
        people: [person],
      }),
    ),
    ...creations.map(
      (person): Sent => ({ role: 'create', operation: creationOf(person.addition, options), people: [person] }),
    ),
    ...bulkParts(session, creations),
  ];
  const busy = new Set([...sent.flatMap((part) => part.people), ...existing.filter((person) => person.awaitsRead)]);
  return { sent, people: [...busy] };
}

function bulkParts(session: Session, people: readonly Progress[]): readonly Sent[] {
  const size = session.abilities.current().maxMembers;
  return [...groupBy(people, (person) => person.addition.listId)].flatMap(([listId, members]) => {
    const parts: Sent[] = [];
    for (let start = 0; start < members.length; start += size) {
      const slice = members.slice(start, start + size);
      parts.push({
        role: 'bulk',
        operation: addMembers(
          listId,
          slice.map((person) => person.addition.person),
        ),
        people: slice,
      });
    }
    return parts;
  });
}

function creationOf({ person, creation }: Addition, options: WriteOptions): Operation {
  return createPerson({ type: person.type, id: person.id, values: creation ?? {} }, options.duplicateRules);
}

/** The confirming reads behind the writes; read on their own where the batch gave no answer to them. */
function readsFor(
  session: Session,
  round: Round,
): { readonly operations: readonly Operation[]; confirm(results: readonly OperationResult[]): Promise<Confirmed> } {
  const byList = [...groupBy(round.people, (person) => person.addition.listId)].map(([listId, people]) => ({
    listId,
    ids: people.map(idOf),
  }));
  const canRead = session.abilities.current().inOnEntityId;
  const membership = canRead ? byList.flatMap(({ listId, ids }) => membershipOperations(session, [listId], ids)) : [];
  const creations = round.people.filter((person) => person.mustCreate).map((person) => person.addition.person);
  const emails = readEmailsOperations(creations);
  return {
    operations: [...membership, ...emails],
    async confirm(results) {
      const inBatch = canRead ? membersIn(results.slice(0, membership.length)) : undefined;
      const members =
        inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(session, [listId], ids)))).flat();
      return {
        members: new Map(members.map((member) => [`${member.listId}/${member.personId}`, member])),
        emails: await emailsById(session, creations, results.slice(membership.length)),
      };
    },
  };
}

const idOf = (person: Progress): string => person.addition.person.id;

function conclude(person: Progress): WrittenAddition {
  const { addition, created } = person;
  if (person.result !== undefined) return { addition, created, result: person.result };
  return {
    addition,
    created,
    result: person.wasSent ? { kind: 'unconfirmed', error: person.lastError } : { kind: 'not-reached' },
  };
}
