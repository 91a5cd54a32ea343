/** `dyncamp version`: what is installed and where it keeps its files, for a bug report. */
import type { Command } from 'commander';
import { SettingsError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { writeJson } from '../terminal/output.ts';
import { safeText } from '../terminal/safe-text.ts';
import { VERSION } from '../version.ts';

type VersionOptions = { readonly json?: boolean | undefined };

const AFTER = `
Examples:
  $ dyncamp version
  $ dyncamp version --json
  $ dyncamp version --json | jq -r .stateDirectory`;

export function define(command: Command, context: Context): void {
  command
    .description('Show the versions of dyncamp, Node.js and SQLite, and the folders')
    .option('--json', 'as one JSON object')
    .addHelpText('after', AFTER)
    .action((options: VersionOptions) => showVersion(context, options));
}

async function showVersion(context: Context, { json }: VersionOptions): Promise<void> {
  const { terminal } = context;
  const installed = {
    version: VERSION,
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    sqlite: await sqliteVersion(),
    configDirectory: folder(() => context.configDirectory),
    stateDirectory: folder(() => context.stateDirectory),
  };
  if (json === true) return writeJson(terminal, installed);
  const lines = [
    `dyncamp   ${installed.version}`,
    `Node.js   ${installed.node}, ${installed.platform} ${installed.arch}`,
    `SQLite    ${installed.sqlite ?? 'cannot be loaded'}`,
    `settings  ${installed.configDirectory ?? 'no folder: this user has no home directory'}`,
    `state     ${installed.stateDirectory ?? 'no folder: this user has no home directory'}`,
  ];
  await terminal.stdout.write(lines.map((line) => `${safeText(line)}\n`).join(''));
}

/** Null where it cannot be loaded: that is what somebody wants to know here. */
async function sqliteVersion(): Promise<string | null> {
  try {
    const { sqliteVersion: read } = await import('../journal/sqlite.ts');
    return read();
  } catch {
    return null;
  }
}

function folder(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SettingsError) return null;
    throw error;
  }
}
