/**
 * Moves the members that flow actions added from one own list to another, and takes the name of an own list from the first. Members of
 * others stay where they are. Somebody is on both lists for a moment and never on none, so nobody leaves the campaign.
 */
import type { Addition, Removal } from '../change/attempt.ts';
import { writeUntilKnown } from '../change/write.ts';
import { DataverseError } from '../errors.ts';
import { readMembersOfList } from '../membership/member-queries.ts';
import { isOurs, knownAdditions } from '../membership/plan-removals.ts';
import { MAX_MEMBERS_PER_CALL } from '../membership/server-abilities.ts';
import { type ListMember, listMemberFromRow } from '../membership/wire.ts';
import { changeList } from '../membership/write-operations.ts';
import type { StepContext } from './carry-out-step.ts';
import type { RepairStep } from './plan-repair.ts';

type Merge = Extract<RepairStep, { kind: 'merge' }>;

/** list.listname holds 128 characters. */
const MAX_NAME = 128;

export async function mergeList(context: StepContext, step: Merge): Promise<string> {
  const { session } = context;
  let moved = 0;
  let kept = 0;
  const members: ListMember[] = [];
  for await (const page of session.dataverse.pages(readMembersOfList(step.from.id)))
    members.push(...page.map(listMemberFromRow));
  for (let start = 0; start < members.length; start += MAX_MEMBERS_PER_CALL) {
    const slice = members.slice(start, start + MAX_MEMBERS_PER_CALL);
    const ours = oursAmong(context, slice);
    await moveMembers(context, step, ours);
    moved += ours.length;
    kept += slice.length - ours.length;
  }
  const name = `Former ${step.from.name}`.slice(0, MAX_NAME);
  const result = await session.dataverse.send(changeList(step.from.id, { listname: name }));
  if (result.kind === 'refused') throw result.error;
  return `${moved} moved, ${kept} of others left on it; it is called "${name}" now.`;
}

function oursAmong({ addedBy, journal }: StepContext, members: readonly ListMember[]): readonly ListMember[] {
  const addedByJournal = knownAdditions({ journal }, addedBy, members);
  return members.filter((member) => isOurs(member, { addedBy, addedByJournal }));
}

async function moveMembers(
  { session }: StepContext,
  { from, into }: Merge,
  members: readonly ListMember[],
): Promise<void> {
  if (members.length === 0) return;
  const type = into.personType;
  const rules = { duplicateRules: 'honour' } as const;
  const additions = members.map(
    (member): Addition => ({
      kind: 'add',
      person: { type, id: member.personId, email: '' },
      list: into,
      creation: undefined,
    }),
  );
  const added = await writeUntilKnown(session, additions, rules);
  if (added.fatal !== undefined) throw added.fatal;
  const arrived = new Set(
    added.written.filter(({ result }) => result.kind === 'done').map(({ change }) => change.person.id),
  );
  const removals = members
    .filter((member) => arrived.has(member.personId))
    .map((member): Removal => ({ kind: 'remove', person: { type, id: member.personId }, list: from, member }));
  const removed = await writeUntilKnown(session, removals, rules);
  if (removed.fatal !== undefined) throw removed.fatal;
  const left = members.length - removed.written.filter(({ result }) => result.kind === 'done').length;
  if (left > 0) {
    throw new DataverseError(
      'REPAIR_FAILED',
      `${left} members of list "${from.name}" (${from.id}) could not be moved to "${into.name}".`,
      {
        hint: 'Nobody left the campaign. Run the same command again to go on.',
      },
    );
  }
}
