/**
 * The process edge: argv in, exit code out. The only file that sets process.exitCode or handles signals. A command's work is loaded when
 * it runs, so that `dyncamp --help` stays near bare Node.
 */
import { enableCompileCache } from './compile-cache.ts';
import { openContext } from './context.ts';
import { readGlobalOptions } from './global-options.ts';
import { addCommands, createProgram } from './program.ts';
import { StoppedError, type StopSignal, signalExitCode } from './stopping.ts';
import { combineExitCodes, EXIT } from './terminal/exit-codes.ts';
import { InterruptedError } from './terminal/interrupted-error.ts';
import { reportError } from './terminal/report-error.ts';
import { ReaderGoneError } from './terminal/terminal.ts';
import { parsingOutcome } from './usage-error.ts';

/** What may still keep the event loop after everything is written: a read from a named pipe that nobody writes to. */
const LINGER_MS = 250;

enableCompileCache();
const shown: string[] = [];
const program = createProgram({ write: (text) => shown.push(text), columns: process.stdout.columns });
const edge = openContext(process, () => readGlobalOptions(program));
addCommands(program, edge.context);

const onSignal = (signal: StopSignal): void => {
  // Not taken over, or the second one: nothing depends on cleaning up.
  if (!edge.stopping.request(signal)) process.exit(signalExitCode(signal));
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

const onFault = (error: unknown): void => {
  const exit = () => process.exit(EXIT.fault);
  reportError(edge.context.terminal, error).then(exit, exit);
};
process.on('uncaughtException', onFault);
process.on('unhandledRejection', onFault);

process.exitCode = await run();
setTimeout(() => process.exit(), LINGER_MS).unref();

async function run(): Promise<number> {
  const codes = [await parse()];
  try {
    await edge.close();
  } catch (error) {
    codes.push(await exitCodeFor(error));
  }
  return combineExitCodes([...codes, edge.stopping.exitCode() ?? EXIT.done]);
}

async function parse(): Promise<number> {
  try {
    await program.parseAsync(process.argv);
    return edge.exitCode();
  } catch (error) {
    return combineExitCodes([await exitCodeFor(error), edge.exitCode()]);
  }
}

async function exitCodeFor(error: unknown): Promise<number> {
  const { terminal } = edge.context;
  if (error instanceof StoppedError) return signalExitCode(error.signal);
  if (error instanceof InterruptedError) return EXIT.interrupted;
  // Only reading commands let it through; a writing one says 141 itself.
  if (error instanceof ReaderGoneError) return EXIT.done;
  const parsed = parsingOutcome(error);
  if (parsed === undefined) return reportError(terminal, error);
  if (parsed.kind === 'usage') return reportError(terminal, parsed.error);
  if (parsed.kind === 'shown') {
    await terminal.stdout.write(shown.join('')).catch(() => undefined);
    return EXIT.done;
  }
  // `dyncamp` alone asks for the overview; `dyncamp campaigns` forgot something.
  const isBare = program.args.length === 0;
  await (isBare ? terminal.stdout : terminal.stderr).write(shown.join('')).catch(() => undefined);
  return isBare ? EXIT.done : EXIT.usage;
}
