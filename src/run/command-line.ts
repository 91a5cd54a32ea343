/** Command lines to paste: the user's own with the changes of the next step, quoted for a shell. Pure. */

/** As typed after `dyncamp`. */
export type Words = readonly string[];

/** Longest line to show: a command line may name a thousand people. */
const LONGEST = 500;

/** Without --quiet: it is for scheduled jobs, and a person who pastes the line wants to see messages. */
export function wordsToPaste(words: Words): Words {
  const end = words.indexOf('--');
  return words.filter((word, at) => !['-q', '--quiet'].includes(word) || (end >= 0 && at > end));
}

/** Undefined where the line is too long, or has characters that cannot be shown. */
export function commandLine(words: Words): string | undefined {
  if (words.some((word) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word))) return undefined;
  const line = ['dyncamp', ...words].map(quoted).join(' ');
  return line.length <= LONGEST ? line : undefined;
}

/** For POSIX shells; where double quotes are enough, for cmd and PowerShell too. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}

/** Options about the input and the files written, which do not fit a command on other input. */
const OF_INPUT = ['-f', '--file', '--from-list', '--input-format', '--encoding', '--shard', '--results', '--report'];

/** The command on the failed rows of its own results. Undefined where the words do not show which of them are the input. */
export function retryLine(words: Words, people: Words, results: string): string | undefined {
  // After `--` nothing is an option, and the last of several flags in one word may take a value.
  if (words.some((word) => word === '--' || /^-[a-z]{2,}$/i.test(word))) return undefined;
  const rest = withoutOptions(words, OF_INPUT).filter((word) => word !== '--only-failed' && word !== '--dry-run');
  for (const person of people) {
    const at = rest.lastIndexOf(person);
    if (at >= 0) rest.splice(at, 1);
  }
  return commandLine([...rest, '-f', results, '--only-failed']);
}

/** Each with its value: `--file x`, `--file=x`, `-f x`, `-fx`. */
function withoutOptions(words: Words, names: readonly string[]): string[] {
  const isWithValue = (word: string): boolean =>
    names.some((name) => word.startsWith(name.startsWith('--') ? `${name}=` : name) && word !== name);
  return words.filter(
    (word, at) => !names.includes(word) && !names.includes(words[at - 1] ?? '') && !isWithValue(word),
  );
}

export const realLine = (words: Words): string | undefined => commandLine(words.filter((word) => word !== '--dry-run'));

/** The command with one more option. Undefined where it has the option already, or has `--`, after which nothing is an option. */
export function lineWith(words: Words, option: string, value: string): string | undefined {
  const isThere = words.some((word) => word === option || word.startsWith(`${option}=`) || word === '--');
  return isThere ? undefined : commandLine([...words, option, value]);
}
