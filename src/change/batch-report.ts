/** What one chunk of input came to: handed on in the order of the input. */

import type { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';

export type ChunkReport = {
  /** One per row of the chunk, in its order. */
  readonly outcomes: readonly Outcome[];
  /** New events, committed to the outbox, in the order of the rows. */
  readonly events: readonly StoredEvent[];
  /** Said once each. */
  readonly warnings: readonly string[];
  /** Ends the run after what is in flight. */
  readonly fatal: DyncampError | undefined;
};

/** Rows that were not come to are not-reached, with the error that ended the run. */
export function reportOf(
  rows: readonly InputRow[],
  outcomes: ReadonlyMap<InputRow, Outcome>,
  rest: Omit<ChunkReport, 'outcomes'>,
): ChunkReport {
  const reason = { code: rest.fatal?.code, message: rest.fatal?.message };
  const ofRows: Outcome[] = [];
  for (const row of rows) ofRows.push(outcomes.get(row) ?? outcomeOf(row, 'not-reached', reason));
  return { ...rest, outcomes: ofRows };
}
