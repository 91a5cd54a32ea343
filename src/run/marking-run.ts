/** A run whose marks and counts may fail: what was done is reported even where a full disk keeps the journal from taking them. */
import { DyncampError } from '../errors.ts';
import type { Run } from '../journal/journal.ts';

export type MarkingRun = Run & {
  /** The first mark, count or end that the journal did not take: the next run then delivers these events once more; none is lost. */
  failure(): DyncampError | undefined;
};

/** Intents and outcomes still throw: without them nothing may be sent, and nothing counts as done. */
export function markingRun(run: Run): MarkingRun {
  let failure: DyncampError | undefined;
  const tolerate = (mark: () => void): void => {
    try {
      mark();
    } catch (error) {
      if (!(error instanceof DyncampError)) throw error;
      failure ??= error;
    }
  };
  return {
    ...run,
    markDelivered: (sequences, delivered) => tolerate(() => run.markDelivered(sequences, delivered)),
    count: (counts, failed) => tolerate(() => run.count(counts, failed)),
    finish: (end) => tolerate(() => run.finish(end)),
    failure: () => failure,
  };
}
