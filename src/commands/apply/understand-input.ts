/** Reads the whole input and finds out whom every row may mean, before anything is decided. Nothing is written to Dynamics. */
import type { Context } from '../../context.ts';
import { TemporaryError } from '../../errors.ts';
import type { InputPlace, InputRows } from '../../input/input-row.ts';
import { openPeople } from '../../input/open-people.ts';
import type { InputRead } from '../../membership/apply/guards.ts';
import { protectChunk } from '../../membership/apply/protect-people.ts';
import type { Spool } from '../../membership/apply/spool.ts';
import { reportOf } from '../../membership/chunk-report.ts';
import type { Session } from '../../membership/session.ts';
import type { Passing, Work } from '../../run/passes.ts';
import type { ApplyOptions } from '../apply.ts';
import { readInput } from '../spool/read-input.ts';

export type Understanding = {
  readonly session: Session;
  readonly options: Pick<ApplyOptions, 'matchBy' | 'exclude' | 'inputFormat' | 'encoding' | 'map'>;
  readonly spool: Spool;
};

type Counts = { rows: number; matched: number; doubtful: number; firstDoubtful: InputPlace | undefined };

export async function understandInput(
  context: Context,
  passing: Passing,
  understanding: Understanding,
): Promise<InputRead> {
  const { spool, options } = understanding;
  const inputError = await readInput(context, passing, spool);
  const counts: Counts = { rows: 0, matched: 0, doubtful: 0, firstDoubtful: undefined };
  let failure: Error | undefined = inputError;
  try {
    await protectAll(passing, understanding, { rows: spool.rows(), total: spool.countRows(), counts });
    // Whoever is left out is left alone, also under another id or address than the file of --exclude has.
    if (options.exclude !== undefined)
      await protectAll(passing, understanding, {
        rows: openPeople({ ...options, files: options.exclude }),
        counts: { ...counts },
      });
  } catch (error) {
    if (!(error instanceof TemporaryError)) throw error;
    failure ??= error;
  }
  const emptySources = passing.sources.filter((source) => spool.rowsOf(source) === 0);
  return { ...counts, emptySources, failure };
}

async function protectAll(
  { preview }: Passing,
  { session, options, spool }: Understanding,
  { rows, total, counts }: { readonly rows: InputRows; readonly total?: number; readonly counts: Counts },
): Promise<void> {
  const work: Work = async (chunk) => {
    const { matched, doubtful } = await protectChunk({ session, matchBy: options.matchBy, spool }, chunk);
    counts.rows += chunk.length;
    counts.matched += matched;
    counts.doubtful += doubtful.length;
    counts.firstDoubtful ??= doubtful[0];
    return reportOf(chunk, new Map(), { events: [], warnings: [], fatal: undefined });
  };
  await preview({ rows, total, work, label: 'Looking up', isWhole: true }, () => '');
}
