/** A membership as both `members` commands print it. The keys are part of the interface. */
import type { ListMember } from '../../dataverse/wire.ts';
import type { PersonType } from '../../events.ts';
import type { Through } from '../../people/members/campaign-members.ts';
import type { Context } from '../../run/context.ts';
import { localTime } from '../../terminal/table.ts';
import { shownUserName } from '../../text.ts';

export const MEMBER_COLUMNS = [
  'type',
  'id',
  'name',
  'email',
  'since',
  'addedBy',
  'addedById',
  'through',
  'list',
  'listId',
  'listMemberId',
] as const;

export type MemberRow = Readonly<Record<(typeof MEMBER_COLUMNS)[number], string | undefined>>;

export type Membership = {
  readonly person: { readonly type: PersonType; readonly id: string; readonly name: string; readonly email: string };
  readonly member: ListMember;
  readonly list: { readonly id: string; readonly name: string };
  readonly through: Through;
};

export type MemberRendering = {
  readonly names: ReadonlyMap<string, string>;
  /** Whether this machine's journal has the addition, for rows that do not name our user (U32). */
  readonly isAddedHere: (member: ListMember) => boolean;
  /** A table shows the day; other formats have the time. */
  readonly isTable: boolean;
};

/** For MemberRendering: of these members, what this machine's journal has as ours. */
export async function addedHere(
  context: Context,
  { organizationId, userId }: { readonly organizationId: string; readonly userId: string },
): Promise<(members: readonly ListMember[]) => MemberRendering['isAddedHere']> {
  const { additionId } = await import('../../campaign/ids.ts');
  const { knownAdditions } = await import('../../change/added-by.ts');
  const { journalForDryRun } = await import('../../run/dry-run.ts');
  const journal = await journalForDryRun(context, organizationId);
  return (members) => {
    const known = knownAdditions({ journal }, { kind: 'users', userIds: new Set([userId]) }, members);
    return (member) => known.has(additionId(member));
  };
}

/** How tables of memberships give way. */
export const MEMBER_LAYOUT = {
  leastFirst: ['id', 'list', 'type', 'through', 'addedBy', 'status', 'since'],
  mayCut: ['list', 'addedBy'],
};

/** A terminal of this many columns has room for ids. */
export const WIDE = 160;

const DAY_CHARACTERS = 10;

/** What the journal knows where Dynamics does not say it. */
const ADDED_HERE = 'dyncamp on this machine';

function nameOf(createdBy: string | undefined, { names, isTable }: MemberRendering): string | undefined {
  const name = createdBy === undefined ? undefined : (names.get(createdBy) ?? createdBy);
  return name !== undefined && isTable ? shownUserName(name) : name;
}

export function memberRow({ person, member, list, through }: Membership, rendering: MemberRendering): MemberRow {
  const { createdBy, createdOn } = member;
  return {
    type: person.type,
    id: person.id,
    name: person.name,
    email: person.email,
    since: rendering.isTable ? localTime(createdOn).slice(0, DAY_CHARACTERS) : createdOn,
    addedBy: rendering.isAddedHere(member) ? ADDED_HERE : nameOf(createdBy, rendering),
    addedById: createdBy,
    through,
    list: list.name,
    listId: list.id,
    listMemberId: member.id,
  };
}
