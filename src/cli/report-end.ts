/** Turns the error that ended a command into a message on stderr and an exit code. Loaded only when something went wrong. */
import type { Command } from 'commander';
import type { Edge } from '../run/context.ts';
import { stopCodeOf } from '../run/stopping.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { reportError } from '../terminal/report-error.ts';
import { ReaderGoneError } from '../terminal/terminal.ts';
import { usageError } from './usage-error.ts';

export async function reportEnd(edge: Edge, program: Command, error: unknown): Promise<number> {
  const stopCode = stopCodeOf(error);
  if (stopCode !== undefined) return stopCode;
  // Only reading commands let it through; writing ones return 141 themselves.
  if (error instanceof ReaderGoneError) return EXIT.done;
  edge.prepare();
  return reportError(edge.context.terminal, usageError(error, program) ?? error);
}
