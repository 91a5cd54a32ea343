/**
 * How a run goes over its people: once, unless its command reads everything first (`apply`, --max-removals) and then makes passes of its
 * own over what it read.
 */

import type { InputRow, InputRows } from '../input/input-row.ts';
import type { ChunkReport } from '../membership/chunk-report.ts';
import type { Claims } from '../membership/in-flight.ts';
import type { EndReason } from './ending.ts';
import type { Input } from './input.ts';
import type { Tally } from './summary.ts';

export type Work = (rows: readonly InputRow[], claims: Claims) => Promise<ChunkReport>;

/** Rows that the work is done on; their outcomes are told, counted and written to --results. */
export type Pass = {
  readonly rows: InputRows;
  readonly work: Work;
  /** Rows of people who are left out (--exclude, --shard) reach the work too. Default: they do not. */
  readonly isWhole?: true | undefined;
  /** How many rows there are, when somebody counted them. */
  readonly total?: number | undefined;
  /** What the line of progress begins with. */
  readonly label?: string | undefined;
};

/** What a command that makes its own passes can ask of the run. */
export type Passing = {
  /** The people of the input, read once. */
  readonly rows: InputRows;
  /** Names of the inputs: files, `-`, `list:<id>`. */
  readonly sources: readonly string[];
  readonly usesStdin: boolean;
  /** What is known of how many people the input has. */
  readonly size: Input['size'];
  /** Aborted when nothing more is to be taken in. */
  readonly signal: AbortSignal;
  /** Why the run ends early; undefined while it does not. */
  endReason(): EndReason | undefined;
  /** What became of the rows of the passes so far. */
  tally(): Tally;
  /** People who stay though they are not in the input: for the report. */
  noteStay(people: number): void;
  /**
   * Makes a pass of which nothing is told, counted or written: to plan. `note` takes each report and gives what came of it so far. Throws
   * what ended it.
   */
  preview(pass: Pass, note: (report: ChunkReport) => string): Promise<void>;
};

/**
 * Asked for after dead runs were settled. Each pass is finished before the next is asked for; an error that ends a pass ends the run.
 * What it throws is reported like any error of the run.
 */
export type MakePasses = (passing: Passing) => AsyncIterable<Pass>;

/** The usual run: one pass over the input as it comes. */
export function onePass(work: Work): MakePasses {
  return async function* ({ rows }) {
    yield { rows, work };
  };
}
