/**
 * The files that a run leaves behind if it is asked to: --results and --report. Opened before anything is done. Once people were worked
 * on, a disk that takes no more ends the run in good order: what was done is still said, and the rows that exist are kept.
 */

import { DyncampError } from '../errors.ts';
import type { Outcome, ResultsOrigin } from '../input/outcome.ts';
import { type RunEnd, type RunSummary, reportOfRun } from './report.ts';
import type { PeopleCommandOptions } from './request.ts';
import type { Placed } from './results/file-beside.ts';
import { openResults } from './results/open-results.ts';
import type { ReportWriter } from './results/report-file.ts';

/** Where a file is at the end, and what went wrong with it. */
export type FileEnd = { readonly placed: Placed | undefined; readonly failure: DyncampError | undefined };

export type RunFiles = {
  readonly hasResults: boolean;
  /** Does not throw when the disk fails: `failure` gives the error, and the row is tried again with the next one. */
  write(outcome: Outcome, origin: ResultsOrigin): Promise<void>;
  /** Why rows could not be written; the run is to be ended. */
  failure(): DyncampError | undefined;
  finishResults(): Promise<FileEnd>;
  /** May be called again, when the run ended otherwise than the first one says. */
  writeReport(summary: RunSummary & RunEnd): Promise<FileEnd>;
  /** Before anything was begun: leaves no results behind. */
  abandon(): Promise<void>;
};

const NO_FILE: FileEnd = { placed: undefined, failure: undefined };

export type RunFilesOptions = {
  readonly runId: string;
  /** Files that the run reads. */
  readonly inputs: readonly string[];
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Of --report. */
  readonly report: ReportWriter | undefined;
};

export async function openRunFiles(
  options: Pick<PeopleCommandOptions, 'results'>,
  { runId, inputs, redact, report }: RunFilesOptions,
): Promise<RunFiles> {
  const results = options.results === undefined ? undefined : await openResults(options.results, { runId, inputs });
  let failure: DyncampError | undefined;
  return {
    hasResults: results !== undefined,
    async write(outcome, origin) {
      failure ??= (await attempt(results?.write(withoutSecrets(outcome, redact), origin))).failure;
    },
    failure: () => failure,
    async finishResults() {
      if (results === undefined) return NO_FILE;
      const finished = await attempt(results.finish());
      return {
        placed: finished.value ?? { path: await results.keep() },
        failure: failure ?? finished.failure,
      };
    },
    async writeReport(summary) {
      const written = await attempt(report?.write(reportOfRun(summary)));
      return { placed: written.value, failure: written.failure };
    },
    async abandon() {
      await results?.abandon();
    },
  };
}

type Attempted<T> = { readonly value: T | undefined; readonly failure: DyncampError | undefined };

async function attempt<T>(work: Promise<T> | undefined): Promise<Attempted<T>> {
  try {
    return { value: await work, failure: undefined };
  } catch (error) {
    if (error instanceof DyncampError) return { value: undefined, failure: error };
    throw error;
  }
}

/** What a server says may repeat what it was sent. The input's own columns are kept as they are: the file is read back. */
function withoutSecrets(outcome: Outcome, redact: (text: string) => string): Outcome {
  const { code, message, addedBy } = outcome;
  return {
    ...outcome,
    ...(code !== undefined && { code: redact(code) }),
    ...(message !== undefined && { message: redact(message) }),
    ...(addedBy !== undefined && { addedBy: redact(addedBy) }),
  };
}
