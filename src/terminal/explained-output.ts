/** A stdout whose write failures are explained. */
import { TemporaryError } from '../errors.ts';
import { type Output, ReaderGoneError } from './terminal.ts';

/** A full disk behind `>` is not a bug of ours. */
export function explainedOutput(stdout: Output): Output {
  return {
    ...stdout,
    async write(text) {
      try {
        await stdout.write(text);
      } catch (error) {
        throw error instanceof ReaderGoneError ? error : outputFailure(error);
      }
    },
  };
}

function outputFailure(error: unknown): TemporaryError {
  const why = error instanceof Error ? error.message : String(error);
  return new TemporaryError('STDOUT_FAILED', `Could not write to stdout: ${why}`, {
    cause: error,
    hint: 'The output is not complete. Free some space, and run the same command again.',
  });
}
