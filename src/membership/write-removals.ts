/**
 * Takes people off own lists, and does not rest until the server was read and says who is gone. One request for the usual case. The bulk
 * action first, which is what Microsoft's own client sends; RemoveMemberList one by one where it is not offered or refused.
 */
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import { type DataverseError, DyncampError, PrivilegeError } from '../errors.ts';
import { groupBy } from './group-by.ts';
import { listRefusal } from './list-refusal.ts';
import type { PersonType } from './person.ts';
import { membershipOperations, membersIn, readMemberships } from './read-memberships.ts';
import { NO_SUCH_ROW } from './refusal-codes.ts';
import { rowKey } from './row-key.ts';
import type { Session } from './session.ts';
import type { ListMember } from './wire.ts';
import { type Answered, type AttemptDone, attemptUntilKnown, isOpen, sendRound } from './write-attempts.ts';
import { type MemberRef, removeMember, removeMembers } from './write-operations.ts';
import type { RemovalResult } from './write-result.ts';

export type Removal = {
  readonly person: { readonly type: PersonType; readonly id: string };
  readonly listId: string;
  /** The row that was read before: gone means this one is. */
  readonly member: ListMember;
};

export type WrittenRemoval = {
  readonly removal: Removal;
  /** Something was sent that was not refused: whatever the result is, it may still land. */
  readonly mayBeDone: boolean;
  readonly result: RemovalResult | { readonly kind: 'not-reached' };
};

type Progress = {
  readonly removal: Removal;
  readonly single: boolean;
  /** Something was sent for them that was not refused, and a read shows them still. */
  readonly mayBeDone: boolean;
  readonly tries: number;
  readonly lastError: Error | undefined;
  readonly result: RemovalResult | undefined;
};
type Sent = { readonly role: 'bulk' | 'single'; readonly operation: Operation; readonly people: readonly Progress[] };
type Answer = Answered<Sent>;

/** CannotRemoveNonListMember: was no member (any more). */
const NOT_A_MEMBER = '0x80048458';
const NOT_OFFERED = 404;
const MAX_SINGLES_PER_BATCH = 950;
/** Reads that may still show the row before the person is tried alone. */
const MAX_LATE_READS = 3;

export async function writeRemovals(
  session: Session,
  removals: readonly Removal[],
): Promise<{ readonly written: readonly WrittenRemoval[]; readonly fatal: DyncampError | undefined }> {
  const { people, fatal } = await attemptUntilKnown(
    removals.map(beginRemoval),
    ({ removal }) => removal,
    (open) => attempt(session, planRound(session, open)),
  );
  return { written: people.map(conclude), fatal };
}

function beginRemoval(removal: Removal): Progress {
  return { removal, single: false, mayBeDone: false, tries: 0, lastError: undefined, result: undefined };
}

function planRound(session: Session, open: readonly Progress[]): readonly Sent[] {
  const { removeListMembers, maxMembers } = session.abilities.current();
  const bulk = removeListMembers ? open.filter(isInBulk) : [];
  const alone = removeListMembers ? open.filter(isSingle) : open;
  return [
    ...[...groupBy(bulk, listIdOf)].flatMap(([listId, people]) => bulkParts(listId, people, maxMembers)),
    ...alone
      .slice(0, MAX_SINGLES_PER_BATCH)
      .map((person): Sent => ({ role: 'single', operation: removalOf(person), people: [person] })),
  ];
}

const isSingle = ({ single }: Progress): boolean => single;
const isInBulk = ({ single }: Progress): boolean => !single;
const listIdOf = ({ removal }: Progress): string => removal.listId;
const personIdOf = ({ removal }: Progress): string => removal.person.id;

function bulkParts(listId: string, people: readonly Progress[], size: number): readonly Sent[] {
  const parts: Sent[] = [];
  for (let start = 0; start < people.length; start += size) {
    const some = people.slice(start, start + size);
    parts.push({ role: 'bulk', operation: removeMembers(listId, eachOnce(some)), people: some });
  }
  return parts;
}

/** Somebody may stand on a list with two rows (U1, U2); they are named once. */
function eachOnce(people: readonly Progress[]): readonly MemberRef[] {
  const once = new Map<string, MemberRef>();
  for (const { removal } of people) once.set(removal.person.id, removal.person);
  return [...once.values()];
}

function removalOf({ removal }: Progress): Operation {
  return removeMember(removal.listId, removal.person.id);
}

/** One request, and what it came to. An error of the confirming read is no reason to forget what was sent. */
async function attempt(session: Session, sent: readonly Sent[]): Promise<AttemptDone<Progress>> {
  let people = sent.flatMap((part) => part.people);
  try {
    const reads = readsFor(session, people);
    const { answers, readResults } = await sendRound(session, { people, sent, reads: reads.operations });
    people = answers.flatMap(noteAnswer);
    const left = await reads.confirm(readResults);
    return judge(session, answers, left);
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return { people, fatal: error };
  }
}

