/** Which of the three forms an input has, told by its first complete line. Pure. */
import { parseGuid } from '../dataverse/guid.ts';
import { type NameOptions, namesPerson } from './column-plan.ts';

export type InputFormat = 'ids' | 'csv' | 'jsonl';
export type DetectedFormat =
  | { readonly format: 'ids' }
  | { readonly format: 'jsonl' }
  | { readonly format: 'csv'; readonly delimiter: string };

/** In order of preference when a header has as many of one as of another. */
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * An object is JSON Lines; a line with a comma, semicolon or tab, or of one cell that is the name of an id or e-mail column, is a CSV
 * header; anything else is a line of ids. `wanted` is --input-format.
 */
export function detectFormat(firstLine: string, wanted: InputFormat | undefined, names: NameOptions): DetectedFormat {
  const line = firstLine.trim();
  const format = wanted ?? guessFormat(line, names);
  return format === 'csv' ? { format, delimiter: findDelimiter(firstLine) } : { format };
}

/** A JSON array is one line or many, and never JSON Lines. */
export function isJsonArray(firstLine: string): boolean {
  return /^\[\s*([{"\]]|$)/u.test(firstLine.trim());
}

function guessFormat(line: string, names: NameOptions): InputFormat {
  if (line.startsWith('{') && parseGuid(line) === undefined && !/^\{[0-9a-z-]+\}?$/iu.test(line)) return 'jsonl';
  if (DELIMITERS.some((delimiter) => countUnquoted(line, delimiter) > 0)) return 'csv';
  return namesPerson(line.replace(/^"(.*)"$/u, '$1'), names) ? 'csv' : 'ids';
}

function findDelimiter(header: string): string {
  let best: string = DELIMITERS[0];
  for (const delimiter of DELIMITERS) {
    if (countUnquoted(header, delimiter) > countUnquoted(header, best)) best = delimiter;
  }
  return best;
}

function countUnquoted(line: string, delimiter: string): number {
  return line.replace(/"[^"]*("|$)/gu, '').split(delimiter).length - 1;
}
