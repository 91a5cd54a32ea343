/** Serves the embedded Dataverse until the process is stopped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { parseFaults } from '../emulator/faults/fault.ts';
import { parseSeed, SeedError } from '../emulator/seed/seed.ts';
import { type Emulator, type EmulatorOptions as StartOptions, startEmulator } from '../emulator/start-emulator.ts';
import { UsageError } from '../errors.ts';
import { makeEmulatorDirectory } from '../settings/private-directory.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { notice } from '../terminal/report-error.ts';
import type { EmulatorOptions } from './emulator.ts';

export async function serveEmulator(context: Context, options: EmulatorOptions): Promise<number> {
  const startOptions = {
    port: options.port,
    people: options.people ?? 0,
    ...dataOptions(context, options),
    ...(options.seed === undefined ? {} : { seed: readOption('--seed', options.seed, parseSeed) }),
    ...(options.faults === undefined
      ? {}
      : { faults: readOption('--faults', options.faults, (text) => parseFaults(JSON.parse(text))) }),
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
    `Serving organization ${emulator.organizationId} on ${emulator.url}. Ctrl-C ends it.`,
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
  try {
    return await startEmulator(options);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'EADDRINUSE') {
      throw new UsageError('PORT_IN_USE', `Could not serve on port ${options.port}: something else listens there.`, {
        cause,
        hint: 'Give another --port, or leave it out to take a free one.',
      });
    }
    if (code === 'EACCES' && options.dataDir === undefined) {
      throw new UsageError('PORT_FORBIDDEN', `Could not serve on port ${options.port}: this user may not.`, {
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
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UsageError('FILE_UNUSABLE', `Could not use ${path} for ${option}: ${why}`, {
    cause,
    hint: 'Give a JSON file; docs/emulator.md says what stands in it.',
  });
}
