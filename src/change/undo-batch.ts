/**
 * One chunk of an undo: whoever was added is taken out, if the membership row is still the one of the event, and whoever was removed is
 * added again, by the same steps as in any other run.
 */

import { additionId } from '../campaign/ids.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { type AddContext, addChunk } from './add-batch.ts';
import { type ChunkReport, reportOf } from './batch-report.ts';
import type { Claims } from './claims.ts';
import { type RemoveContext, type RemoveRules, removeChunk } from './remove-batch.ts';
import { isUndoRow, type UndoRow } from './undo-rows.ts';

export type UndoContexts = {
  readonly add: AddContext;
  readonly remove: Omit<RemoveContext, 'rules'> & { readonly rules: Omit<RemoveRules, 'addedBy'> };
};

export async function undoChunk(
  contexts: UndoContexts,
  rows: readonly InputRow[],
  claims: Claims,
): Promise<ChunkReport> {
  const ofEvents = rows.filter(isUndoRow);
  const added = ofEvents.filter((row) => row.undoes === 'added');
  const removed = ofEvents.filter((row) => row.undoes === 'removed');
  const steps = [
    { rows: added, work: () => removeChunk(takingOut(contexts.remove, added), added, claims) },
    { rows: removed, work: () => addChunk(contexts.add, removed, claims) },
  ];
  const outcomes = new Map<InputRow, Outcome>();
  let report: Omit<ChunkReport, 'outcomes'> = { events: [], warnings: [], fatal: undefined };
  for (const step of steps) {
    if (step.rows.length === 0 || report.fatal !== undefined) continue;
    const done = await step.work();
    step.rows.forEach((row, place) => {
      const outcome = done.outcomes[place];
      if (outcome !== undefined) outcomes.set(row, outcome);
    });
    report = {
      events: [...report.events, ...done.events],
      warnings: [...report.warnings, ...done.warnings],
      fatal: done.fatal,
    };
  }
  return reportOf(rows, outcomes, report);
}

/**
 * Only the rows of these events: whoever was taken out since and put in again, by anybody, stays. The event's id tells it even where a
 * row that comes back has the id that it had (U23).
 */
function takingOut(context: UndoContexts['remove'], rows: readonly UndoRow[]): RemoveContext {
  const meant = new Set(rows.map((row) => row.eventId));
  const addedBy = {
    kind: 'rows' as const,
    isMeant: (member: { readonly id: string; readonly createdOn: string }) => meant.has(additionId(member)),
  };
  return { ...context, rules: { ...context.rules, addedBy } };
}
