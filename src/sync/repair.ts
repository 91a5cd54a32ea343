/**
 * `sync repair`: does the repair steps of the campaign checks one by one and reads each back. Every step may be repeated:
 * a step that is already done succeeds.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import { ensureOwnLists, linkOwnList } from '../campaign/ensure-lists.ts';
import { readCampaignFacts } from '../campaign/facts.ts';
import { additionId } from '../campaign/ids.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from '../campaign/own-lists.ts';
import { listQuery, listsCampaignsQuery, readMembersOfList } from '../campaign/queries.ts';
import { type AddedBy, isFlowAdded, knownAdditions } from '../change/added-by.ts';
import { writeWithoutIntents } from '../change/write.ts';
import type { Addition, Removal } from '../change/write-state.ts';
import { learnedFrom } from '../dataverse/capabilities.ts';
import { slicesOf } from '../dataverse/groups.ts';
import { SERVER_CLOCKS_DIFFER_MS } from '../dataverse/limits.ts';
import type { OperationResult } from '../dataverse/operation.ts';
import { rowsOf } from '../dataverse/reads.ts';
import { campaignFromRow, type ListMember, listMemberFromRow, marketingListFromRow } from '../dataverse/wire.ts';
import { changeList, unlinkList, unlinkListByRef } from '../dataverse/writes.ts';
import { DataverseError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { MAX_MEMBERS_PER_CALL } from '../transport/pace.ts';
import { CAMPAIGN_CHECKS } from './campaign-checks.ts';
import type { RepairOptions, RepairPlan, RepairStep } from './repair-steps.ts';

/** In the order of the checks: lists are unlocked and activated before people move. Pure. */
export function planRepair(facts: CampaignFacts, lists: OwnLists, options: RepairOptions): RepairPlan {
  const found = CAMPAIGN_CHECKS.flatMap(({ repair }) => repair?.(facts, lists, options) ?? []);
  return {
    steps: found.filter((each) => 'kind' in each),
    cannot: found.flatMap((each) => ('cannot' in each ? [each.cannot] : [])),
  };
}

export type StepContext = {
  readonly access: CampaignAccess;
  /** Users whose additions a merge may move. */
  readonly addedBy: AddedBy;
  readonly journal: Pick<Journal, 'addedByUs' | 'moveAdditions'>;
};

/** Returns details beyond the step's own text. Throws when it was refused or no read shows it. */
export async function carryOutStep(context: StepContext, step: RepairStep): Promise<string | undefined> {
  const { access } = context;
  switch (step.kind) {
    case 'link':
      return mustBe(access, step, {
        error: await linkOwnList(access, step.listId),
        isDone: () => isLinked(access, step.listId, access.campaignId),
      });
    case 'unlink':
      return mustBe(access, step, {
        error: await unlink(access, step.listId, step.campaignId),
        isDone: async () => !(await isLinked(access, step.listId, step.campaignId)),
      });
    case 'rename':
      return change(access, step, { listname: step.name });
    case 'unlock':
      return change(access, step, { lockstatus: false });
    case 'activate':
      return change(access, step, { statecode: 0, statuscode: 0 });
    case 'make': {
      const facts: CampaignFacts = await readCampaignFacts(access);
      await ensureOwnLists(access, { facts, lists: classifyOwnLists(facts) }, [step.personType]);
      return undefined;
    }
    case 'merge':
      return mergeList(context, step);
  }
}

type ListChange = {
  readonly listname?: string;
  readonly lockstatus?: boolean;
  readonly statecode?: number;
  readonly statuscode?: number;
};

async function change(
  access: CampaignAccess,
  step: RepairStep & { readonly listId: string },
  values: ListChange,
): Promise<undefined> {
  const result = await access.dataverse.send(changeList(step.listId, values));
  return mustBe(access, step, { error: errorOf(result), isDone: () => hasValues(access, step.listId, values) });
}

async function hasValues(access: CampaignAccess, listId: string, values: ListChange): Promise<boolean> {
  const list = marketingListFromRow(await access.dataverse.read(listQuery(listId)));
  if (values.listname !== undefined) return list.name === values.listname;
  return values.lockstatus === undefined ? list.isActive : list.isLocked === values.lockstatus;
}

async function isLinked(access: CampaignAccess, listId: string, campaignId: string): Promise<boolean> {
  const [result] = await access.dataverse.batch([listsCampaignsQuery(listId)]);
  return rowsOf(result).some((row) => campaignFromRow(row).id === campaignId);
}

