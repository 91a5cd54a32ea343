/** How listing commands print: `-o table|json|jsonl|csv`, `--json` for short, and `--columns a,b`: which columns, in which order. */
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { OUTPUT_FORMATS, type OutputFormat, type RowsOutput } from '../terminal/output.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { nearest } from '../text.ts';
import { commaList } from './options.ts';

export type OutputOptions = {
  /** Default: a table on a terminal, JSON Lines in a pipe. */
  readonly output?: OutputFormat | undefined;
  readonly json?: boolean | undefined;
};

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'how to print (default: table on a terminal, jsonl in a pipe)').choices(
        OUTPUT_FORMATS,
      ),
    )
    .addOption(new Option('--json', 'the same as -o json').conflicts('output'));
}

export function outputFormat({ json, output }: OutputOptions, { stdout }: Pick<Terminal, 'stdout'>): OutputFormat {
  return json === true ? 'json' : (output ?? (stdout.isTTY ? 'table' : 'jsonl'));
}

export type ListingOptions = OutputOptions & {
  /** Names as the user wrote them. Default: those that the command chooses. */
  readonly columns?: readonly string[] | undefined;
};

/** What the shell offers where a value is a list with commas. */
export type ListOption = Option & { readonly listed?: readonly string[] | undefined };

/** `-o`, `--json` and `--columns`; `known`: the names that may be asked for. */
export function addListingOptions(command: Command, known: readonly string[]): Command {
  const option = new Option('--columns <names>', 'only these columns, in this order (comma-separated)');
  const columns: ListOption = Object.assign(option.argParser(commaList), { listed: known });
  return addOutputOptions(command).addOption(columns);
}

export type Listing = {
  readonly isTable: boolean;
  /** The user named the columns. */
  readonly isChosen: boolean;
  /** For writeRows: the columns that were named; else `byDefault`, which is all when it is left out. */
  shown(byDefault?: readonly string[]): Pick<RowsOutput, 'columns' | 'onlyColumns' | 'format'>;
};

/** `known`: every name that may be asked for. Throws UsageError UNKNOWN_COLUMN for another one; case does not matter. */
export function openListing(terminal: Terminal, options: ListingOptions, known: readonly string[]): Listing {
  const format = outputFormat(options, terminal);
  const chosen = options.columns?.map((name) => knownColumn(name, known));
  return {
    isTable: format === 'table',
    isChosen: chosen !== undefined,
    shown: (byDefault = known) => ({ columns: chosen ?? byDefault, onlyColumns: chosen !== undefined, format }),
  };
}

function knownColumn(name: string, known: readonly string[]): string {
  const found = known.find((column) => column.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(name, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  throw new UsageError('UNKNOWN_COLUMN', `--columns: there is no column "${name}".`, {
    hint: `${meant}Known columns: ${known.join(', ')}.`,
  });
}
