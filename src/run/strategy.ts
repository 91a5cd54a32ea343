/** How a command changes people: what it is given when a run is open, and the passes that it makes over them. */

import type { OpenedCampaign } from '../campaign/open-campaign.ts';
import type { BatchWork } from '../change/batch-result.ts';
import type { Claims } from '../change/claims.ts';
import type { Session } from '../change/session.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import type { PeopleOptions } from '../input/open-people.ts';
import type { ResultsOrigin } from '../input/outcome.ts';
import type { Connection } from './connect.ts';
import type { Context } from './context.ts';
import type { Counter } from './counts.ts';
import type { Delivery } from './deliver.ts';
import type { Intake } from './intake.ts';
import type { ChangeRequest } from './request.ts';
import type { Results } from './results/open-results.ts';
import type { ReportWriter } from './results/report-file.ts';
import type { Shard } from './shard.ts';

/** What a strategy is prepared from: known when everything is open and the campaign was found usable. */
export type RunSetup = {
  readonly context: Context;
  readonly request: ChangeRequest;
  readonly session: Session;
  readonly opened: OpenedCampaign;
  readonly connection: Connection;
};

export type OpenRun = RunSetup & {
  readonly prepared: PreparedStrategy;
  /** What the results say of where they come from. */
  readonly origin: ResultsOrigin;
  /** The people of the input, to be read once. */
  readonly rows: InputRows;
  /** How many they are, as soon as that is known. */
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
  /** Of the command (epoch ms), less what a person took to answer before it began: connecting counts, and waiting for it. */
  readonly startedAt: number;
};

/** How a command changes people. */
export type Strategy = {
  /**
   * `own`: the passes bring their people, and neither arguments, files nor stdin are read. They come by their ids, and nobody is created:
   * what column security hides does not matter.
   */
  readonly people: 'input' | 'own';
  /** Asked with the organization that answered, before anything else is; throws to stop. */
  readonly confirmOrganization?: (organizationId: string) => void;
  /** Asked before a run begins; throws to stop. `rows` reads the people, to count them. */
  readonly confirm?: (found: {
    readonly opened: OpenedCampaign;
    readonly usesStdin: boolean;
    readonly rows: () => InputRows;
  }) => Promise<void>;
  /** Reads what the strategy needs to know, and gives what it does. */
  readonly prepare: (setup: RunSetup) => Promise<PreparedStrategy>;
};

export type PreparedStrategy = {
  /** Reads which columns of the organization's own the input may name by their logical names. Default: the usual ones. */
  readonly askDynamicsColumns?: PeopleOptions['askDynamicsColumns'];
} & (
  | {
      /** For each batch of the input, in one pass. */
      readonly work: Work;
    }
  | {
      /**
       * Each pass is finished before the next is asked for; an error that ends a pass ends the run. What it throws is reported like any error
       * of the run.
       */
      readonly passes: (run: OpenRun) => AsyncIterable<Pass>;
    }
);

/** What is done for a batch of rows. `claims` keeps a person who comes twice from being worked on twice at the same time. */
export type Work = (rows: readonly InputRow[], claims: Claims) => BatchWork;

export type Pass = {
  readonly rows: InputRows;
  readonly work: Work;
  /** Nothing of it is reported, counted or written: it finds out what would be done. */
  readonly isPreview?: true | undefined;
  /** Rows of people who are left out (--exclude, --shard) reach the work too. Default: they do not. */
  readonly isWhole?: true | undefined;
  /** How many rows there are, as soon as that is known. */
  readonly total?: (() => number | undefined) | undefined;
  /** What the line of progress begins with. */
  readonly label?: string | undefined;
};
