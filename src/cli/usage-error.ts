/** Turns commander's errors into usage errors with a stable code; its suggestion becomes the hint. */
import { UsageError } from '../errors.ts';

/** Whether help or version was asked for (exit 0), or shown because a subcommand is missing (exit 2); else undefined. */
export function shownHelp(error: unknown): 'asked-for' | 'subcommand-missing' | undefined {
  const code = commanderCode(error);
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return 'asked-for';
  if (code !== 'commander.help') return undefined;
  // `dyncamp help add` comes with 0, a missing subcommand with 1.
  return error instanceof Error && 'exitCode' in error && error.exitCode === 0 ? 'asked-for' : 'subcommand-missing';
}

/**
 * `error: unknown option '--serch'\n(Did you mean --search?)` → message `Unknown option '--serch'.`, hint `Did you mean --search?`.
 * Undefined for errors that are not commander's.
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

/** By code rather than class, so that this file loads without commander. */
function commanderCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('commander.') ? error.code : undefined;
}

/** `commander.unknownOption` → `UNKNOWN_OPTION`. */
function stableCode(code: string): string {
  const name = code.replace(/^commander\./, '');
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
