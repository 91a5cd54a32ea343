import { TemporaryError } from '../errors.ts';
import type { Closed } from '../terminal/event-lines.ts';

/** The error to report for a stdout that takes no more; undefined when its reader went away, which is no fault. */
export function stdoutFailure({ reason, error }: Closed): TemporaryError | undefined {
  if (reason === 'reader-gone') return undefined;
  return new TemporaryError('STDOUT_FAILED', `Could not write events to stdout: ${error.message}`, {
    cause: error,
    hint: 'When there is room again, run the same command: what was not taken counts as not told.',
  });
}
