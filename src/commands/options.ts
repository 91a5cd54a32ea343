/** Values of options that several commands share: text in, checked value out. */
import { InvalidArgumentError } from 'commander';
import type { CountOrShare } from '../run/request.ts';

/** Headings of options in the help; a command's other options stand under commander's `Options:`. */
export const OPTION_GROUPS = {
  people: 'People:',
  beforeAndAfter: 'Before and after:',
  removal: 'Who is removed:',
  creation: 'People who are not in Dynamics:',
  matching: 'When people match oddly:',
  events: 'Events:',
  large: 'Large and parallel runs:',
  overrides: 'Overrides:',
} as const;

/** Groups that only --help-all shows. */
export const MORE_OPTIONS: ReadonlySet<string> = new Set([
  OPTION_GROUPS.matching,
  OPTION_GROUPS.events,
  OPTION_GROUPS.large,
  OPTION_GROUPS.overrides,
]);

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Above it a time is a slip of the keyboard, and adds up to none that JavaScript knows. */
const LONGEST_DURATION_MS = 100 * 365 * 86_400_000;

/** `90s`, `5m`, `1h30m`, `2h`, `500ms`, `7d`; a bare number is seconds. Gives milliseconds. */
export function parseDuration(text: string): number {
  const wanted = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(wanted)) return plausible(Number(wanted) * 1_000);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(wanted)) {
    throw new InvalidArgumentError('Give a time such as 90s, 5m or 2h.');
  }
  const parts = wanted.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return plausible([...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS_MS[unit ?? ''] ?? 0), 0));
}

function plausible(ms: number): number {
  if (ms <= LONGEST_DURATION_MS) return Math.round(ms);
  throw new InvalidArgumentError('Give a time of at most 100 years.');
}

/** A whole number of at least `least` and at most `most`. */
export function parseCount(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text.trim());
    if (/^\d+$/.test(text.trim()) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `Give a whole number, ${least} or more.`
        : `Give a whole number from ${least} to ${most}.`,
    );
  };
}

/** `25` or `5%`. */
export function parseCountOrShare(text: string): CountOrShare {
  const wanted = text.trim();
  if (/^\d+$/.test(wanted)) return { kind: 'count', count: Number(wanted) };
  const percent = Number(wanted.replace(/%$/, ''));
  if (/^\d+(\.\d+)?%$/.test(wanted) && percent <= 100) return { kind: 'share', percent };
  throw new InvalidArgumentError('Give a number of people such as 25, or a share such as 5%.');
}

export function repeatable(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Collects `name=value` pairs of an option that may be given several times; of two for one name the last wins. */
export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  if (at < 1 || name === '') throw new InvalidArgumentError('Give it as name=value.');
  return { ...before, [name]: text.slice(at + 1) };
}

/** A list with commas between; blanks around the parts do not count. */
export function commaList(text: string): readonly string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw new InvalidArgumentError('Give at least one, with commas between several.');
  return parts;
}

/** `2/8`: the second of eight shards. */
export function parseShard(text: string): { readonly index: number; readonly of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new InvalidArgumentError('Give it as i/n, e.g. 1/4 for the first of four.');
}

/**
 * The path of a file or folder. What begins with `--` is an option whose place a forgotten name left open: `--report --dry-run` would write
 * for real, and make a file called `--dry-run`.
 */
export function filePath(text: string): string {
  if (!text.startsWith('--')) return text;
  throw new InvalidArgumentError(
    `It looks like an option.\n(Give a file before ${text}. If a file has that name: ./${text})`,
  );
}

export function filePaths(text: string, before: readonly string[] | undefined): readonly string[] {
  return repeatable(filePath(text), before);
}
