/** `--columns a,b`: which columns a listing command shows, in which order. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { nearest } from '../terminal/did-you-mean.ts';
import { commaList } from './options.ts';

export type ColumnsOption = {
  /** Names as the user wrote them. Default: those that the command chooses. */
  readonly columns?: readonly string[] | undefined;
};

export function addColumnsOption(command: Command): Command {
  return command.option('--columns <names>', 'only these columns, in this order (comma between)', commaList);
}

/** For writeRows. Throws UsageError UNKNOWN_COLUMN for a name that is none of `known`; case does not matter. */
export function chosenColumns(
  { columns }: ColumnsOption,
  known: readonly string[],
  byDefault: readonly string[] = known,
): { readonly columns: readonly string[]; readonly onlyColumns: boolean } {
  if (columns === undefined) return { columns: byDefault, onlyColumns: false };
  return { columns: columns.map((name) => knownColumn(name, known)), onlyColumns: true };
}

function knownColumn(name: string, known: readonly string[]): string {
  const found = known.find((column) => column.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(name, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  throw new UsageError('UNKNOWN_COLUMN', `--columns: there is no column "${name}".`, {
    hint: `${meant}There are: ${known.join(', ')}.`,
  });
}
