/**
 * The end of a run: what came of it is said, results and report are put in their places, then the last event is written, then the journal
 * gets the run's end. In this order, because a reader that went away shows only when something is written to it.
 */
import type { Context } from '../context.ts';
import type { Run } from '../journal/journal.ts';
import { StoppedError, signalExitCode } from '../stopping.ts';
import { combineExitCodes, EXIT } from '../terminal/exit-codes.ts';
import { reportError } from '../terminal/report-error.ts';
import type { EventTeller } from './deliver.ts';
import type { RunEnding } from './ending.ts';
import type { RunFiles } from './files.ts';
import { type RunSummary, sayReaderGone, sayResult } from './report.ts';

export type EndingRun = {
  readonly summary: RunSummary;
  readonly run: Run;
  readonly teller: EventTeller;
  readonly files: RunFiles;
  readonly ending: RunEnding;
  /** Of what went wrong so far. */
  readonly codes: readonly number[];
};

/** Gives the exit code. */
export async function endRun(context: Context, ended: EndingRun): Promise<number> {
  const { summary, run, teller, files, ending } = ended;
  const codes = [...ended.codes];
  if (ending.reason() === 'signal') codes.push(stopCode(context));
  codes.push(await sayResult(context.terminal, { ...summary, ending }));
  if (teller.isClosed) codes.push(await closedCode(context, ended));
  await files.finish({ ...summary, exitCode: combineExitCodes(codes) });
  const wasOpen = !teller.isClosed;
  await teller.finish();
  if (wasOpen && teller.isClosed) {
    codes.push(await closedCode(context, ended));
    await files.correctReport({ ...summary, exitCode: combineExitCodes(codes) });
  }
  // Until here its lock is held: no other run tells what this one is about to.
  run.finish({ exitCode: combineExitCodes(codes), status: isFinished(codes, ending) ? 'finished' : 'stopped' });
  return combineExitCodes(codes);
}

/** A reader that went away is one thing, a disk that is full behind `>` another. */
async function closedCode({ terminal }: Context, { teller, summary, ending }: EndingRun): Promise<number> {
  const failure = await teller.failure();
  if (failure !== undefined) return reportError(terminal, failure);
  await sayReaderGone(terminal, { runId: summary.runId, isEarly: ending.reason() === 'reader-gone' });
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
