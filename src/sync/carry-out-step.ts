/** Does one step of a repair and reads back whether it took. Every step may be repeated: what is done already is success. */

import type { OperationResult } from '../dataverse/operation.ts';
import { DataverseError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { readCampaignFacts } from '../membership/campaign-facts.ts';
import { listQuery, listsCampaignsQuery } from '../membership/campaign-queries.ts';
import { ensureOwnLists, linkOwnList } from '../membership/ensure-own-lists.ts';
import { type CampaignFacts, judgeOwnLists } from '../membership/own-lists.ts';
import type { AddedBy } from '../membership/plan-removals.ts';
import { rowsOf } from '../membership/rows-of.ts';
import type { Session } from '../membership/session.ts';
import { campaignFromRow, marketingListFromRow } from '../membership/wire.ts';
import { changeList, unlinkList, unlinkListByRef } from '../membership/write-operations.ts';
import { mergeList } from './merge-list.ts';
import type { RepairStep } from './plan-repair.ts';

export type StepContext = {
  readonly session: Session;
  /** Whose members a merge may move. */
  readonly addedBy: AddedBy;
  readonly journal: Pick<Journal, 'addedByUs'>;
};

/** What was done, beyond the step's own text; throws when it was refused or a read does not show it. */
export async function carryOutStep(context: StepContext, step: RepairStep): Promise<string | undefined> {
  const { session } = context;
  switch (step.kind) {
    case 'link':
      return mustBe(
        await linkOwnList(session, step.listId),
        () => isLinked(session, step.listId, session.campaignId),
        step,
      );
    case 'unlink':
      return mustBe(
        await unlink(session, step.listId, step.campaignId),
        async () => !(await isLinked(session, step.listId, step.campaignId)),
        step,
      );
    case 'rename':
      return change(session, step, { listname: step.name });
    case 'unlock':
      return change(session, step, { lockstatus: false });
    case 'activate':
      return change(session, step, { statecode: 0, statuscode: 0 });
    case 'make': {
      const facts: CampaignFacts = await readCampaignFacts(session);
      await ensureOwnLists(session, { facts, lists: judgeOwnLists(facts) }, [step.personType]);
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
  session: Session,
  step: RepairStep & { readonly listId: string },
  values: ListChange,
): Promise<undefined> {
  const result = await session.dataverse.send(changeList(step.listId, values));
  return mustBe(errorOf(result), () => hasValues(session, step.listId, values), step);
}

async function hasValues(session: Session, listId: string, values: ListChange): Promise<boolean> {
  const list = marketingListFromRow(await session.dataverse.read(listQuery(listId)));
  if (values.listname !== undefined) return list.name === values.listname;
  return values.lockstatus === undefined ? list.isActive : list.isLocked === values.lockstatus;
}

async function isLinked(session: Session, listId: string, campaignId: string): Promise<boolean> {
  const [result] = await session.dataverse.batch([listsCampaignsQuery(listId)]);
  return rowsOf(result).some((row) => campaignFromRow(row).id === campaignId);
}

/** U11: the action may not be offered; then the relationship itself. An absent link is what was wanted. */
async function unlink(session: Session, listId: string, campaignId: string): Promise<Error | undefined> {
  const result = await session.dataverse.send(unlinkList(listId, campaignId));
  if (result.kind === 'refused' && result.error.status === 404)
    return errorOf(await session.dataverse.send(unlinkListByRef(listId, campaignId)));
  return errorOf(result);
}

const errorOf = (result: OperationResult): Error | undefined => (result.kind === 'ok' ? undefined : result.error);

/** The read decides; the refusal explains. */
async function mustBe(error: Error | undefined, isDone: () => Promise<boolean>, step: RepairStep): Promise<undefined> {
  if (await isDone()) return undefined;
  throw new DataverseError('REPAIR_FAILED', `${step.text}: ${error?.message ?? 'a read does not show it.'}`, {
    hint: 'What was done before stays done. Run the same command again, or do it in Dynamics.',
    cause: error,
  });
}
