/** The guard of --max-removals: stops before anything is written. */
import { UsageError } from '../errors.ts';
import { peopleText } from '../run/summary.ts';

export type Removals = {
  /** People whose removal is planned. */
  readonly count: number;
  readonly most: number;
  /** People whom interrupted runs before this one removed. Default: none. */
  readonly before?: number | undefined;
};

export function tooManyRemovals({ count, most, before = 0 }: Removals): UsageError {
  const earlier = before > 0 ? ` besides the ${before} that interrupted runs before it removed` : '';
  return new UsageError(
    'TOO_MANY_REMOVALS',
    `${peopleText(count)} would be removed${earlier}, and no more than ${most} may be (--max-removals): nothing was changed.`,
    { hint: `See who with --dry-run --results plan.csv. If it is right: --max-removals ${count + before}.` },
  );
}
