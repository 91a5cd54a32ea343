/**
 * Takes people off own lists, and does not rest until the server was read and says who is gone. One request for the usual case. The bulk
 * action first, which is what Microsoft's own client sends; RemoveMemberList one by one where it is not offered or refused.
 */
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import { type DataverseError, DyncampError, PrivilegeError } from '../errors.ts';
import { groupBy } from './group-by.ts';
import { refusedList } from './judge-additions.ts';
import type { PersonType } from './person.ts';
import { membershipOperations, membersIn, readMemberships } from './read-memberships.ts';
import type { Session } from './session.ts';
import type { ListMember } from './wire.ts';
import { removeMember, removeMembers } from './write-operations.ts';
import type { RemovalResult } from './write-result.ts';

export type Removal = {
  readonly person: { readonly type: PersonType; readonly id: string };
  readonly listId: string;
  /** The row that was read before: gone means this one is. */
  readonly member: ListMember;
};

export type WrittenRemoval = {
  readonly removal: Removal;
  readonly result: RemovalResult | { readonly kind: 'not-reached' };
};

type Progress = {
  readonly removal: Removal;
  readonly single: boolean;
  readonly wasSent: boolean;
  readonly tries: number;
  readonly lastError: Error | undefined;
  readonly result: RemovalResult | undefined;
};
type Sent = { readonly role: 'bulk' | 'single'; readonly operation: Operation; readonly people: readonly Progress[] };

/** CannotRemoveNonListMember: was no member (any more). */
const NOT_A_MEMBER = '0x80048458';
const NOT_OFFERED = 404;
const MAX_SINGLES_PER_BATCH = 950;
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 16_000];
const MAX_TRIES = WAITS_MS.length + 1;

