/**
 * The end of a run: what came of it is said, results and report are put in their places, then the last event is written, then the journal
 * gets the run's end. In this order, because a reader that went away shows only when something is written to it.
 */

import { DyncampError, TemporaryError } from '../errors.ts';
import { combineExitCodes, EXIT } from '../terminal/exit-codes.ts';
import { reportError, warn } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { isStopped } from '../transport/waiting.ts';
import { wordsToPaste } from './command-line.ts';
import type { Context } from './context.ts';
import type { RunEnding } from './ending.ts';
import type { FileEnd, RunFiles } from './files.ts';
import type { OpenRun } from './plan.ts';
import { reportUndelivered } from './recover.ts';
import { type RunEnd, type RunSummary, reportReaderGone, reportResult, reportUnfinished } from './report.ts';
import { errorCodeOf } from './results/report-file.ts';
import { StoppedError, signalExitCode, stopCodeOf, stopperOf } from './stopping.ts';

export type Ended = {
  /** Exit codes of what went wrong so far, and was reported. */
  readonly codes: readonly number[];
  /** What the run ended with, if it was an error. */
  readonly failure: unknown;
};

/** Gives the exit code. */
export async function endRun(run: OpenRun, ended: Ended): Promise<number> {
  const { context, request, opened, session, delivery, files, ending, counter, isDryRun } = run;
  const { terminal } = context;
  const codes = [...ended.codes];
  await delivery.sumUp();
  if (ending.reason() === 'signal') codes.push(stopCode(context));
  const results = await files.finishResults();
  const { command, options } = request;
  const summary: RunSummary = {
    ...{ command, opened, isDryRun },
    words: wordsToPaste(context.words),
    people: request.people,
    usesStdin: run.usesStdin,
    stoppedBy: ending.reason() === 'signal' ? stopperOf(context.stop.reason) : undefined,
    failure: ended.failure,
    inputTotal: run.total(),
    options: { ...options, results: results.placed?.path },
    runId: session.run.id,
    counts: counter.current(),
    elapsedMs: context.clock.now() - run.startedAt,
    traffic: session.dataverse.traffic(),
  };
  // After an error nobody wants to read that 0 people were worked on in 0.3 s.
  if (summary.counts.total > 0 || !isFailure(ended.failure))
    codes.push(await reportResult(terminal, { ...summary, ending }));
  codes.push(...(await reportFile(terminal, options.results, results)));
  codes.push(...(await reportJournal(run, ended)));
  const report = async (): Promise<void> => {
    const exitCode = combineExitCodes(codes);
    const failure = [ended.failure, results.failure, session.run.failure(), delivery.failure()].find(isFailure);
    const errorCode = failure === undefined ? codeOfResult(exitCode, ending) : errorCodeOf(failure);
    const end = { undelivered: undeliveredOf(run), exitCode, errorCode };
    codes.push(...(await writeReport(terminal, files, { ...summary, ...end })));
  };
  if (!delivery.isClosed) await report();
  await delivery.finish();
  if (delivery.isClosed) {
    codes.push(await closedCode(run));
    await report();
  }
  if (!isDryRun) await reportUndelivered(run);
  await reportUnfinished(terminal, { ...summary, undelivered: undeliveredOf(run), exitCode: combineExitCodes(codes) });
  // Until here its lock is held: no other run delivers what this one is about to deliver.
  session.run.finish({
    exitCode: combineExitCodes(codes),
    status: isFinished(codes, ending) ? 'finished' : 'stopped',
  });
  return combineExitCodes(codes);
}

/** Being stopped is no failure. */
const isFailure = (error: unknown): boolean =>
  error !== undefined && stopCodeOf(error) === undefined && !isStopped(error);

/** The code of what is said about a result that is no error. */
function codeOfResult(exitCode: number, ending: RunEnding): string | null {
  if (exitCode === EXIT.somePeopleFailed) return 'SOME_FAILED';
  if (exitCode === EXIT.readerGone) return 'READER_GONE';
  if (exitCode !== EXIT.temporary) return null;
  return ending.reason() === 'max-duration' ? 'MAX_DURATION' : 'OPEN';
}

/** Events of the run that nobody took, or that the journal could not mark as taken: they come out again. */
function undeliveredOf({ session: { journal, run }, delivery, isDryRun }: OpenRun): number {
  if (isDryRun || (!delivery.isClosed && run.failure() === undefined)) return 0;
  let count = 0;
  for (const _ of journal.events({ runId: run.id, delivered: false })) count += 1;
  return count;
}

function writeReport(terminal: Terminal, files: RunFiles, summary: RunSummary & RunEnd): Promise<readonly number[]> {
  return files.writeReport(summary).then((report) => reportFile(terminal, summary.options.report, report));
}

/** A file that is kept elsewhere is no failure of the run: everything is in it. */
async function reportFile(
  terminal: Terminal,
  wanted: string | undefined,
  { placed, failure }: FileEnd,
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

/** Unless it is what ended the run, and was said then. */
async function reportJournal({ context, session }: OpenRun, ended: Ended): Promise<readonly number[]> {
  const failure = session.run.failure();
  if (failure === undefined || isSame(failure, ended.failure)) return [];
  return [await reportError(context.terminal, failure)];
}

const isSame = (failure: DyncampError, error: unknown): boolean =>
  error instanceof DyncampError && error.code === failure.code;

/** A reader that went away is one thing, a disk that is full behind `>` another. */
async function closedCode({ context, session, delivery, ending }: OpenRun): Promise<number> {
  const failure = delivery.failure();
  if (failure !== undefined) return reportError(context.terminal, failure);
  await reportReaderGone(context.terminal, { runId: session.run.id, isEarly: ending.reason() === 'reader-gone' });
  return EXIT.readerGone;
}

/** So that the journal and the report know what the process ends with. */
function stopCode({ stop }: Context): number {
  const { reason } = stop;
  return reason instanceof StoppedError ? signalExitCode(reason.signal) : EXIT.interrupted;
}

/** A run that a repetition has to continue is not finished: its changes are reported as the repeated command's own. */
function isFinished(codes: readonly number[], ending: RunEnding): boolean {
  return (
    !ending.signal.aborted &&
    codes.every((code) => code === EXIT.done || code === EXIT.somePeopleFailed || code === EXIT.input)
  );
}
