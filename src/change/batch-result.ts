/** What the work on a batch of rows gives. */

import type { ListMember } from '../dataverse/wire.ts';
import type { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';

/** Yields what it found as soon as it has it. Throws what stops the run: what was yielded before counts, the other rows were not reached. */
export type BatchWork<Returned = void> = AsyncGenerator<PartialResult, Returned>;

export type PartialResult = {
  /** Rows whose result Dynamics showed. Their outcomes come once the journal has them: a batch may take minutes, and progress should show them. */
  readonly known?: readonly InputRow[];
  readonly outcomes?: ReadonlyMap<InputRow, Outcome>;
  /** New events, committed to the outbox. */
  readonly events?: readonly StoredEvent[];
  /** The user sees each text once per run. */
  readonly warnings?: readonly string[];
  /** For additions: ids of everybody the rows may mean, so that `apply` does not remove them. */
  readonly met?: readonly string[];
  /** The membership rows that a removal is about to take, or in a dry run would. */
  readonly planned?: readonly ListMember[];
};

export type BatchResult = Required<Pick<PartialResult, 'events' | 'warnings' | 'planned'>> & {
  /** One per row of the batch, in its order. */
  readonly outcomes: readonly Outcome[];
  /** Stops the run; batches in flight are finished first. */
  readonly fatal: DyncampError | undefined;
};
