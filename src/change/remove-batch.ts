/** One chunk of a removal, start to end: read the server, decide, write intents, write, confirm, conclude. */

import type { CampaignFacts, OwnLists } from '../campaign/own-lists.ts';
import { usableLists, warningsOf } from '../campaign/usable.ts';
import type { UserNames } from '../campaign/user-names.ts';
import type { ListMember, PersonRecord } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import type { Exclusions } from '../input/exclusions.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import { followPeople } from '../people/follow.ts';
import { queriesForRows } from '../people/queries.ts';
import { type PeopleRead, readChunk } from '../people/read.ts';
import type { PeopleView } from '../people/view.ts';
import { type ChunkReport, reportOf } from './batch-report.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './conclude.ts';
import { claimKnown, knownChanges } from './known-changes.ts';
import {
  type AddedBy,
  knownAdditions,
  type PlannedRemoval,
  planRemovals,
  type RemovableMember,
  type TheseRows,
} from './plan-remove.ts';
import { settleSeen } from './recover-changes.ts';
import type { Session } from './session.ts';

export type RemoveRules = {
  readonly matchBy: string | undefined;
  readonly addedBy: AddedBy | TheseRows;
  readonly allowInactive: boolean;
  readonly allowSharedList: boolean;
  readonly isDryRun: boolean;
};

export type RemoveContext = {
  readonly session: Session;
  readonly rules: RemoveRules;
  readonly userNames: UserNames;
  /** --exclude: somebody excluded by id may come in by e-mail, and the other way round. */
  readonly exclusions?: Exclusions | undefined;
  /** Lists of the campaign, own and foreign, as the last batch knew them. */
  readonly listIds: () => readonly string[];
  readonly onLists: (lists: OwnLists) => void;
  /** Told of the membership rows that are about to be removed: for who makes a plan in a dry run. */
  readonly onPlanned?: ((members: readonly RemovableMember[]) => void) | undefined;
};

type Situation = {
  readonly facts: CampaignFacts;
  readonly lists: OwnLists;
  readonly view: PeopleView;
  readonly planned: readonly PlannedRemoval[];
};

export async function removeChunk(
  context: RemoveContext,
  rows: readonly InputRow[],
  claims: Claims,
): Promise<ChunkReport> {
  const outcomes = new Map<InputRow, Outcome>();
  let settled: readonly StoredEvent[] = [];
  try {
    const situation = await readSituation(context, rows, claims);
    const { facts, lists, view } = situation;
    const warnings = warningsOf(facts, lists);
    if (!context.rules.isDryRun)
      settled = settleSeen(context.session, facts.campaign, { view, listIds: new Set(listIdsOf(lists)) });
    await settleRows(context, situation, outcomes);
    const removals = situation.planned.filter((planned) => planned.kind === 'remove');
    context.onPlanned?.(removals.flatMap((planned) => planned.members));
    if (context.rules.isDryRun) {
      for (const { row, members } of removals) outcomes.set(row, outcomeOf(row, 'removed', { ...detailsOf(members) }));
      return reportOf(rows, outcomes, { events: [], warnings, fatal: undefined });
    }
    const done = await carryOut(context.session, facts.campaign, changesOf(removals), HONOUR_RULES);
    for (const [row, outcome] of done.outcomes) outcomes.set(row, outcome);
    return reportOf(rows, outcomes, { events: [...settled, ...done.events], warnings, fatal: done.fatal });
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return reportOf(rows, outcomes, { events: settled, warnings: [], fatal: error });
  }
}

async function readSituation(context: RemoveContext, rows: readonly InputRow[], claims: Claims): Promise<Situation> {
  const { session, rules } = context;
  const people = rows.filter((row) => row.kind === 'person');
  const { lists, ...read } = await readWithAllLists(context, people);
  context.onLists(lists);
  const listIds = listIdsOf(lists);
  const view = await followPeople(session, read.people, {
    matchBy: rules.matchBy,
    listIds,
    purpose: 'removals',
    namedIds: new Set(),
  });
  // Asking the journal is slow at first: nobody is removed from the lists of others.
  const members = membersOn(new Set(lists.all.map((list) => list.id)), view);
  const removalRules = {
    ownLists: lists.all,
    foreignLists: lists.foreign,
    addedBy: rules.addedBy,
    refusedValues: session.refusedValues,
    addedByJournal: knownAdditions(session, rules.addedBy, members),
    isExcluded: (person: PersonRecord) => context.exclusions?.excludesRecord(person) === true,
  };
  return { facts: read.facts, lists, view, planned: planRemovals(rows, view, removalRules, claims) };
}

function membersOn(listIds: ReadonlySet<string>, view: PeopleView): readonly ListMember[] {
  const members: ListMember[] = [];
  for (const { memberships } of view.all())
    for (const member of memberships) if (listIds.has(member.listId)) members.push(member);
  return members;
}

export const listIdsOf = (lists: OwnLists): readonly string[] =>
  [...lists.all, ...lists.foreign].map((list) => list.id);

async function readWithAllLists(
  context: RemoveContext,
  rows: readonly PersonRow[],
): Promise<PeopleRead & { readonly lists: OwnLists }> {
  const { session, rules } = context;
  const queries = queriesForRows(rows, { matchBy: rules.matchBy, creation: undefined, leadsOfContacts: true });
  let listIds = context.listIds();
  for (;;) {
    const read = await readChunk(session, queries, { matchBy: rules.matchBy, listIds });
    const lists = usableLists(read.facts, rules);
    const all = [...new Set([...listIds, ...listIdsOf(lists)])];
    if (all.length === listIds.length) return { ...read, lists };
    listIds = all;
  }
}

/** Rows that need no write; whoever an interrupted run of ours took out counts as removed. */
async function settleRows(
  context: RemoveContext,
  { planned }: Situation,
  outcomes: Map<InputRow, Outcome>,
): Promise<void> {
  const settled = planned.filter((each) => each.kind !== 'remove');
  const absent = settled.filter((each) => each.kind === 'not-member');
  const known = knownChanges(
    context.session,
    'removed',
    absent.flatMap((each) => each.people.map((person) => person.id)),
  );
  claimKnown(context.session, known);
  const named = await context.userNames(settled.flatMap(({ outcome }) => outcome.addedBy ?? []));
  for (const each of settled) {
    const addedBy = each.outcome.addedBy === undefined ? undefined : named.get(each.outcome.addedBy);
    const outcome = { ...each.outcome, addedBy };
    const removed = each.kind === 'not-member' ? each.people.find((person) => known.has(person.id)) : undefined;
    const details = {
      personType: removed?.type,
      personId: removed?.id,
      listMemberId: known.get(removed?.id ?? '')?.listMemberId,
    };
    outcomes.set(each.row, removed === undefined ? outcome : outcomeOf(each.row, 'removed', details));
  }
}

/** A removal creates nobody. */
const HONOUR_RULES = { duplicateRules: 'honour' } as const;

function changesOf(removals: readonly Extract<PlannedRemoval, { kind: 'remove' }>[]): readonly RowChange[] {
  return removals.flatMap(({ row, members }) =>
    members.map(({ person, list, member }): RowChange => ({ kind: 'remove', row, person, list, member })),
  );
}

function detailsOf(members: readonly RemovableMember[]): Partial<Outcome> {
  const [first] = members;
  return { personType: first?.person.type, personId: first?.person.id, listMemberId: first?.member.id };
}
