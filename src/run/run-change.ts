/** The course of every command that changes a campaign. Its strategy decides what is done for a batch. */

import type { BatchResult } from '../change/batch-result.ts';
import { DyncampError, TemporaryError } from '../errors.ts';
import { type Outcome, TAKEN_AGAIN } from '../input/outcome.ts';
import { BEAT_MS } from '../journal/journal.ts';
import { combineExitCodes, EXIT } from '../terminal/exit-codes.ts';
import { reportError, warn } from '../terminal/report-error.ts';
import { StoppedAtQuestionError, type Terminal } from '../terminal/terminal.ts';
import { isStopped } from '../transport/waiting.ts';
import { wordsToPaste } from './command-line.ts';
import type { Context } from './context.ts';
import { startCounting } from './counts.ts';
import { openRun } from './open-run.ts';
import { runPass } from './pipeline.ts';
import { every } from './progress.ts';
import { recover, recoverTheRest, reportUndelivered } from './recover.ts';
import type { ChangeRequest } from './request.ts';
import type { WrittenFile } from './results/file-beside.ts';
import { errorCodeOf, type ReportWriter, withReport } from './results/report-file.ts';
import { stopCodeOf, stopperOf } from './signals.ts';
import type { OpenRun, Strategy } from './strategy.ts';
import { type RunSummary, reportOfRun, reportReaderGone, reportResult, reportUnfinished } from './summary.ts';

/** Gives the exit code. Throws an error that stops the command before the run begins. */
export function runChange(context: Context, request: ChangeRequest, strategy: Strategy): Promise<number> {
  return withReport(context, request, (reportFile) => changePeople(context, request, strategy, reportFile));
}

/** For a command that opens its report itself, because it has to read something first. */
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

/** A server's message may repeat secrets. The input's own columns stay as they are, because the file is read back. */
function withoutSecrets(outcome: Outcome, redact: (text: string) => string): Outcome {
  const { code, message, addedBy } = outcome;
  if (code === undefined && message === undefined && addedBy === undefined) return outcome;
  const safe = (text: string | undefined): string | undefined => (text === undefined ? text : redact(text));
  return { ...outcome, code: safe(code), message: safe(message), addedBy: safe(addedBy) };
}

/** `failure`: what stopped the run. The last event is written late, because only a write shows that the reader went away. Gives the exit code. */
async function endRun(run: OpenRun, failure: unknown): Promise<number> {
  const { context, session, delivery, intake, isDryRun } = run;
  const { terminal } = context;
  const codes = await codesOf(run, failure);
  await delivery.sumUp();
  if (intake.closedBy() === 'signal') codes.push(stopCodeOf(context.stop.reason) ?? EXIT.stopped);
  const results = await run.results?.finish();
  const { options } = run.request;
  const summary: RunSummary = {
    ...run,
    ...run.request,
    failure,
    words: wordsToPaste(context.words),
    closedBy: intake.closedBy(),
    stoppedBy: intake.closedBy() === 'signal' ? stopperOf(context.stop.reason) : undefined,
    inputTotal: run.total(),
    options: { ...options, results: results?.placed?.path },
    runId: session.runJournal.id,
    counts: run.counter.current(),
    elapsedMs: context.clock.now() - run.startedAt,
    traffic: session.dataverse.traffic(),
  };
  // After an error, "0 people in 0.3 s" would tell the user nothing.
  if (summary.counts.total > 0 || !isFailure(failure)) codes.push(await reportResult(terminal, summary));
  codes.push(...(await reportWritten(terminal, options.results, results)));
  const notWritten = session.runJournal.failure();
  const isSaid = failure instanceof DyncampError && failure.code === notWritten?.code;
  if (notWritten !== undefined && !isSaid) codes.push(await reportError(terminal, notWritten));
  const writeReport = async (): Promise<void> => {
    const exitCode = combineExitCodes(codes);
    const why = [failure, results?.failure, session.runJournal.failure(), delivery.failure()].find(isFailure);
    const errorCode = why === undefined ? codeOfResult(exitCode, summary) : errorCodeOf(why);
    const fields = reportOfRun(summary, { undelivered: undeliveredOf(run), exitCode, errorCode });
    codes.push(...(await reportWritten(terminal, options.report, await run.reportFile?.write(fields))));
  };
  if (!delivery.isClosed) await writeReport();
  await delivery.finish();
  if (delivery.isClosed) {
    codes.push(await closedCode(run));
    // A second time, because the first report has another exit code.
    await writeReport();
  }
  if (!isDryRun) await reportUndelivered(run);
  const exitCode = combineExitCodes(codes);
  await reportUnfinished(terminal, summary, { undelivered: undeliveredOf(run), exitCode });
  // The lock is held until here, so that no other run delivers this run's events.
  session.runJournal.finish({ exitCode, status: isFinished(run, codes) ? 'finished' : 'stopped' });
  return exitCode;
}

