/** One batch of a removal, start to end: read Dynamics, plan, commit intents, write, confirm, record. */

import { listIds } from '../campaign/known-lists.ts';
import { warningsOf } from '../campaign/usable.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { CREATOR_UNKNOWN, outcomeOf } from '../input/outcome.ts';
import type { TheseMembers } from './added-by.ts';
import type { BatchWork } from './batch-result.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './intents.ts';
import { type PlannedRemoval, planRemovals, type RemovableMember, type RemoveRules } from './plan-remove.ts';
import { readForRemovals } from './read-batch.ts';
import { recoverSeen, reportEarlierChanges } from './recover-changes.ts';
import type { Session } from './session.ts';

export type Removing = { readonly session: Session; readonly rules: RemoveRules };

/** Limits a removal to exactly these membership rows. */
export function onlyMembers(
  { session, rules }: Omit<Removing, 'rules'> & { readonly rules: Omit<RemoveRules, 'addedBy'> },
  isMeant: TheseMembers['isMeant'],
): Removing {
  return { session, rules: { ...rules, addedBy: { kind: 'members', isMeant } } };
}

export async function* removeBatch(removing: Removing, rows: readonly InputRow[], claims: Claims): BatchWork {
  const { session, rules } = removing;
  const { facts, lists, ...read } = await readForRemovals(session, rules, rows);
  yield { warnings: warningsOf(facts, lists) };
  const plannedRows = planRemovals(rows, read, claims);
  if (!rules.isDryRun)
    yield { events: await recoverSeen(session, { view: read.view, listIds: new Set(listIds(lists, 'all')) }) };
  yield { outcomes: await outcomesWithoutWrite(removing, plannedRows) };
  const wanted = plannedRows.filter((each) => each.kind === 'remove');
  yield { planned: wanted.flatMap(({ members }) => members.map(({ member }) => member)) };
  const changes = wanted.flatMap(({ row, members }) =>
    members.map((member): RowChange => ({ kind: 'remove', row, ...member })),
  );
  if (!rules.isDryRun) yield* carryOut(session, changes);
  else yield { outcomes: new Map(wanted.map(({ row, members }) => [row, predicted(row, members)])) };
}

/** Rows that need no write. People whom an unfinished run removed count as removed. */
async function outcomesWithoutWrite(
  { session, rules }: Removing,
  plannedRows: readonly PlannedRemoval[],
): Promise<ReadonlyMap<InputRow, Outcome>> {
  const outcomes = new Map<InputRow, Outcome>();
  const decided = plannedRows.filter((each) => each.kind !== 'remove');
  const absent = decided.flatMap((each) => (each.kind === 'not-member' ? each.people.map(({ id }) => id) : []));
  const earlier = reportEarlierChanges(session, 'removed', absent);
  const names = await session.userNames(decided.flatMap(({ outcome }) => outcome.addedBy ?? []));
  // An undo keeps people because they were added again since, not because of who added them.
  const isKept = ({ outcome }: { readonly outcome: Outcome }): boolean =>
    outcome.outcome === 'added-by-other' && rules.addedBy.kind !== 'members';
  await session.creators.learn(decided.filter(isKept).map(creatorOf));
  for (const each of decided) {
    const event = each.kind === 'not-member' ? each.people.flatMap(({ id }) => earlier.get(id) ?? [])[0] : undefined;
    const isUnknown = isKept(each) && session.creators.says(creatorOf(each)) === 'nothing';
    const addedBy = names.get(each.outcome.addedBy ?? '');
    outcomes.set(
      each.row,
      event === undefined
        ? { ...each.outcome, addedBy, ...(isUnknown && UNKNOWN) }
        : outcomeOf(each.row, 'removed', {
            personType: event.personType,
            personId: event.personId,
            listMemberId: event.listMemberId,
            earlierRun: event.runId,
          }),
    );
  }
  return outcomes;
}

const creatorOf = ({ outcome }: { readonly outcome: Outcome }) => ({ createdBy: outcome.addedBy });

const UNKNOWN = {
  code: CREATOR_UNKNOWN,
  message: "Dynamics does not say who added this person, and this machine's journal does not know.",
};

function predicted(row: PersonRow, [first]: readonly RemovableMember[]): Outcome {
  const { person, member } = first ?? {};
  return outcomeOf(row, 'removed', { personType: person?.type, personId: person?.id, listMemberId: member?.id });
}
