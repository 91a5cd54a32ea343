/**
 * The process edge: argv in, exit code out. The only file that sets process.exitCode or handles signals. A command's file is imported
 * when the line names it and its engine when it runs, so that `dyncamp --help` stays near bare Node.
 */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { readGlobalOptions } from './cli/global-options.ts';
import { readHelpWords } from './cli/help.ts';
import { addCommands, createProgram } from './cli/program.ts';
import { isShownHelp, usageError } from './cli/usage-error.ts';
import { openContext } from './run/context.ts';
import { ignoresHangUp, type StopSignal, signalExitCode, stopCodeOf } from './run/signals.ts';
import { combineExitCodes, EXIT } from './terminal/exit-codes.ts';
import { ReaderGoneError } from './terminal/terminal.ts';

/** For what may still hold the event loop when all is written: a read from a named pipe that nobody writes to. */
const LINGER_MS = 250;

const shown: string[] = [];
const { words, isFull } = readHelpWords(process.argv.slice(2));
const program = createProgram({
  write: (text) => shown.push(text),
  columns: process.stdout.columns,
  isFullHelp: isFull,
});
const edge = openContext(process, () => readGlobalOptions(program));
program.hook('preAction', listenForHangUp);

let signals = 0;
const onSignal = (signal: StopSignal): void => {
  signals += 1;
  if (edge.signals.request(signal)) return;
  // Not caught by the command, or the second one: nothing depends on cleaning up.
  const exit = () => process.exit(signalExitCode(signal));
  if (signals === 2) reportStoppedAtOnce().then(exit, exit);
  else exit();
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

/** Called before a command runs: a terminal that has hung up can no longer be recognized as one. */
function listenForHangUp(): void {
  const isIgnored = ignoresHangUp({ status: ownStatus(), isatty });
  // Without a listener Node would be ended by it, whatever it inherited.
  process.on('SIGHUP', isIgnored ? () => undefined : onSignal);
}

/** On Linux. */
function ownStatus(): string | undefined {
  try {
    return readFileSync('/proc/self/status', 'latin1');
  } catch {
    return undefined;
  }
}

const onFault = (error: unknown): void => {
  const exit = () => process.exit(EXIT.fault);
  reportEnd(error).then(exit, (why: unknown) => {
    // An installation that is not whole: what says things could not be loaded.
    process.stderr.write(`${String(why)}\n`);
    exit();
  });
};
process.on('uncaughtException', onFault);
process.on('unhandledRejection', onFault);

// A run that is never finished, because nothing keeps the process alive, did not succeed.
process.on('exit', () => {
  process.exitCode ??= EXIT.fault;
});
void run().then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});

async function run(): Promise<number> {
  const code = await parse();
  try {
    await edge.close();
  } catch (error) {
    // What was done is done, and the next command repairs what was not closed in order.
    if (edge.context.terminal.debug) await reportEnd(error);
  }
  return combineExitCodes([code, edge.signals.exitCode() ?? EXIT.done]);
}

async function parse(): Promise<number> {
  try {
    await addCommands(program, edge.context, words);
    await program.parseAsync(words, { from: 'user' });
    return edge.exitCode();
  } catch (error) {
    if (isShownHelp(error)) return showHelp();
    return combineExitCodes([await reportEnd(error), edge.exitCode()]);
  }
}

async function showHelp(): Promise<number> {
  try {
    await edge.context.terminal.stdout.write(shown.join(''));
  } catch (error) {
    return reportEnd(error);
  }
  return EXIT.done;
}

/** Of a run that has begun: nobody can say now what it was doing, but its journal can. */
async function reportStoppedAtOnce(): Promise<void> {
  const { terminal } = edge.context;
  if (terminal.logFields().run === undefined) return;
  const { warn } = await import('./terminal/report-error.ts');
  const message = 'Stopped at once. Run the same command again: it finds out what was done, and goes on.';
  await warn(terminal, 'STOPPED_AT_ONCE', message);
}

/** Turns the error that ended a command into a message on stderr and an exit code. */
async function reportEnd(error: unknown): Promise<number> {
  const stopCode = stopCodeOf(error);
  if (stopCode !== undefined) return stopCode;
  // Only reading commands let it through; writing ones return 141 themselves.
  if (error instanceof ReaderGoneError) return EXIT.done;
  const { reportError } = await import('./terminal/report-error.ts');
  return reportError(edge.context.terminal, usageError(error, program) ?? error);
}