function noteAnswer({ part, result }: Answer): readonly Progress[] {
  const maybe = result.kind === 'ok' || result.kind === 'unknown';
  const noted: Progress[] = [];
  for (const person of part.people) noted.push({ ...person, mayBeDone: person.mayBeDone || maybe });
  return noted;
}

/** The confirming read: the rows that are still there. Read on its own where the batch gave no answer to it. */
function readsFor(session: Session, people: readonly Progress[]) {
  const byList = [...groupBy(people, listIdOf)].map(([listId, members]) => ({
    listId,
    ids: [...new Set(members.map(personIdOf))],
  }));
  const canRead = session.abilities.current().inOnEntityId;
  const operations = canRead ? byList.flatMap(({ listId, ids }) => membershipOperations(session, [listId], ids)) : [];
  return {
    operations,
    async confirm(results: readonly OperationResult[]): Promise<ReadonlySet<string>> {
      const inBatch = canRead ? membersIn(results) : undefined;
      const left =
        inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(session, [listId], ids)))).flat();
      return new Set(left.map(rowKey));
    },
  };
}

function judge(session: Session, answers: readonly Answer[], left: ReadonlySet<string>): AttemptDone<Progress> {
  let fatal: DyncampError | undefined;
  const people = answers.flatMap(({ part, result }) => {
    const refusal = result.kind === 'refused' ? refusalForAll(session, part, result.error) : undefined;
    const judged = judgePeople({ part, result, refusal }, left);
    if (judged.every(isGone)) return judged;
    if (refusal?.kind === 'stop') fatal ??= refusal.error;
    if (refusal?.kind === 'no-bulk') session.abilities.learn({ removeListMembers: false });
    return judged;
  });
  return { people, fatal };
}

type RefusalForAll =
  | { readonly kind: 'stop'; readonly error: DyncampError }
  /** The bulk action is not offered: the others go one by one. */
  | { readonly kind: 'no-bulk' }
  /** Only the bulk action is offered: whom it does not take off stays. */
  | { readonly kind: 'no-single' };

type JudgedPart = Answer & { readonly refusal: RefusalForAll | undefined };

function judgePeople(judged: JudgedPart, left: ReadonlySet<string>): readonly Progress[] {
  const people: Progress[] = [];
  for (const person of judged.part.people) people.push(judgePerson(person, judged, left));
  return people;
}

const isGone = ({ result }: Progress): boolean => result?.kind === 'gone';

function judgePerson(person: Progress, { part, result, refusal }: JudgedPart, left: ReadonlySet<string>): Progress {
  const next = { ...person, tries: person.tries + 1 };
  if (!left.has(rowKey(person.removal.member))) return { ...next, result: { kind: 'gone' } };
  if (result.kind === 'ok') return { ...next, mayBeDone: true, single: person.single || next.tries > MAX_LATE_READS };
  if (result.kind !== 'refused')
    return { ...next, mayBeDone: person.mayBeDone || result.kind === 'unknown', lastError: result.error };
  const { error } = result;
  if (refusal?.kind === 'no-single') return person.mayBeDone ? next : { ...next, result: { kind: 'refused', error } };
  if (refusal !== undefined) return { ...next, lastError: error };
  if (part.role === 'single' && error.dataverseCode !== NOT_A_MEMBER)
    return { ...next, lastError: error, result: { kind: 'refused', error } };
  return { ...next, single: true, lastError: error };
}

/** Whether the list or the organization refused, and not this person. */
function refusalForAll(session: Session, part: Sent, error: DataverseError): RefusalForAll | undefined {
  const listError = listRefusal(part.people[0]?.removal.listId ?? '', error);
  if (listError !== undefined) return { kind: 'stop', error: listError };
  if (!isNotOffered(error)) return undefined;
  if (part.role === 'bulk') return { kind: 'no-bulk' };
  return session.abilities.current().removeListMembers
    ? { kind: 'no-single' }
    : { kind: 'stop', error: notOffered(error) };
}

/** The action is not there, or takes no such parameter (U9, U10; "Does not support untyped value in non-open type"). */
function isNotOffered(error: DataverseError): boolean {
  if (error.status === NOT_OFFERED) return error.dataverseCode !== NO_SUCH_ROW;
  return error.status === 400 && /non-open type|not a valid parameter/i.test(error.message);
}

function notOffered(cause: DataverseError): PrivilegeError {
  return new PrivilegeError(
    'REMOVE_NOT_OFFERED',
    'This organization offers neither RemoveListMembersList nor RemoveMemberList: nobody can be taken off a list.',
    {
      hint: 'The actions come with Dynamics 365 Sales. `dyncamp sync check` shows what this organization offers.',
      cause,
    },
  );
}

function conclude(person: Progress): WrittenRemoval {
  const { removal, result, mayBeDone, lastError } = person;
  if (result !== undefined) return { removal, mayBeDone, result };
  const isUndecided = mayBeDone || !isOpen(person);
  return {
    removal,
    mayBeDone,
    result: isUndecided ? { kind: 'unconfirmed', error: lastError } : { kind: 'not-reached' },
  };
}
