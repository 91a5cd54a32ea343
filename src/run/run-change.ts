/**
 * The course of every command that changes a campaign: open the run, recover what interrupted runs left, work on the people batch by batch,
 * deliver events, write results, sum up. What a batch means is the plan's.
 */

import type { BatchReport } from '../change/batch-report.ts';
import { DyncampError } from '../errors.ts';
import { type Outcome, TAKEN_AGAIN } from '../input/outcome.ts';
import { BEAT_MS, type FailedRow } from '../journal/journal.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { InterruptedError } from '../terminal/prompt.ts';
import { reportError, warn } from '../terminal/report-error.ts';
import { isStopped } from '../transport/waiting.ts';
import type { Context } from './context.ts';
import { endRun } from './end-run.ts';
import { openRun } from './open-run.ts';
import { runPass } from './pipeline.ts';
import type { OpenRun, Plan } from './plan.ts';
import { every } from './progress.ts';
import { recover, recoverTheRest } from './recover.ts';
import type { ChangeRequest } from './request.ts';
import { type ReportWriter, withReport } from './results/report-file.ts';
import { startCounting } from './summary.ts';

/** Gives the exit code. Throws what stops the command before anything is done. */
export function runChange(context: Context, request: ChangeRequest, plan: Plan): Promise<number> {
  return withReport(context, request, (reportFile) => changePeople(context, request, plan, reportFile));
}

/** For a command that has something to find out before it can tell what to change. */
export async function changePeople(
  context: Context,
  request: ChangeRequest,
  plan: Plan,
  reportFile: ReportWriter | undefined,
): Promise<number> {
  const run = await openRun(context, request, plan, reportFile);
  const stopBeating = every(BEAT_MS, context.clock, () => run.session.run.beat());
  const warned = new Set<string>();
  let failure: unknown;
  try {
    if (!run.isDryRun) await recover(run);
    for await (const pass of run.passes()) {
      for await (const report of runPass(run, pass)) await takeReport(run, report, warned);
    }
    if (!run.isDryRun) await recoverTheRest(run);
  } catch (error) {
    failure = error;
  } finally {
    await stopBeating();
  }
  const codes = failure === undefined ? [] : await codesOf(run, failure);
  return endRun(run, { codes, failure });
}

/** What a batch came to: warnings once each, events to stdout, outcomes counted and into the results. */
async function takeReport(run: OpenRun, report: BatchReport, warned: Set<string>): Promise<void> {
  const { context, session, ending, delivery, files, origin, counter, isDryRun } = run;
  if (report.fatal !== undefined) ending.noteInputEnd();
  for (const message of report.warnings) {
    if (!warned.has(message)) await warn(context.terminal, 'CAMPAIGN', message);
    warned.add(message);
  }
  if (!(await delivery.deliver(report.events))) ending.end('reader-gone');
  const batch = startCounting();
  for (const outcome of report.outcomes) {
    counter.add(outcome);
    batch.add(outcome);
    if (files.hasResults) await files.write(isDryRun ? { ...outcome, dryRun: true } : outcome, origin);
  }
  if (files.failure() !== undefined) ending.end('file-failed');
  const failed = report.outcomes.filter(({ outcome }) => TAKEN_AGAIN.has(outcome));
  session.run.count(batch.current().outcomes, failed.map(failedRow(context.terminal.redact)));
}

/** What `runs show --failed` gives again. */
const failedRow =
  (redact: (text: string) => string) =>
  ({ place, outcome, code, message }: Outcome): FailedRow => ({
    ...place,
    outcome,
    code: code === undefined ? undefined : redact(code),
    message: message === undefined ? undefined : redact(message),
  });

async function codesOf({ context, ending }: OpenRun, error: unknown): Promise<readonly number[]> {
  if (error instanceof InterruptedError) {
    ending.end('signal');
    return [];
  }
  // Why the run ended is said by the run itself.
  if (isStopped(error)) return [];
  const code = await reportError(context.terminal, error);
  return error instanceof DyncampError ? [code] : [code, EXIT.fault];
}
