/** commander's own errors in dyncamp's words: a usage error with a stable code, and what was probably meant as the hint. */
import { CommanderError } from 'commander';
import { UsageError } from './errors.ts';

/** Help and version that were asked for: already written, exit 0. `commander.help` is the help shown for a missing subcommand. */
const ASKED_FOR = new Set(['commander.helpDisplayed', 'commander.version']);

export type Parsed =
  | { readonly kind: 'shown' }
  | { readonly kind: 'subcommand-missing' }
  | { readonly kind: 'usage'; readonly error: UsageError };

/** Undefined when the error is none of commander's. */
export function parsingOutcome(error: unknown): Parsed | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  if (ASKED_FOR.has(error.code)) return { kind: 'shown' };
  if (error.code === 'commander.help') return { kind: 'subcommand-missing' };
  return { kind: 'usage', error: usageError(error) };
}

/** `error: unknown option '--serch'\n(Did you mean --search?)` → message `Unknown option '--serch'.`, hint `Did you mean --search?`. */
function usageError(error: CommanderError): UsageError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\(/);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1);
  const hint = suggestion === undefined ? 'Add --help to see what the command takes.' : suggestion.replace(/\)$/, '');
  return new UsageError(codeOf(error), sentence.endsWith('.') ? sentence : `${sentence}.`, { hint, cause: error });
}

/** `commander.unknownOption` → `UNKNOWN_OPTION`. */
function codeOf({ code }: CommanderError): string {
  const name = code.replace(/^commander\./, '');
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
