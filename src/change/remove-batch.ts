/** One batch of a removal, start to end: read Dynamics, plan, commit intents, write, confirm, conclude. */

import { listIds } from '../campaign/known-lists.ts';
import type { CampaignFacts, OwnLists } from '../campaign/own-lists.ts';
import { warningsOf } from '../campaign/usable.ts';
import type { ListMember, PersonRecord } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import { followPeople } from '../people/follow.ts';
import type { PeopleView } from '../people/view.ts';
import { type BatchReport, reportOf } from './batch-report.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './conclude.ts';
import {
  type AddedBy,
  knownAdditions,
  type PlannedRemoval,
  planRemovals,
  type RemovableMember,
  type TheseRows,
} from './plan-remove.ts';
import { readBatch } from './read-batch.ts';
import { claimEarlierChanges, recoverSeen } from './recover-changes.ts';
import type { Session } from './session.ts';

export type RemoveRules = {
  readonly matchBy: string | undefined;
  readonly addedBy: AddedBy | TheseRows;
  readonly allowInactive: boolean;
  readonly allowSharedList: boolean;
  readonly isDryRun: boolean;
};

export type Removing = { readonly session: Session; readonly rules: RemoveRules };

/** The same, of exactly these membership rows. */
export function onlyRows(
  { session, rules }: Omit<Removing, 'rules'> & { readonly rules: Omit<RemoveRules, 'addedBy'> },
  isMeant: TheseRows['isMeant'],
): Removing {
  return { session, rules: { ...rules, addedBy: { kind: 'rows', isMeant } } };
}

type Situation = {
  readonly facts: CampaignFacts;
  readonly lists: OwnLists;
  readonly view: PeopleView;
  readonly planned: readonly PlannedRemoval[];
};

/** An error that ends the run is part of the report: what was done before it has to be reported, too. */
export async function removeBatch(removing: Removing, rows: readonly InputRow[], claims: Claims): Promise<BatchReport> {
  const { session, rules } = removing;
  const outcomes = new Map<InputRow, Outcome>();
  let events: readonly StoredEvent[] = [];
  try {
    const situation = await readSituation(removing, rows, claims);
    const { facts, lists, view } = situation;
    const warnings = warningsOf(facts, lists);
    if (!rules.isDryRun)
      events = await recoverSeen(session, facts.campaign, { view, listIds: new Set(listIds(lists, 'all')) });
    await concludeWithoutWrite(session, situation.planned, outcomes);
    const wanted = situation.planned.filter((planned) => planned.kind === 'remove');
    const planned = wanted.flatMap(({ members }) => members.map(({ member }) => member));
    if (rules.isDryRun) {
      for (const { row, members } of wanted) outcomes.set(row, outcomeOf(row, 'removed', { ...detailsOf(members) }));
      return reportOf(rows, outcomes, { events, warnings, fatal: undefined, planned });
    }
    const done = await carryOut(session, facts.campaign, changesOf(wanted));
    for (const [row, outcome] of done.outcomes) outcomes.set(row, outcome);
    return reportOf(rows, outcomes, { events: [...events, ...done.events], warnings, fatal: done.fatal, planned });
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return reportOf(rows, outcomes, { events, warnings: [], fatal: error });
  }
}

async function readSituation(
  { session, rules }: Removing,
  rows: readonly InputRow[],
  claims: Claims,
): Promise<Situation> {
  const { matchBy, allowInactive, allowSharedList } = rules;
  const people = rows.filter((row) => row.kind === 'person');
  const { lists, ...read } = await readBatch(session, people, {
    ...{ matchBy, allowInactive, allowSharedList, purpose: 'removals' },
    creation: undefined,
  });
  const view = await followPeople(session, read.people, {
    matchBy,
    listIds: listIds(lists, 'all'),
    purpose: 'removals',
    namedIds: new Set(),
  });
  // The journal is asked about nobody on the lists of others: nobody is removed from those.
  const members = membersOn(new Set(listIds(lists, 'own')), view);
  const removalView = {
    view,
    ownLists: lists.all,
    foreignLists: lists.foreign,
    addedBy: rules.addedBy,
    refusedValues: session.refusedValues,
    addedByJournal: knownAdditions(session, rules.addedBy, members),
    isExcluded: (person: PersonRecord) => session.exclusions?.excludesRecord(person) === true,
  };
  return { facts: read.facts, lists, view, planned: planRemovals(rows, removalView, claims) };
}

function membersOn(listIds: ReadonlySet<string>, view: PeopleView): readonly ListMember[] {
  const members: ListMember[] = [];
  for (const { memberships } of view.all())
    for (const member of memberships) if (listIds.has(member.listId)) members.push(member);
  return members;
}

/** Rows that need no write; whoever an interrupted run of ours took out counts as removed. */
async function concludeWithoutWrite(
  session: Session,
  planned: readonly PlannedRemoval[],
  outcomes: Map<InputRow, Outcome>,
): Promise<void> {
  const decided = planned.filter((each) => each.kind !== 'remove');
  const absent = decided.filter((each) => each.kind === 'not-member');
  const earlier = claimEarlierChanges(
    session,
    'removed',
    absent.flatMap((each) => each.people.map((person) => person.id)),
  );
  const named = await session.userNames(decided.flatMap(({ outcome }) => outcome.addedBy ?? []));
  for (const each of decided) {
    const addedBy = each.outcome.addedBy === undefined ? undefined : named.get(each.outcome.addedBy);
    const outcome = { ...each.outcome, addedBy };
    const removed = each.kind === 'not-member' ? each.people.find((person) => earlier.has(person.id)) : undefined;
    const details = {
      personType: removed?.type,
      personId: removed?.id,
      listMemberId: earlier.get(removed?.id ?? '')?.listMemberId,
      earlierRun: earlier.get(removed?.id ?? '')?.runId,
    };
    outcomes.set(each.row, removed === undefined ? outcome : outcomeOf(each.row, 'removed', details));
  }
}

function changesOf(removals: readonly Extract<PlannedRemoval, { kind: 'remove' }>[]): readonly RowChange[] {
  return removals.flatMap(({ row, members }) =>
    members.map(({ person, list, member }): RowChange => ({ kind: 'remove', row, person, list, member })),
  );
}

function detailsOf(members: readonly RemovableMember[]): Partial<Outcome> {
  const [first] = members;
  return { personType: first?.person.type, personId: first?.person.id, listMemberId: first?.member.id };
}
