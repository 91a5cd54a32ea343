/** `dyncamp sync repair CAMPAIGN`: repairs what `sync check` finds, if it can be repaired; asks first. */
import type { Command } from 'commander';
import type { CampaignAccess } from '../../campaign/access.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/counts.ts';
import type { StepContext } from '../../sync/repair.ts';
import type { RepairPlan, RepairStep } from '../../sync/repair-steps.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { confirm } from '../../terminal/prompt.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import { safeText } from '../../terminal/safe-text.ts';
import type { Output } from '../../terminal/terminal.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { addOutputOptions, type OutputOptions, outputFormat } from '../listing.ts';
import { commaList } from '../options.ts';

type SyncRepairOptions = OutputOptions & {
  /** Campaigns that own lists may be unlinked from. Not implied by --yes. */
  readonly unlinkFrom?: readonly string[] | undefined;
  /** Not implied by --yes. */
  readonly unlock?: boolean | undefined;
  readonly addedBy?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
};

const AFTER = `
Links a detached own list again, restores its name, merges duplicate lists
(moving only members that dyncamp or Marketo added), activates an inactive list,
and gives a copied campaign its own pair of lists. Asks before each step, checks
its result, and prints how to undo it. The exit code is 10 if problems remain
that it cannot fix.

Examples:
  $ dyncamp sync repair "Roadshow"
  $ dyncamp sync repair "Trade Fair Berlin" --unlock --yes
  $ dyncamp sync repair "Product Day" --unlink-from "Product Day Copy"`;

export function define(command: Command, context: Context): void {
  command
    .argument('<campaign>', 'id, code or name')
    .option('--unlink-from <campaigns>', 'unlink own lists from these other campaigns (comma-separated)', commaList)
    .option('--unlock', 'unlock own lists that are locked')
    .option('--added-by <users>', 'also move members added by these users: ids, or anyone', commaList)
    .option('--dry-run', 'show the steps, change nothing')
    .option('--yes', 'do not ask before each step');
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action((campaign: string, options: SyncRepairOptions) => context.endWith(syncRepair(context, campaign, options)));
}

type StepRow = {
  readonly status: 'done' | 'skipped' | 'planned';
  readonly step: string;
  readonly text: string;
  readonly undo: string;
};

const COLUMNS = ['status', 'step', 'text', 'undo'];

async function syncRepair(context: Context, campaign: string, options: SyncRepairOptions): Promise<number> {
  const { addedByUsers, parseAddedBy } = await import('../../run/removals.ts');
  const { findOneCampaign } = await import('../../campaign/find.ts');
  const { classifyOwnLists } = await import('../../campaign/own-lists.ts');
  const { connectToCampaign } = await import('../../run/connect-campaign.ts');
  const { planRepair } = await import('../../sync/repair.ts');
  const { terminal } = context;
  const named = parseAddedBy(options.addedBy ?? []);
  const { opened, connection } = await connectToCampaign(context, campaign);
  const { access } = opened;
  const { dataverse } = access;
  const unlinkFrom = new Set<string>();
  for (const other of options.unlinkFrom ?? []) unlinkFrom.add((await findOneCampaign(dataverse, other)).id);
  const plan = planRepair(opened.facts, classifyOwnLists(opened.facts), {
    unlinkFrom,
    unlock: options.unlock === true,
  });
  await reportPlan(context, plan);
  const addedBy = addedByUsers(named, access.userId, connection.flowUsers);
  const journal = await context.openJournal(access.organizationId, dataverse.serverNow);
  const format = outputFormat(options, terminal);
  const rows: StepRow[] = [];
  for (const step of plan.steps) {
    const { row, more } = await takeStep(context, { access, addedBy, journal }, step, options);
    rows.push(row);
    const text = `${row.text}.${more === undefined ? '' : ` ${more}`}`;
    // A table would cut the sentences: people get them whole, as they come.
    if (format === 'table') await terminal.stdout.write(stepLines({ ...row, text }, terminal.stdout));
    else if (row.status === 'done') await notice(terminal, 'REPAIRED', `Done: ${text}`, `To undo: ${row.undo}`);
  }
  if (format !== 'table') await writeRows(terminal, { rows, columns: COLUMNS, format });
  if (plan.cannot.length > 0 || rows.some(({ status }) => status !== 'done')) return EXIT.problems;
  return reportLeftOver(context, access);
}

async function reportPlan({ terminal }: Context, plan: RepairPlan): Promise<void> {
  for (const reason of plan.cannot) await warn(terminal, 'NOT_REPAIRED', reason);
  if (plan.steps.length > 0) return;
  const what = plan.cannot.length === 0 ? 'Nothing' : 'Nothing else';
  await notice(terminal, 'NOTHING_TO_REPAIR', `${what} to repair.`);
}

async function takeStep(
  { terminal }: Context,
  stepContext: StepContext,
  step: RepairStep,
  options: SyncRepairOptions,
): Promise<{ readonly row: StepRow; readonly more?: string | undefined }> {
  const { carryOutStep } = await import('../../sync/repair.ts');
  const shown = { step: step.id ?? step.kind, text: step.text, undo: '' };
  if (options.dryRun === true) return { row: { ...shown, status: 'planned' } };
  if (options.yes !== true && !(await confirm(terminal, { text: `${step.text}?`, flag: '--yes' })))
    return { row: { ...shown, status: 'skipped' } };
  const more = await carryOutStep(stepContext, step);
  return { row: { ...shown, undo: step.undo, status: 'done' }, more };
}

/** `planned` and the like before the sentence, and how to undo it below. */
export function stepLines({ status, text, undo }: Omit<StepRow, 'step'>, { columns }: Pick<Output, 'columns'>): string {
  const indent = ' '.repeat(STATUS_COLUMNS);
  const lines = [text, ...(undo === '' ? [] : [`To undo: ${undo}`])].flatMap((each) =>
    wrapText(safeText(each), columns - STATUS_COLUMNS),
  );
  return `${lines.map((line, place) => (place === 0 ? status.padEnd(STATUS_COLUMNS) : indent) + line).join('\n')}\n`;
}

/** `skipped` and a gap. */
const STATUS_COLUMNS = 9;

/** Reads the server again after the last step and reports the remaining problems. */
async function reportLeftOver({ terminal }: Context, access: CampaignAccess): Promise<number> {
  const { readCampaignFacts } = await import('../../campaign/facts.ts');
  const { classifyOwnLists, remedyOf } = await import('../../campaign/own-lists.ts');
  const facts = await readCampaignFacts(access);
  const { problems } = classifyOwnLists(facts);
  for (const problem of problems)
    await warn(terminal, problem.code, problem.message, remedyOf(facts, problem, `id:${access.campaignId}`));
  if (problems.length === 0) return EXIT.done;
  await notice(terminal, 'LEFT_OVER', `${plural(problems.length, 'problem')} left. Run the same command again.`);
  return EXIT.problems;
}
