/** The run of `dyncamp sync repair`. */
import type { Context } from '../../context.ts';
import { readCampaignFacts } from '../../membership/campaign-facts.ts';
import { findOneCampaign } from '../../membership/find-campaign.ts';
import { openSession } from '../../membership/open-session.ts';
import { judgeOwnLists } from '../../membership/own-lists.ts';
import { addedByUsers, parseAddedBy } from '../../run/removals.ts';
import { sayWhere } from '../../run/report.ts';
import { plural } from '../../run/summary.ts';
import { carryOutStep, type StepContext } from '../../sync/carry-out-step.ts';
import { planRepair, type RepairPlan, type RepairStep } from '../../sync/plan-repair.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { confirm } from '../../terminal/prompt.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import { outputFormat } from '../output-options.ts';
import type { SyncRepairRequest } from './repair.ts';

type DoneStep = {
  readonly step: string;
  readonly text: string;
  readonly status: 'done' | 'skipped' | 'planned';
  readonly undo: string;
};

const COLUMNS = ['status', 'step', 'text', 'undo'];

export async function runSyncRepair(context: Context, { campaign, options }: SyncRepairRequest): Promise<number> {
  const { terminal, clock } = context;
  const named = parseAddedBy(options.addedBy ?? []);
  const { dataverse, connection } = await context.openDataverse();
  const opened = await openSession({ dataverse, clock, campaign, confirmOrganization: connection.confirmOrganization });
  await sayWhere(terminal, opened, connection);
  const { session } = opened;
  const unlinkFrom = new Set<string>();
  for (const other of options.unlinkFrom ?? []) unlinkFrom.add((await findOneCampaign(dataverse, other)).id);
  const plan = planRepair(opened.facts, judgeOwnLists(opened.facts), { unlinkFrom, unlock: options.unlock === true });
  for (const reason of plan.cannot) await warn(terminal, 'NOT_REPAIRED', reason);
  if (plan.steps.length === 0)
    await notice(
      terminal,
      'NOTHING_TO_REPAIR',
      plan.cannot.length === 0 ? 'Nothing has to be repaired.' : 'Nothing else has to be repaired.',
    );
  const journal = await context.openJournal(session.organizationId, dataverse.serverNow);
  const stepContext: StepContext = {
    session,
    addedBy: addedByUsers(named, session.userId, connection.flowUsers),
    journal,
  };
  const done = await goThrough(context, { plan, options, stepContext });
  await writeRows(terminal, { rows: done, columns: COLUMNS, format: outputFormat(options) });
  return isInOrder(done, plan, options.dryRun === true) ? leftOver(context, stepContext) : EXIT.problems;
}

type Going = {
  readonly plan: RepairPlan;
  readonly options: SyncRepairRequest['options'];
  readonly stepContext: StepContext;
};

async function goThrough(context: Context, { plan, options, stepContext }: Going): Promise<readonly DoneStep[]> {
  const done: DoneStep[] = [];
  for (const step of plan.steps) done.push(await take(context, step, { plan, options, stepContext }));
  return done;
}

async function take(context: Context, step: RepairStep, { options, stepContext }: Going): Promise<DoneStep> {
  const shown = { step: step.id, text: step.text, undo: '' };
  if (options.dryRun === true) return { ...shown, status: 'planned' };
  if (options.yes !== true && !(await confirm(context.terminal, { text: `${step.text}?`, flag: '--yes' })))
    return { ...shown, status: 'skipped' };
  const more = await carryOutStep(stepContext, step);
  await notice(
    context.terminal,
    'REPAIRED',
    `Done: ${step.text}.${more === undefined ? '' : ` ${more}`}`,
    `To undo: ${step.undo}`,
  );
  return { ...shown, undo: step.undo, status: 'done' };
}

function isInOrder(done: readonly DoneStep[], plan: RepairPlan, isDryRun: boolean): boolean {
  if (isDryRun) return plan.steps.length === 0 && plan.cannot.length === 0;
  return plan.cannot.length === 0 && done.every((step) => step.status === 'done');
}

/** After the last step the server is read once more: what is still wrong is said, not assumed away. */
async function leftOver(context: Context, { session }: StepContext): Promise<number> {
  const lists = judgeOwnLists(await readCampaignFacts(session));
  for (const problem of lists.problems) await warn(context.terminal, problem.code, problem.message, problem.hint);
  if (lists.problems.length === 0) return EXIT.done;
  await notice(
    context.terminal,
    'LEFT_OVER',
    `${plural(lists.problems.length, 'problem')} left; run the same command again.`,
  );
  return EXIT.problems;
}
