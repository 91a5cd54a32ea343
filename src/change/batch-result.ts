/** The result of a batch of rows. The pipeline yields results in the order of the input. */

import type { ListMember } from '../dataverse/wire.ts';
import type { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';

export type BatchResult = {
  /** One per row of the batch, in its order. */
  readonly outcomes: readonly Outcome[];
  /** New events, committed to the outbox, in the order of the rows. */
  readonly events: readonly StoredEvent[];
  /** The user sees each text once per run. */
  readonly warnings: readonly string[];
  /** Stops the run; batches in flight are finished first. */
  readonly fatal: DyncampError | undefined;
  /** For additions: ids of everybody the rows may mean, so that `apply` does not remove them. */
  readonly met?: readonly string[] | undefined;
  /** The membership rows that a removal is about to take, or in a dry run would. */
  readonly planned?: readonly ListMember[] | undefined;
};

/** The work on a batch. Yields rows whose outcome is known while others of the batch are open, for the progress line. */
export type BatchWork = AsyncGenerator<readonly InputRow[], BatchResult>;

/** For rows that need no work. */
export const NOTHING_DONE: Omit<BatchResult, 'outcomes'> = { events: [], warnings: [], fatal: undefined };

/** The outcomes of work on these rows, to be joined with those of other rows of their batch. */
export function outcomesByRow(
  rows: readonly InputRow[],
  { outcomes }: Pick<BatchResult, 'outcomes'>,
): ReadonlyMap<InputRow, Outcome> {
  return new Map(
    rows.flatMap((row, place) => {
      const outcome = outcomes[place];
      return outcome === undefined ? [] : [[row, outcome] as const];
    }),
  );
}

/** Rows without an outcome were not reached; their result says why, by the error that stopped the run. */
export function batchResult(
  rows: readonly InputRow[],
  outcomes: ReadonlyMap<InputRow, Outcome>,
  rest: Omit<BatchResult, 'outcomes'>,
): BatchResult {
  const reason = { code: rest.fatal?.code, message: rest.fatal?.message };
  return { ...rest, outcomes: rows.map((row) => outcomes.get(row) ?? outcomeOf(row, 'not-reached', reason)) };
}
