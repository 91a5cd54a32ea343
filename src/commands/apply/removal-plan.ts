/** Whom an `apply` removes: planned by the steps of `remove` in a dry run, carried out by the same steps on exactly those membership rows. */
import type { Context } from '../../context.ts';
import type { Exclusions } from '../../input/exclusions.ts';
import { defaultMaxRemovals } from '../../membership/apply/guards.ts';
import { removalRows } from '../../membership/apply/removal-rows.ts';
import { mayBegin } from '../../membership/apply/row-candidates.ts';
import type { Spool } from '../../membership/apply/spool.ts';
import type { Outcome } from '../../membership/outcome.ts';
import { type RemoveContext, type RemoveRules, removeChunk } from '../../membership/remove-chunk.ts';
import type { ListMember } from '../../membership/wire.ts';
import { lookAlikeKey } from '../../people/identity.ts';
import type { Passing, Work } from '../../run/passes.ts';
import { peopleText } from '../../run/summary.ts';
import type { ApplyOptions } from '../apply.ts';
import { ASKS_ABOVE, confirmRemoval } from '../confirm-removal.ts';
import { tooManyRemovals } from '../too-many-removals.ts';

export type Removing = Omit<RemoveContext, 'rules' | 'exclusions'> & { readonly rules: Omit<RemoveRules, 'addedBy'> };

/** Gives the number of candidates who can neither be planned nor are protected: their records cannot be read. */
export async function planRemovals(passing: Passing, removal: Removing, spool: Spool): Promise<number> {
  let unreadable = 0;
  const isMeant = (member: ListMember): boolean => spool.isCandidate(member) && !spool.isProtected(member.personId);
  const planning = contextOf(removal, spool, isMeant);
  const context: RemoveContext = {
    ...planning,
    rules: { ...planning.rules, isDryRun: true },
    onPlanned: (members) => spool.plan(members.map(({ member }) => member)),
  };
  const rows = removalRows(spool.candidates());
  await passing.preview(
    { rows, label: 'Planning', work: (some, claims) => removeChunk(context, some, claims), isWhole: true },
    ({ outcomes }) => {
      unreadable += outcomes.filter(({ outcome }) => outcome === 'not-found').length;
      return `${spool.countPlanned()} to be removed`;
    },
  );
  return unreadable;
}

/** The planned rows and nothing else; who is protected by now stays. */
export function removeNobodyElse(removal: Removing, spool: Spool): Work {
  const context = contextOf(removal, spool, spool.isPlanned);
  return async (rows, claims) => {
    const report = await removeChunk(context, rows, claims);
    return { ...report, outcomes: report.outcomes.map(inWordsOfApply) };
  };
}

function contextOf(removal: Removing, spool: Spool, isMeant: (member: ListMember) => boolean): RemoveContext {
  const rules = { ...removal.rules, addedBy: { kind: 'rows' as const, isMeant } };
  return { ...removal, rules, exclusions: protectedPeople(spool) };
}

/** Nothing is done for a candidate if any record of the same person is protected. */
function protectedPeople({ isProtected, isProtectedAddress, protectedBeginnings }: Spool): Exclusions {
  return {
    excludesRow: () => false,
    excludesRecord: ({ id, email = '' }) =>
      isProtected(id) ||
      (email !== '' && isProtectedAddress(lookAlikeKey(email))) ||
      protectedBeginnings().some((text) => mayBegin(text, { id, email })),
  };
}

function inWordsOfApply(outcome: Outcome): Outcome {
  if (outcome.outcome === 'excluded') return { ...outcome, message: 'Kept: a row of the input may mean this person.' };
  if (outcome.outcome !== 'added-by-other') return outcome;
  const { addedBy: _, ...rest } = outcome;
  return { ...rest, outcome: 'already-member', message: 'Put in again since the plan was made, and left alone.' };
}

/** `before`: people whom interrupted runs removed; with them a repetition is held to the limit of the first run, and passes where that did. */
export function limitOf(
  { maxRemovals }: Pick<ApplyOptions, 'maxRemovals'>,
  spool: Pick<Spool, 'countPlanned' | 'countOurs'>,
  before: number,
): Error | undefined {
  const count = spool.countPlanned();
  const most = maxRemovals ?? defaultMaxRemovals(spool.countOurs() + before);
  return count > 0 && count + before > most ? tooManyRemovals({ count, most, before }) : undefined;
}

/** As `remove` asks: not about a pipe, not in a dry run. */
export async function confirmPlan(
  context: Context,
  { yes, dryRun }: Pick<ApplyOptions, 'yes' | 'dryRun'>,
  { spool, usesStdin }: { readonly spool: Spool; readonly usesStdin: boolean },
): Promise<void> {
  const count = spool.countPlanned();
  if (count <= ASKS_ABOVE || !context.terminal.canAsk || usesStdin || yes === true || dryRun === true) return;
  await confirmRemoval(context, peopleText(count));
}
