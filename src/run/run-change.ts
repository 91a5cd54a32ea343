/**
 * The course of every command that changes a campaign: open the run, recover what ended runs left, work on the people batch by batch,
 * deliver events, write results, sum up. What a batch means is the command's strategy.
 */

import type { BatchResult } from '../change/batch-result.ts';
import { type Outcome, TAKEN_AGAIN } from '../input/outcome.ts';
import { BEAT_MS } from '../journal/journal.ts';
import { warn } from '../terminal/report-error.ts';
import type { Context } from './context.ts';
import { startCounting } from './counts.ts';
import { endRun } from './end-run.ts';
import { openRun } from './open-run.ts';
import { runPass } from './pipeline.ts';
import { every } from './progress.ts';
import { recover, recoverTheRest } from './recover.ts';
import type { ChangeRequest } from './request.ts';
import { type ReportWriter, withReport } from './results/report-file.ts';
import type { OpenRun, Strategy } from './strategy.ts';

/** Gives the exit code. Throws what stops the command before anything is done. */
export function runChange(context: Context, request: ChangeRequest, strategy: Strategy): Promise<number> {
  return withReport(context, request, (reportFile) => changePeople(context, request, strategy, reportFile));
}

/** For a command that has something to find out before it can tell what to change. */
export async function changePeople(
  context: Context,
  request: ChangeRequest,
  strategy: Strategy,
  reportFile: ReportWriter | undefined,
): Promise<number> {
  const run = await openRun(context, request, strategy, reportFile);
  const { prepared, rows, total } = run;
  const stopBeating = every(BEAT_MS, context.clock, () => run.session.runJournal.beat());
  const warned = new Set<string>();
  let failure: unknown;
  try {
    if (!run.isDryRun) await recover(run);
    const passes = 'passes' in prepared ? prepared.passes(run) : [{ rows, total, work: prepared.work }];
    for await (const pass of passes)
      for await (const result of runPass(run, pass)) await takeResult(run, result, warned);
    if (!run.isDryRun) await recoverTheRest(run);
  } catch (error) {
    failure = error;
  } finally {
    await stopBeating();
  }
  return endRun(run, failure);
}

/** What a batch came to: warnings once each, events to stdout, outcomes counted and into the results. */
async function takeResult(run: OpenRun, result: BatchResult, warned: Set<string>): Promise<void> {
  const { context, session, intake, delivery, results, origin, counter, isDryRun } = run;
  if (result.fatal !== undefined) intake.noteInputEnd();
  for (const message of result.warnings) {
    if (!warned.has(message)) await warn(context.terminal, 'CAMPAIGN', message);
    warned.add(message);
  }
  if (!(await delivery.deliver(result.events))) intake.close('reader-gone');
  const batch = startCounting();
  const outcomes = result.outcomes.map((outcome) => withoutSecrets(outcome, context.terminal.redact));
  for (const outcome of outcomes) {
    counter.add(outcome);
    batch.add(outcome);
    if (results !== undefined) await results.write(isDryRun ? { ...outcome, dryRun: true } : outcome, origin);
  }
  if (results?.failure() !== undefined) intake.close('file-failed');
  const failed = outcomes.filter(({ outcome }) => TAKEN_AGAIN.has(outcome));
  session.runJournal.count(
    batch.current().outcomes,
    failed.map(({ place, outcome, code, message }) => ({ ...place, outcome, code, message })),
  );
}

/** What a server says may repeat what it was sent. The input's own columns are kept as they are: the file is read back. */
function withoutSecrets(outcome: Outcome, redact: (text: string) => string): Outcome {
  const { code, message, addedBy } = outcome;
  if (code === undefined && message === undefined && addedBy === undefined) return outcome;
  const safe = (text: string | undefined): string | undefined => (text === undefined ? text : redact(text));
  return { ...outcome, code: safe(code), message: safe(message), addedBy: safe(addedBy) };
}
