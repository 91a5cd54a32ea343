/**
 * The course of an `apply`: who is in, then the whole input, then whom all of it may mean, then the plan of removals and its guards; only
 * then additions, and after them removals. At every step the doubt decides for whoever is in.
 */
import type { Context } from '../../context.ts';
import { type AddContext, addChunk } from '../../membership/add-chunk.ts';
import { emptyInput, type InputRead, nobodyMatched, type OnlyAdds, onlyAdds } from '../../membership/apply/guards.ts';
import { removalRows } from '../../membership/apply/removal-rows.ts';
import { snapshotMembers } from '../../membership/apply/snapshot-members.ts';
import type { Spool } from '../../membership/apply/spool.ts';
import { judgeOwnLists } from '../../membership/own-lists.ts';
import type { AddedBy } from '../../membership/plan-removals.ts';
import type { MakePasses, Pass, Passing } from '../../run/passes.ts';
import type { ChangeSetup } from '../../run/run-change.ts';
import { countOf } from '../../run/summary.ts';
import type { ApplyOptions } from '../apply.ts';
import { commandSpool } from '../spool/read-input.ts';
import { confirmPlan, limitOf, planRemovals, type Removing, removeNobodyElse } from './removal-plan.ts';
import { removedBefore } from './removed-before.ts';
import { sayNobodyRemoved, sayOthers, sayUnreadable } from './say-apply.ts';
import { understandInput } from './understand-input.ts';

export type ApplyParts = {
  readonly setup: ChangeSetup;
  readonly addition: AddContext;
  readonly removal: Removing;
  readonly addedBy: AddedBy;
};

export function applyPasses(context: Context, options: ApplyOptions, parts: ApplyParts): MakePasses {
  return async function* (passing) {
    const spool = await commandSpool(context, { isDryRun: options.dryRun === true });
    const { session, opened, userNames } = parts.setup;
    const lists = judgeOwnLists(opened.facts).all;
    await snapshotMembers(session, { lists, addedBy: parts.addedBy }, spool);
    const read = await understandInput(context, passing, { session, options, spool });
    const plan = await planAndGuard(context, passing, { options, parts, spool, read });
    if (plan === undefined) return;
    if (options.dryRun !== true && plan.guard !== undefined) throw plan.guard;
    yield additions(parts, spool);
    const stay = plan.onlyAdds ?? afterAdditions(passing);
    if (stay !== undefined) await sayNobodyRemoved(context, stay);
    else yield removals(parts, spool);
    passing.noteStay(await sayOthers(context, userNames, spool));
    if (plan.guard !== undefined) throw plan.guard;
    if (read.failure !== undefined) throw read.failure;
  };
}

type Planning = {
  readonly options: ApplyOptions;
  readonly parts: ApplyParts;
  readonly spool: Spool;
  readonly read: InputRead;
};
type Plan = { readonly onlyAdds: OnlyAdds | undefined; readonly guard: Error | undefined };

/** Undefined when the run was ended meanwhile: then nothing at all is done. */
async function planAndGuard(context: Context, passing: Passing, planning: Planning): Promise<Plan | undefined> {
  const { options, parts, spool, read } = planning;
  if (passing.endReason() !== undefined) return undefined;
  const mayBeEmpty = options.allowEmpty === true;
  const empty = mayBeEmpty ? undefined : emptyInput(read);
  const adds = onlyAdds(read);
  if (empty !== undefined || adds !== undefined) return { onlyAdds: adds, guard: empty };
  const unreadable = await planRemovals(passing, parts.removal, spool);
  if (passing.endReason() !== undefined) return undefined;
  await sayUnreadable(context, unreadable);
  const guard =
    (mayBeEmpty ? undefined : nobodyMatched(read, spool.countPlanned())) ??
    limitOf(options, spool, removedBefore(parts.setup.session));
  if (guard === undefined) await confirmPlan(context, options, { spool, usesStdin: passing.usesStdin });
  return { onlyAdds: undefined, guard };
}

/** Whoever a row means now, and did not when the plan was made, stays. */
function additions({ addition }: ApplyParts, spool: Spool): Pass {
  const onView: AddContext['onView'] = (view) => spool.protect([...view.all()].map((person) => person.id));
  const work: Pass['work'] = (rows, claims) => addChunk({ ...addition, onView }, rows, claims);
  return { rows: spool.rows(), total: spool.countRows(), label: 'Adding', work };
}

/** Why nobody is removed after these additions. */
function afterAdditions(passing: Passing): OnlyAdds | undefined {
  if (passing.endReason() === undefined && countOf(passing.tally(), 'open') === 0) return undefined;
  return { reason: 'not all additions were come to and confirmed', hint: 'Run the same command again.' };
}

function removals({ removal }: ApplyParts, spool: Spool): Pass {
  return {
    rows: removalRows(spool.plannedCandidates()),
    total: spool.countPlanned(),
    label: 'Removing',
    work: removeNobodyElse(removal, spool),
  };
}
