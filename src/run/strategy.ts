/** How a command changes people: what it gets when its run is open, and the passes it makes over them. */

import type { OpenedCampaign } from '../campaign/open-campaign.ts';
import type { BatchWork } from '../change/batch-result.ts';
import type { Claims } from '../change/claims.ts';
import type { Session } from '../change/session.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import type { PeopleOptions } from '../input/open-people.ts';
import type { ResultsOrigin } from '../input/outcome.ts';
import type { KeyColumns } from '../people/key-columns.ts';
import type { Connection } from './connect.ts';
import type { Context } from './context.ts';
import type { Counter } from './counts.ts';
import type { Delivery } from './deliver.ts';
import type { Intake } from './intake.ts';
import type { ChangeRequest } from './request.ts';
import type { Results } from './results/open-results.ts';
import type { ReportWriter } from './results/report-file.ts';
import type { Shard } from './shard.ts';

/** What a strategy is prepared with, once everything is open and the campaign is usable. */
export type RunSetup = {
  readonly context: Context;
  readonly request: ChangeRequest;
  readonly session: Session;
  readonly opened: OpenedCampaign;
  readonly connection: Connection;
};

export type OpenRun = RunSetup & {
  readonly prepared: PreparedStrategy;
  /** Written into each row of the results. */
  readonly origin: ResultsOrigin;
  /** The people of the input, to be read once. */
  readonly rows: InputRows;
  /** Number of rows, once it is known. */
  readonly total: () => number | undefined;
  /** Names of the inputs: files, `-`, `list:<id>`. */
  readonly sources: readonly string[];
  readonly usesStdin: boolean;
  readonly shard: Shard | undefined;
  readonly results: Results | undefined;
  readonly reportFile: ReportWriter | undefined;
  readonly intake: Intake;
  readonly delivery: Delivery;
  readonly counter: Counter;
  readonly isDryRun: boolean;
  /** When the command started (epoch ms), later by the time a person took to answer: connecting and waiting count as part of the run. */
  readonly startedAt: number;
  readonly keyColumns: KeyColumns;
};

/** How a command changes people. */
export type Strategy = {
  /**
   * `own`: the passes bring their people, and no arguments, files or stdin are read. These people are named by their ids and nobody is
   * created, so columns that column security hides do not matter.
   */
  readonly people: 'input' | 'own';
  /** Called with the organization that answered, before anything else is read. Throws to stop. */
  readonly confirmOrganization?: (organizationId: string) => void;
  /** Called before the run begins. Throws to stop. `rows` reads the people, to count them. */
  readonly confirm?: (found: {
    readonly opened: OpenedCampaign;
    readonly usesStdin: boolean;
    readonly rows: () => InputRows;
  }) => Promise<void>;
  /** Reads what the strategy needs, and gives the work for the batches, or the passes. */
  readonly prepare: (setup: RunSetup) => Promise<PreparedStrategy>;
};

export type PreparedStrategy = {
  /** Reads which of the organization's own columns the input may name by logical name. Default: only the usual columns. */
  readonly askDynamicsColumns?: PeopleOptions['askDynamicsColumns'];
} & (
  | {
      /** For each batch of the input, in one pass. */
      readonly work: Work;
    }
  | {
      /**
       * Each pass is finished before the next begins. An error that ends a pass ends the run, and an error thrown here is reported like any
       * other of the run.
       */
      readonly passes: (run: OpenRun) => AsyncIterable<Pass>;
    }
);

/** Does the work on a batch of rows. `claims`: so that a person who is named twice is not worked on twice at once. */
export type Work = (rows: readonly InputRow[], claims: Claims) => BatchWork;

export type Pass = {
  readonly rows: InputRows;
  readonly work: Work;
  /** The pass only reads: its outcomes are not reported, counted or written. */
  readonly isPreview?: true | undefined;
  /** The work also gets rows that --exclude or --shard leave out. Default: it does not. */
  readonly isWhole?: true | undefined;
  /** Number of rows, once it is known. */
  readonly total?: (() => number | undefined) | undefined;
  /** The beginning of the progress line. */
  readonly label?: string | undefined;
};
