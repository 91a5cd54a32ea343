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

/** Everything is open, and the campaign is usable. */
export type RunSetup = {
  readonly context: Context;
  readonly request: ChangeRequest;
  readonly session: Session;
  readonly opened: OpenedCampaign;
  readonly connection: Connection;
};

export type OpenRun = RunSetup & {
  readonly prepared: PreparedStrategy;
  readonly origin: ResultsOrigin;
  /** The input, to be read once. */
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
  /** When the command started (epoch ms), later by the time a person took to answer. */
  readonly startedAt: number;
  readonly keyColumns: KeyColumns;
};

export type Strategy = {
  /** `of-passes`: the passes bring their people, named by their ids. Nobody is created, so columns that column security hides do not matter. */
  readonly people: 'input' | 'of-passes';
  /** Called with the organization that answered, before anything else is read. Throws to stop. */
  readonly confirmOrganization?: (organizationId: string) => void;
  /** Called before the run begins. Throws to stop. `rows` reads the people, to count them. */
  readonly confirm?: (found: {
    readonly opened: OpenedCampaign;
    readonly usesStdin: boolean;
    readonly rows: () => InputRows;
  }) => Promise<void>;
  readonly prepare: (setup: RunSetup) => Promise<PreparedStrategy>;
};

export type PreparedStrategy = {
  /** For columns of the organization's own that the input may name. Default: only the usual columns. */
  readonly askDynamicsColumns?: PeopleOptions['askDynamicsColumns'];
} & (
  | {
      /** For each batch of the input, in one pass. */
      readonly work: Work;
    }
  | {
      /** Each is finished before the next begins. An error of a pass, or thrown here, ends the run. */
      readonly passes: (run: OpenRun) => AsyncIterable<Pass>;
    }
);

/** `claims`: so that a person who is named twice is not worked on twice at once. */
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
