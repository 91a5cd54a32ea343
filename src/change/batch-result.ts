/** What a batch of rows came to; results are handed on in the order of the input. */

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
  /** Said once each. */
  readonly warnings: readonly string[];
  /** Stops the run after what is in flight. */
  readonly fatal: DyncampError | undefined;
  /** Ids of everybody whom the rows may mean, where additions were planned. */
  readonly met?: readonly string[] | undefined;
  /** The membership rows that a removal is about to take, or in a dry run would. */
  readonly planned?: readonly ListMember[] | undefined;
};

/** The work on a batch: yields rows whose outcome is known while others of the batch are still open. */
export type BatchWork = AsyncGenerator<readonly InputRow[], BatchResult>;

/** Rows without an outcome were not reached; the error that stopped the run says why. */
export function batchResult(
  rows: readonly InputRow[],
  outcomes: ReadonlyMap<InputRow, Outcome>,
  rest: Omit<BatchResult, 'outcomes'>,
): BatchResult {
  const reason = { code: rest.fatal?.code, message: rest.fatal?.message };
  return { ...rest, outcomes: rows.map((row) => outcomes.get(row) ?? outcomeOf(row, 'not-reached', reason)) };
}
