/** Reads everything first: the whole input goes into the spool before anything is decided. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { InputError } from '../../errors.ts';
import { chunkRows } from '../../input/chunk-rows.ts';
import type { Spool } from '../../membership/apply/spool.ts';
import { openInputSize } from '../../run/input-size.ts';
import type { Passing } from '../../run/passes.ts';
import { progressLine } from '../../run/progress-line.ts';
import { openProgress } from '../../terminal/progress.ts';

/** Rows that are kept together: one transaction each. */
const ROWS_PER_WRITE = 1000;

/** A spool of this command's own, which goes when the command ends. Of a dry run it is in the system's folder for such files. */
export async function commandSpool(context: Context, { isDryRun }: { readonly isDryRun: boolean }): Promise<Spool> {
  const { openSpool } = await import('./open-spool.ts');
  const directory = isDryRun ? mkdtempSync(join(tmpdir(), 'dyncamp-')) : context.stateDirectory;
  if (isDryRun) context.onClose(() => rmSync(directory, { recursive: true, force: true }));
  const { spool, close } = openSpool({ directory, now: context.clock.now });
  context.onClose(close);
  return spool;
}

/** Gives the error with which the input could not be read on; the rows before it are in the spool. Ends early when the run does. */
export async function readInput(
  context: Pick<Context, 'clock' | 'terminal'>,
  { rows, size, signal }: Pick<Passing, 'rows' | 'size' | 'signal'>,
  spool: Pick<Spool, 'saveRows'>,
): Promise<InputError | undefined> {
  const { clock, terminal } = context;
  const progress = await openProgress(terminal, clock);
  const known = openInputSize({ ...size, signal });
  const startedAt = clock.now();
  let done = 0;
  try {
    for await (const chunk of chunkRows(rows, { size: () => ROWS_PER_WRITE, clock })) {
      spool.saveRows(chunk);
      if (signal.aborted) return undefined;
      done += chunk.length;
      const share = known.share(chunk.at(-1)?.place);
      const seconds = (clock.now() - startedAt) / 1000;
      progress.update(progressLine({ label: 'Reading', done, share, seconds, waitingSeconds: 0, came: '' }));
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  } finally {
    await progress.stop();
  }
}
