/** commander's own errors in dyncamp's words: a usage error with a stable code, and what was probably meant as the hint. */
import { UsageError } from '../errors.ts';

/** What was written because it was asked for (exit 0), or because a subcommand is missing (exit 2); undefined for anything else. */
export function shownHelp(error: unknown): 'asked-for' | 'subcommand-missing' | undefined {
  const code = commanderCode(error);
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return 'asked-for';
  if (code !== 'commander.help') return undefined;
  // `dyncamp help add` comes with 0, a missing subcommand with 1.
  return error instanceof Error && 'exitCode' in error && error.exitCode === 0 ? 'asked-for' : 'subcommand-missing';
}

/**
 * `error: unknown option '--serch'\n(Did you mean --search?)` → message `Unknown option '--serch'.`, hint `Did you mean --search?`.
 * Undefined when the error is none of commander's.
 */
export function usageError(error: unknown): UsageError | undefined {
  const code = commanderCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\(/);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1);
  const hint =
    suggestion === undefined ? 'Add --help to see the options and arguments.' : suggestion.replace(/\)$/, '');
  return new UsageError(stableCode(code), sentence.endsWith('.') ? sentence : `${sentence}.`, { hint, cause: error });
}

/** By its code and not by its class, so that this file can be loaded apart from commander. */
function commanderCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('commander.') ? error.code : undefined;
}

/** `commander.unknownOption` → `UNKNOWN_OPTION`. */
function stableCode(code: string): string {
  const name = code.replace(/^commander\./, '');
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