/** The summary reports a stop by a signal or a limit. */
async function codesOf({ context, intake }: OpenRun, failure: unknown): Promise<number[]> {
  if (failure instanceof StoppedAtQuestionError) intake.close('signal');
  if (!isFailure(failure)) return [];
  const code = await reportError(context.terminal, failure);
  return failure instanceof DyncampError ? [code] : [code, EXIT.fault];
}

/** A run that was stopped did not fail. */
const isFailure = (error: unknown): boolean =>
  error !== undefined && stopCodeOf(error) === undefined && !isStopped(error);

function codeOfResult(exitCode: number, { closedBy }: RunSummary): string | null {
  if (exitCode === EXIT.somePeopleFailed) return 'SOME_FAILED';
  if (exitCode === EXIT.readerGone) return 'READER_GONE';
  if (exitCode !== EXIT.temporary) return null;
  return closedBy === 'max-duration' ? 'MAX_DURATION' : 'OPEN';
}

function undeliveredOf({ session: { journal, runJournal }, delivery, isDryRun }: OpenRun): number {
  if (isDryRun || (!delivery.isClosed && runJournal.failure() === undefined)) return 0;
  let count = 0;
  for (const _ of journal.events({ runId: runJournal.id, delivered: false })) count += 1;
  return count;
}

/** A file that could not be put in its place is only a warning: everything is in it. */
async function reportWritten(
  terminal: Terminal,
  wanted: string | undefined,
  { placed, failure }: WrittenFile = {},
): Promise<readonly number[]> {
  if (placed?.why !== undefined)
    await warn(
      terminal,
      'FILE_KEPT',
      `Could not replace ${wanted}: ${placed.why}. All of it is in ${placed.path}.`,
      'Close the program that has it open, or move away what is there, then rename the file.',
    );
  if (failure === undefined) return [];
  const kept = placed === undefined ? '' : `What could be written is kept in ${placed.path}. `;
  const hint = `${kept}Free some space, then run the same command again: people who are done are skipped.`;
  return [await reportError(terminal, new TemporaryError(failure.code, failure.message, { hint, cause: failure }))];
}

/** Tells a reader that went away from a write that failed, such as to a full disk. */
async function closedCode({ context, session, delivery, intake }: OpenRun): Promise<number> {
  const failure = delivery.failure();
  if (failure !== undefined) return reportError(context.terminal, failure);
  await reportReaderGone(context.terminal, {
    runId: session.runJournal.id,
    isEarly: intake.closedBy() === 'reader-gone',
  });
  return EXIT.readerGone;
}

/** Otherwise a repeated command continues the run, and reports its changes as its own. */
function isFinished({ intake }: OpenRun, codes: readonly number[]): boolean {
  return (
    !intake.signal.aborted &&
    codes.every((code) => code === EXIT.done || code === EXIT.somePeopleFailed || code === EXIT.input)
  );
}