/** By the action or, if it is not offered (U11), by the relationship. A missing link is a success. */
async function unlink(access: CampaignAccess, listId: string, campaignId: string): Promise<Error | undefined> {
  if (access.capabilities.current().removeItemCampaign) {
    const result = await access.dataverse.send(unlinkList(listId, campaignId));
    if (result.kind !== 'refused') return errorOf(result);
    const learned = learnedFrom({ what: 'RemoveItemCampaign' }, result.error, access.capabilities.current());
    if (learned === undefined) return result.error;
    access.capabilities.learn(learned);
  }
  return errorOf(await access.dataverse.send(unlinkListByRef(listId, campaignId)));
}

const errorOf = (result: OperationResult): Error | undefined => (result.kind === 'ok' ? undefined : result.error);

/** Waits between the reads that confirm a step: what was written a moment ago may not show yet (U22). */
const WAITS_MS = [300, 1000, 2000, 4000];

async function mustBe(
  access: CampaignAccess,
  { text }: RepairStep,
  { error, isDone }: { readonly error: Error | undefined; readonly isDone: () => Promise<boolean> },
): Promise<undefined> {
  if (await isDone()) return undefined;
  // What was refused does not come later.
  for (const wait of error instanceof DataverseError ? [] : WAITS_MS) {
    await access.clock.sleep(wait);
    if (await isDone()) return undefined;
  }
  throw new DataverseError('REPAIR_FAILED', `${text}: ${error?.message ?? 'the confirming reads do not show it.'}`, {
    hint: 'The steps before it are done. Run the same command again, or do this step in Dynamics.',
    cause: error,
  });
}

type Merge = Extract<RepairStep, { kind: 'merge' }>;

/** list.listname holds 128 characters. */
const MAX_NAME = 128;

/**
 * Moves the flow-added members from one own list to another, and renames the first so that it is no longer an own list. Members added by
 * others stay. A person is on both lists for a moment but never on neither, so nobody leaves the campaign.
 */
async function mergeList(context: StepContext, step: Merge): Promise<string> {
  const { access } = context;
  let moved = 0;
  let kept = 0;
  const members: ListMember[] = [];
  for await (const page of access.dataverse.pages(readMembersOfList(step.from.id)))
    members.push(...page.map(listMemberFromRow));
  for (const slice of slicesOf(members, MAX_MEMBERS_PER_CALL)) {
    const ours = oursAmong(context, slice);
    await moveMembers(context, step, ours);
    moved += ours.length;
    kept += slice.length - ours.length;
  }
  const name = `Former ${step.from.name}`.slice(0, MAX_NAME);
  await change(access, { ...step, listId: step.from.id }, { listname: name });
  return `${moved} moved, ${kept} added by others stay on it; its name is now "${name}".`;
}

function oursAmong({ addedBy, journal }: StepContext, members: readonly ListMember[]): readonly ListMember[] {
  const addedByJournal = knownAdditions({ journal }, addedBy, members);
  return members.filter((member) => isFlowAdded(member, { addedBy, addedByJournal }));
}

async function moveMembers(
  { access, journal }: StepContext,
  { from, into }: Merge,
  members: readonly ListMember[],
): Promise<void> {
  if (members.length === 0) return;
  const personOf = ({ personId }: ListMember) => ({ type: into.personType, id: personId, email: '' });
  const additions = members.map((member): Addition => {
    return { kind: 'add', person: personOf(member), list: into, creation: undefined };
  });
  const sentAt = access.dataverse.serverNow() ?? access.clock.now();
  const added = await writeWithoutIntents(access, additions);
  if (added.fatal !== undefined) throw added.fatal;
  const arrived = new Set(
    added.written.filter(({ result }) => result.kind === 'done').map(({ change }) => change.person.id),
  );
  const removals = members
    .filter((member) => arrived.has(member.personId))
    .map((member): Removal => ({ kind: 'remove', person: personOf(member), list: from, member }));
  const removed = await writeWithoutIntents(access, removals);
  // Rows whose creator does not name this user (U32) are known by the journal only.
  const arrivals = added.written.flatMap(({ result }) => (result.kind === 'done' ? (result.member ?? []) : []));
  const isNew = ({ createdOn }: ListMember): boolean => Date.parse(createdOn) >= sentAt - SERVER_CLOCKS_DIFFER_MS;
  const silent = arrivals.filter((member) => member.createdBy !== access.userId && isNew(member));
  const gone = removed.written.filter(({ result }) => result.kind === 'done');
  journal.moveAdditions(
    silent.map(additionId),
    gone.map(({ change }) => additionId(change.member)),
  );
  if (removed.fatal !== undefined) throw removed.fatal;
  const left = members.length - gone.length;
  if (left > 0) {
    throw new DataverseError(
      'REPAIR_FAILED',
      `${left} members of list "${from.name}" (${from.id}) could not be moved to "${into.name}".`,
      { hint: 'No one left the campaign. Run the same command again to continue.' },
    );
  }
}
