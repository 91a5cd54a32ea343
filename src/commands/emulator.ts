/** `dyncamp emulator`: a local Dataverse, for trying things out and for tests. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { filePath, parseCount } from './options.ts';

export type EmulatorOptions = {
  /** Port on 127.0.0.1. Default 0: a free one. */
  readonly port: number;
  /** Folder of its tables. Default: in memory's place, a folder of its own in the state directory (that of `--profile emulator`). */
  readonly data?: string | undefined;
  /** JSON file with the rows to begin with. Default: a small believable organization. */
  readonly seed?: string | undefined;
  /** Leads and contacts to make up besides. */
  readonly people?: number | undefined;
  /** JSON file with the faults to answer with. */
  readonly faults?: string | undefined;
};

export type EmulatorRun = (context: Context, options: EmulatorOptions) => Promise<number>;

const HIGHEST_PORT = 65_535;

const AFTER = `
Prints its URL as the first line of stdout and serves until it is stopped;
Ctrl-C is its normal end (exit 0).
Any bearer token is accepted.

Examples:
  $ dyncamp emulator --port 8080 --data ./dataverse
  $ dyncamp emulator --people 100000
  $ export DYNCAMP_URL=http://127.0.0.1:8080 DYNCAMP_ACCESS_TOKEN=any
  $ dyncamp campaigns list`;

export function defineEmulator(parent: Command, context: Context, run: EmulatorRun = emulatorRun): void {
  parent
    .command('emulator')
    .description('Serve a local Dataverse with a small organization in it, for trying things out and for tests')
    .option('--port <n>', 'port on 127.0.0.1 (default: a free one)', parseCount(0, HIGHEST_PORT), 0)
    .option('--data <folder>', 'keep its tables there (default: where `--profile emulator` keeps its own)', filePath)
    .option('--seed <file>', 'begin with the rows of this JSON file', filePath)
    .option('--people <n>', 'make up this many leads and contacts besides', parseCount(1))
    .option('--faults <file>', 'answer with the faults that this JSON file orders', filePath)
    .addHelpText('after', AFTER)
    .action(async (options: EmulatorOptions) => context.endWith(await run(context, options)));
}

/** Serves until the first signal, and gives 0 then. Throws UsageError when the port is taken or a file cannot be used. */
export async function emulatorRun(context: Context, options: EmulatorOptions): Promise<number> {
  const { serveEmulator } = await import('./serve-emulator.ts');
  return serveEmulator(context, options);
}