export async function writeRemovals(
  session: Session,
  removals: readonly Removal[],
): Promise<{ readonly written: readonly WrittenRemoval[]; readonly fatal: DyncampError | undefined }> {
  let people: readonly Progress[] = removals.map((removal) => ({
    removal,
    single: false,
    wasSent: false,
    tries: 0,
    lastError: undefined,
    result: undefined,
  }));
  let fatal: DyncampError | undefined;
  try {
    while (fatal === undefined && people.some(isOpen)) {
      const open = people.filter(isOpen);
      const sent = planRound(session, open);
      const inRound = new Set(sent.flatMap((part) => part.people));
      people = people.map((person) => (inRound.has(person) ? { ...person, wasSent: true } : person));
      const answered = await attempt(session, sent);
      const next = new Map(answered.people.map((person) => [person.removal, person]));
      people = people.map((person) => next.get(person.removal) ?? person);
      fatal = answered.fatal;
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  return { written: people.map(conclude), fatal };
}

const isOpen = (person: Progress): boolean => person.result === undefined && person.tries < MAX_TRIES;

function planRound(session: Session, open: readonly Progress[]): readonly Sent[] {
  const inBulk = session.abilities.current().removeListMembers ? open.filter((person) => !person.single) : [];
  const alone = open.filter((person) => !inBulk.includes(person)).slice(0, MAX_SINGLES_PER_BATCH);
  const size = session.abilities.current().maxMembers;
  const bulk = [...groupBy(inBulk, (person) => person.removal.listId)].flatMap(([listId, members]) => {
    const parts: Sent[] = [];
    for (let start = 0; start < members.length; start += size) {
      const people = members.slice(start, start + size);
      parts.push({
        role: 'bulk',
        operation: removeMembers(
          listId,
          people.map((person) => person.removal.person),
        ),
        people,
      });
    }
    return parts;
  });
  return [
    ...bulk,
    ...alone.map(
      (person): Sent => ({
        role: 'single',
        operation: removeMember(person.removal.listId, person.removal.person.id),
        people: [person],
      }),
    ),
  ];
}

async function attempt(
  session: Session,
  sent: readonly Sent[],
): Promise<{ readonly people: readonly Progress[]; readonly fatal: DyncampError | undefined }> {
  const people = sent.flatMap((part) => part.people);
  const tries = Math.max(...people.map((person) => person.tries));
  if (tries > 0) await session.clock.sleep(WAITS_MS[tries - 1] ?? 0);
  const byList = [...groupBy(people, (person) => person.removal.listId)].map(([listId, members]) => ({
    listId,
    ids: members.map((person) => person.removal.person.id),
  }));
  const canRead = session.abilities.current().inOnEntityId;
  const reads = canRead ? byList.flatMap(({ listId, ids }) => membershipOperations(session, [listId], ids)) : [];
  const results = await session.dataverse.batch([...sent.map((part) => part.operation), ...reads]);
  if (results.slice(0, sent.length).some((result) => result.kind === 'unknown'))
    await session.clock.sleep(WAITS_MS[Math.min(tries + 1, WAITS_MS.length - 1)] ?? 0);
  const inBatch = canRead ? membersIn(results.slice(sent.length)) : undefined;
  const left =
    inBatch ?? (await Promise.all(byList.map(({ listId, ids }) => readMemberships(session, [listId], ids)))).flat();
  return judge(session, sent, results, new Set(left.map(rowKey)));
}

/** U23: a row may come back with the same id, but not with the same creation time. */
const rowKey = (member: ListMember): string => `${member.id}/${member.createdOn}`;

function judge(
  session: Session,
  sent: readonly Sent[],
  results: readonly OperationResult[],
  left: ReadonlySet<string>,
) {
  let fatal: DyncampError | undefined;
  const people = sent.flatMap((part, place) => {
    const result = results[place] ?? { kind: 'not-run' };
    const judged = part.people.map((person) => judgePerson(person, part, result, left));
    if (result.kind === 'refused' && judged.some((person) => person.result?.kind !== 'gone'))
      fatal = refusedForAll(session, part, result.error) ?? fatal;
    return judged;
  });
  return { people, fatal };
}

function judgePerson(person: Progress, part: Sent, result: OperationResult, left: ReadonlySet<string>): Progress {
  const next = { ...person, wasSent: true, tries: person.tries + 1 };
  if (!left.has(rowKey(person.removal.member))) return { ...next, result: { kind: 'gone' } };
  if (result.kind === 'ok') return { ...next, single: person.single || next.tries > WAITS_MS.length / 2 };
  if (result.kind !== 'refused') return { ...next, lastError: result.error };
  if (refusedList(asAdditions(part), result.error) !== undefined)
    return { ...next, wasSent: false, lastError: result.error };
  if (part.role === 'single' && result.error.dataverseCode !== NOT_A_MEMBER)
    return { ...next, result: { kind: 'refused', error: result.error } };
  return { ...next, single: true, lastError: result.error };
}

/** What a refusal teaches for the run: the bulk action is not offered, the list cannot be changed, neither action is there. */
function refusedForAll(session: Session, part: Sent, error: DataverseError): DyncampError | undefined {
  const listError = refusedList(asAdditions(part), error);
  if (listError !== undefined) return listError;
  if (error.status !== NOT_OFFERED || error.dataverseCode === '0x80040217') return undefined;
  if (part.role === 'bulk') {
    session.abilities.learn({ removeListMembers: false });
    return undefined;
  }
  return new PrivilegeError(
    'REMOVE_NOT_OFFERED',
    'This organization offers neither RemoveListMembersList nor RemoveMemberList: nobody can be taken off a list.',
    {
      hint: 'The actions come with Dynamics 365 Sales. dyncamp sync check shows what this organization offers.',
      cause: error,
    },
  );
}

const asAdditions = (part: Sent) => ({ people: part.people.map((person) => ({ addition: person.removal })) });

function conclude({ removal, result, wasSent, lastError }: Progress): WrittenRemoval {
  if (result !== undefined) return { removal, result };
  return { removal, result: wasSent ? { kind: 'unconfirmed', error: lastError } : { kind: 'not-reached' } };
}
