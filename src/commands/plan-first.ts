/** `remove --max-removals N`: reads everything, finds out how many people would be removed, and removes nobody when it is too many. */
import type { Context } from '../context.ts';
import type { Spool } from '../membership/apply/spool.ts';
import { type RemoveContext, removeChunk } from '../membership/remove-chunk.ts';
import type { MakePasses } from '../run/passes.ts';
import type { RemoveOptions } from './remove.ts';
import { commandSpool, readInput } from './spool/read-input.ts';
import { tooManyRemovals } from './too-many-removals.ts';

export function planFirst(
  context: Context,
  { maxRemovals, dryRun }: Pick<RemoveOptions, 'dryRun'> & { readonly maxRemovals: number },
  removal: RemoveContext,
): MakePasses {
  return async function* (passing) {
    const spool = await commandSpool(context, { isDryRun: dryRun === true });
    const inputError = await readInput(context, passing, spool);
    const total = spool.countRows();
    const planning = planningOf(removal, spool);
    await passing.preview(
      { rows: spool.rows(), total, label: 'Planning', work: (rows, claims) => removeChunk(planning, rows, claims) },
      () => `${spool.countPlanned()} to be removed`,
    );
    // What ended the run early may have kept removals out of the plan.
    if (passing.endReason() !== undefined) return;
    const count = spool.countPlanned();
    const tooMany = count > maxRemovals ? tooManyRemovals({ count, most: maxRemovals }) : undefined;
    if (tooMany !== undefined && dryRun !== true) throw tooMany;
    const planned = plannedOnly(removal, spool);
    yield { rows: spool.rows(), total, work: (rows, claims) => removeChunk(planned, rows, claims) };
    if (tooMany !== undefined) throw tooMany;
    if (inputError !== undefined) throw inputError;
  };
}

function planningOf(removal: RemoveContext, spool: Pick<Spool, 'plan'>): RemoveContext {
  return {
    ...removal,
    rules: { ...removal.rules, isDryRun: true },
    onPlanned: (members) => spool.plan(members.map(({ member }) => member)),
  };
}

/** Whoever came to be removable since stays: nobody is removed who was not counted. */
function plannedOnly(removal: RemoveContext, { isPlanned }: Pick<Spool, 'isPlanned'>): RemoveContext {
  return { ...removal, rules: { ...removal.rules, addedBy: { kind: 'rows', isMeant: isPlanned } } };
}
