/** `dyncamp emulator`: a local Dataverse, for trying things out and for tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Emulator, EmulatorOptions as StartOptions } from '../emulator/start-emulator.ts';
import { codeOf, messageOf, UsageError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { makeEmulatorDirectory } from '../settings/directories.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { notice } from '../terminal/report-error.ts';
import { filePath, parseCount } from './options.ts';

type EmulatorOptions = {
  readonly port: number;
  readonly data?: string | undefined;
  readonly seed?: string | undefined;
  readonly people?: number | undefined;
  readonly faults?: string | undefined;
};

const HIGHEST_PORT = 65_535;

const AFTER = `
Prints its URL as the first line of stdout and runs until you stop it with
Ctrl-C (exit 0). Any bearer token is accepted. Open the URL in a browser to see
the data.

Examples:
  $ dyncamp emulator --port 8080 --data ./dataverse
  $ dyncamp emulator --people 100000
  $ export DYNCAMP_URL=http://127.0.0.1:8080 DYNCAMP_ACCESS_TOKEN=any
  $ dyncamp campaigns list`;

export function define(command: Command, context: Context): void {
  command
    .description('Start a practice Dataverse on this computer, for trying things out and for tests')
    .option('--port <n>', 'port on 127.0.0.1 (default: a free one)', parseCount(0, HIGHEST_PORT), 0)
    .option('--data <folder>', 'folder for its data (default: that of `--profile emulator`)', filePath)
    .option('--seed <file>', 'start with the rows in this JSON file', filePath)
    .option('--people <n>', 'generate this many extra leads and contacts', parseCount(1))
    .option('--faults <file>', 'inject the faults described in this JSON file', filePath)
    .addHelpText('after', AFTER)
    .action((options: EmulatorOptions) => context.endWith(serveEmulator(context, options)));
}

/** Serves until the first signal, and gives 0 then. Throws UsageError when the port is taken or a file cannot be used. */
async function serveEmulator(context: Context, options: EmulatorOptions): Promise<number> {
  const { requireSqlite } = await import('../journal/require-sqlite.ts');
  requireSqlite();
  const { parseFaults } = await import('../emulator/faults/fault.ts');
  const { parseSeed, SeedError } = await import('../emulator/seed/seed.ts');
  const readFaults = (text: string) => parseFaults(JSON.parse(text));
  const startOptions = {
    port: options.port,
    people: options.people ?? 0,
    ...dataOptions(context, options),
    ...(options.seed !== undefined && { seed: readOption('--seed', options.seed, parseSeed) }),
    ...(options.faults !== undefined && { faults: readOption('--faults', options.faults, readFaults) }),
  };
  const stopped = context.untilStopped();
  const emulator = await start(startOptions).catch((cause: unknown) => {
    if (cause instanceof SeedError && options.seed !== undefined) throw unusableFile('--seed', options.seed, cause);
    throw cause;
  });
  context.onClose(() => emulator.close());
  await context.terminal.stdout.write(`${emulator.url}\n`);
  await notice(
    context.terminal,
    'EMULATOR',
    `Serving organization ${emulator.organizationId} on ${emulator.url}. Stop with Ctrl-C.`,
  );
  await stopped;
  return EXIT.done;
}

/** A made-up organization is for the moment, unless a folder is named; the usual one is that of the built-in profile. */
function dataOptions(context: Context, { data, seed, people }: EmulatorOptions): { dataDir?: string } {
  if (data === undefined && (seed !== undefined || people !== undefined)) return {};
  const dataDir = data ?? join(context.stateDirectory, 'emulator');
  makeEmulatorDirectory(dataDir, '--data DIR');
  return { dataDir };
}

async function start(options: StartOptions): Promise<Emulator> {
  const { startEmulator } = await import('../emulator/start-emulator.ts');
  try {
    return await startEmulator(options);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EADDRINUSE') {
      throw new UsageError('PORT_IN_USE', `Could not serve on port ${options.port}: the port is in use.`, {
        cause,
        hint: 'Give another --port, or leave it out to use a free one.',
      });
    }
    if (code === 'EACCES' && options.dataDir === undefined) {
      throw new UsageError('PORT_FORBIDDEN', `Could not serve on port ${options.port}: permission denied.`, {
        cause,
        hint: 'Give a --port of 1024 or more.',
      });
    }
    throw cause;
  }
}

function readOption<T>(option: string, path: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unusableFile(option, path, cause);
  }
}

function unusableFile(option: string, path: string, cause: unknown): UsageError {
  return new UsageError('FILE_UNUSABLE', `Could not use ${path} for ${option}: ${messageOf(cause)}`, {
    cause,
    hint: 'Give a JSON file; docs/emulator.md describes its content.',
  });
}
