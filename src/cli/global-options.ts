/** The options that every command takes, before or after its name. */
import { type Command, Option } from 'commander';
import { parseCount, parseDuration } from '../commands/options.ts';
import type { GlobalOptions } from '../run/context.ts';

/** Twice the Retry-After of 6 to 7 minutes that was measured on a throttled organization. */
const DEFAULT_MAX_WAIT_MS = 15 * 60_000;

/** Concurrent requests that a web server takes from one identity ("Service protection API limits": 52 or higher). */
const MOST_CONCURRENCY = 52;

/** They appear in the help of each command under "Global Options". */
export function addGlobalOptions(program: Command): void {
  program
    .option('--profile <name>', 'use this profile (emulator: the built-in one, to try things out)')
    .option('--no-color', 'no color, even on a terminal')
    .option('--no-input', 'never ask; give the option instead (for scripts)')
    .option('-q, --quiet', 'no progress and no notices on stderr')
    .option('-v, --verbose', 'more detail: ids, addresses, every check')
    .option('--debug', 'show every request and full error details on stderr')
    .addOption(new Option('--log-format <format>', 'format of the messages on stderr').choices(['text', 'json']))
    .option('--max-wait <time>', 'longest wait for a busy server, e.g. 90s, 5m (default: 15m)', parseDuration)
    .option(
      '--concurrency <n>',
      'requests at a time (default: what the server recommends)',
      parseCount(1, MOST_CONCURRENCY),
    );
}

/** What was parsed so far: usable during parsing and after it failed. */
export function readGlobalOptions(program: Command): GlobalOptions {
  const { profile, color, input, quiet, verbose, debug, logFormat, maxWait, concurrency } = program.opts();
  return {
    profile,
    color: color !== false,
    input: input !== false,
    quiet: quiet === true,
    verbose: verbose === true,
    debug: debug === true,
    logFormat: logFormat === 'json' ? 'json' : 'text',
    maxWaitMs: maxWait ?? DEFAULT_MAX_WAIT_MS,
    concurrency,
  };
}
