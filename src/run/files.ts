/** The files that a run leaves behind if it is asked to: --results and --report. Opened before anything is done. */
import type { Outcome } from '../membership/outcome.ts';
import { openResults } from '../membership/results/open-results.ts';
import { openReport } from '../membership/results/report.ts';
import { type RunSummary, reportOfRun } from './report.ts';
import type { PeopleCommandOptions } from './request.ts';

export type RunFiles = {
  readonly hasResults: boolean;
  write(outcome: Outcome): Promise<void>;
  /** Puts both in their places. */
  finish(summary: RunSummary & { readonly exitCode: number }): Promise<void>;
  /** Writes the report once more, after the run ended otherwise than it says. */
  correctReport(summary: RunSummary & { readonly exitCode: number }): Promise<void>;
  abandon(): Promise<void>;
};

export async function openRunFiles(options: Pick<PeopleCommandOptions, 'results' | 'report'>): Promise<RunFiles> {
  const results = options.results === undefined ? undefined : await openResults(options.results);
  const report = options.report === undefined ? undefined : await openReport(options.report);
  return {
    hasResults: results !== undefined,
    write: async (outcome) => results?.write(outcome),
    async finish(summary) {
      await results?.finish();
      await report?.write(reportOfRun(summary));
    },
    correctReport: async (summary) => report?.write(reportOfRun(summary)),
    async abandon() {
      await results?.abandon();
      await report?.abandon();
    },
  };
}
