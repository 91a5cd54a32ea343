/** Finds a run by its id or a unique prefix of it. */

import { UsageError } from '../../errors.ts';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import { nearest } from '../../text.ts';

/** Most runs to list for an ambiguous prefix. */
const SHOWN = 5;

/** Throws UsageError RUN_NOT_FOUND or RUN_AMBIGUOUS. */
export function findRun(journal: Pick<Journal, 'run' | 'runs'>, text: string): RunRecord {
  const wanted = text.trim().toLowerCase();
  const exact = journal.run(wanted);
  if (exact !== undefined) return exact;
  const known = [...journal.runs()];
  const found = wanted === '' ? [] : known.filter((run) => run.id.startsWith(wanted));
  const [run] = found;
  if (run === undefined) throw notFound(text, wanted, known);
  if (found.length > 1) {
    const shown = found.slice(0, SHOWN).map((each) => each.id);
    throw new UsageError('RUN_AMBIGUOUS', `${found.length} runs begin with "${text}": ${shown.join(', ')}.`, {
      hint: 'Give more characters of the id.',
    });
  }
  return run;
}

/** For machines on which nothing was run. */
export function noRunAtAll(text: string): UsageError {
  return notFound(text, '', []);
}

function notFound(text: string, wanted: string, known: readonly RunRecord[]): UsageError {
  const beginnings = new Map(known.map((run) => [run.id.slice(0, wanted.length), run.id]));
  const nearBeginning = nearest(wanted, beginnings.keys());
  const near = nearBeginning === undefined ? undefined : beginnings.get(nearBeginning);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return new UsageError('RUN_NOT_FOUND', `There is no run "${text}" on this machine.`, {
    hint: `${meant}\`dyncamp runs list\` shows the runs of the last 30 days.`,
  });
}
