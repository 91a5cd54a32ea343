/** One batch of a removal, start to end: read Dynamics, plan, commit intents, write, confirm, record. */

import { listIds } from '../campaign/known-lists.ts';
import { warningsOf } from '../campaign/usable.ts';
import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { CREATOR_UNKNOWN, outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { TheseRows } from './added-by.ts';
import { type BatchWork, batchResult } from './batch-result.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './outcome-of-write.ts';
import { type PlannedRemoval, planRemovals, type RemovableMember, type RemoveRules } from './plan-remove.ts';
import { readForRemovals } from './read-batch.ts';
import { recoverSeen, reportEarlierChanges } from './recover-changes.ts';
import type { Session } from './session.ts';

export type Removing = { readonly session: Session; readonly rules: RemoveRules };

/** Limits a removal to exactly these membership rows. */
export function onlyRows(
  { session, rules }: Omit<Removing, 'rules'> & { readonly rules: Omit<RemoveRules, 'addedBy'> },
  isMeant: TheseRows['isMeant'],
): Removing {
  return { session, rules: { ...rules, addedBy: { kind: 'rows', isMeant } } };
}

/** An error that stops the run is returned, not thrown, because what was done before it has to be reported. */
export async function* removeBatch(removing: Removing, rows: readonly InputRow[], claims: Claims): BatchWork {
  const { session, rules } = removing;
  const outcomes = new Map<InputRow, Outcome>();
  let events: readonly StoredEvent[] = [];
  try {
    const { facts, lists, ...read } = await readForRemovals(session, rules, rows);
    const warnings = warningsOf(facts, lists);
    const plannedRows = planRemovals(rows, read, claims);
    if (!rules.isDryRun)
      events = await recoverSeen(session, { view: read.view, listIds: new Set(listIds(lists, 'all')) });
    for (const [row, outcome] of await outcomesWithoutWrite(removing, plannedRows)) outcomes.set(row, outcome);
    const wanted = plannedRows.filter((each) => each.kind === 'remove');
    const planned = wanted.flatMap(({ members }) => members.map(({ member }) => member));
    if (rules.isDryRun) {
      for (const { row, members } of wanted) outcomes.set(row, outcomeOf(row, 'removed', { ...detailsOf(members) }));
      return batchResult(rows, outcomes, { events, warnings, fatal: undefined, planned });
    }
    const done = yield* carryOut(session, changesOf(wanted));
    for (const [row, outcome] of done.outcomes) outcomes.set(row, outcome);
    return batchResult(rows, outcomes, { events: [...events, ...done.events], warnings, fatal: done.fatal, planned });
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return batchResult(rows, outcomes, { events, warnings: [], fatal: error });
  }
}

/** Rows that need no write. People whom an unfinished run removed count as removed. */
async function outcomesWithoutWrite(
  { session, rules }: Removing,
  plannedRows: readonly PlannedRemoval[],
): Promise<ReadonlyMap<InputRow, Outcome>> {
  const outcomes = new Map<InputRow, Outcome>();
  const decided = plannedRows.filter((each) => each.kind !== 'remove');
  const absent = decided.filter((each) => each.kind === 'not-member');
  const earlier = reportEarlierChanges(
    session,
    'removed',
    absent.flatMap((each) => each.people.map((person) => person.id)),
  );
  const named = await session.userNames(decided.flatMap(({ outcome }) => outcome.addedBy ?? []));
  // An undo keeps people because they were added again since, not because of who added them.
  const isKept = ({ outcome }: { readonly outcome: Outcome }): boolean =>
    outcome.outcome === 'added-by-other' && rules.addedBy.kind !== 'rows';
  await session.creators.learn(decided.filter(isKept).map(creatorOf));
  for (const each of decided) {
    const addedBy = each.outcome.addedBy === undefined ? undefined : named.get(each.outcome.addedBy);
    const isUnknown = isKept(each) && session.creators.says(creatorOf(each)) === 'nothing';
    const outcome = { ...each.outcome, addedBy, ...(isUnknown && UNKNOWN) };
    const removed = each.kind === 'not-member' ? each.people.find((person) => earlier.has(person.id)) : undefined;
    const details = {
      personType: removed?.type,
      personId: removed?.id,
      listMemberId: earlier.get(removed?.id ?? '')?.listMemberId,
      earlierRun: earlier.get(removed?.id ?? '')?.runId,
    };
    outcomes.set(each.row, removed === undefined ? outcome : outcomeOf(each.row, 'removed', details));
  }
  return outcomes;
}

const creatorOf = ({ outcome }: { readonly outcome: Outcome }) => ({ createdBy: outcome.addedBy });

const UNKNOWN = {
  code: CREATOR_UNKNOWN,
  message: "Dynamics does not say who added this person, and this machine's journal does not know.",
};

function changesOf(removals: readonly Extract<PlannedRemoval, { kind: 'remove' }>[]): readonly RowChange[] {
  return removals.flatMap(({ row, members }) =>
    members.map(({ person, list, member }): RowChange => ({ kind: 'remove', row, person, list, member })),
  );
}

function detailsOf(members: readonly RemovableMember[]): Partial<Outcome> {
  const [first] = members;
  return { personType: first?.person.type, personId: first?.person.id, listMemberId: first?.member.id };
}
