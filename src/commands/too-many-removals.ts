/** The guard of --max-removals: stops before anything is written. */
import { UsageError } from '../errors.ts';
import { peopleText } from './tally.ts';

export function tooManyRemovals({ count, most }: { readonly count: number; readonly most: number }): UsageError {
  return new UsageError(
    'TOO_MANY_REMOVALS',
    `${peopleText(count)} would be removed, and no more than ${most} may be (--max-removals): nothing was changed.`,
    { hint: `See who with --dry-run --results plan.csv. If it is right: --max-removals ${count}.` },
  );
}
