/** The options of listing commands: `-o table|json|jsonl|csv`, and `--json` for short. */
import { type Command, Option } from 'commander';
import type { OutputFormat } from '../terminal/output.ts';

export type OutputOptions = {
  /** Default: a table on a terminal, JSON Lines in a pipe. */
  readonly output?: OutputFormat | undefined;
  /** `-o json`. */
  readonly json?: boolean | undefined;
};

// The same words as in terminal/output.ts, which is not loaded for --help; the type keeps them the same.
const FORMATS = ['table', 'json', 'jsonl', 'csv'] as const satisfies readonly OutputFormat[];

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'how to print (default: table on a terminal, jsonl in a pipe)').choices(
        FORMATS,
      ),
    )
    .addOption(new Option('--json', 'the same as -o json').conflicts('output'));
}

export function outputFormat(options: OutputOptions): OutputFormat | undefined {
  return options.json === true ? 'json' : options.output;
}
