/** Reads everything first: the whole input goes into the spool before anything is decided. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { chunkRows } from '../../input/chunk-rows.ts';
import type { Spool } from '../apply/spool.ts';
import type { OpenRun } from '../plan.ts';
import { openRunProgress } from '../progress.ts';

/** Rows that are kept together: one transaction each. */
const ROWS_PER_WRITE = 1000;

/** A spool of this run's own, which goes when the command ends. Of a dry run it is in the system's folder for such files. */
export async function openRunSpool({ context, isDryRun }: Pick<OpenRun, 'context' | 'isDryRun'>): Promise<Spool> {
  const { openSpool } = await import('./open-spool.ts');
  const directory = isDryRun ? mkdtempSync(join(tmpdir(), 'dyncamp-')) : context.stateDirectory;
  if (isDryRun) context.onClose(() => rmSync(directory, { recursive: true, force: true }));
  const { spool, close } = openSpool({ directory, now: context.clock.now });
  context.onClose(close);
  return spool;
}

/** Gives the error with which the input could not be read on; the rows before it are in the spool. Ends early when the run does. */
export async function readInput(
  { context, rows, total, ending }: Pick<OpenRun, 'context' | 'rows' | 'total' | 'ending'>,
  spool: Pick<Spool, 'saveRows'>,
): Promise<InputError | undefined> {
  const progress = await openRunProgress(context, { label: 'Reading', total, waitingSeconds: ending.waitingSeconds });
  try {
    for await (const chunk of chunkRows(rows, { size: () => ROWS_PER_WRITE, clock: context.clock })) {
      spool.saveRows(chunk);
      if (ending.signal.aborted) return undefined;
      progress.note(chunk.length);
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  } finally {
    await progress.stop();
  }
}
