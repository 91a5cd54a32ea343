/** One chunk of a removal, start to end: read the server, decide, write intents, write, confirm, conclude. */
import { DyncampError } from '../errors.ts';
import type { Conclusion, StoredEvent } from '../journal/journal.ts';
import { type ChunkReport, reportOf } from './chunk-report.ts';
import { followPeople } from './follow-people.ts';
import type { Claims } from './in-flight.ts';
import type { Exclusions } from './input/exclusions.ts';
import type { InputRow, PersonRow } from './input-row.ts';
import { claimKnown, knownChanges } from './known-changes.ts';
import { noteConclusions, unnoted } from './note-conclusions.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { CampaignFacts, OwnLists } from './own-lists.ts';
import type { PeopleView } from './people-view.ts';
import { queriesForRows } from './person-queries.ts';
import {
  type AddedBy,
  knownAdditions,
  type PlannedRemoval,
  planRemovals,
  type RemovableMember,
  type TheseRows,
} from './plan-removals.ts';
import { type PeopleRead, readChunk } from './read-people.ts';
import type { WritingSession } from './session.ts';
import { settleSeen } from './settle.ts';
import { usableLists, warningsOf } from './stop-if-unusable.ts';
import { eventsOf, type TriggerEvents } from './trigger-event.ts';
import type { UserNames } from './user-names.ts';
import type { PersonRecord } from './wire.ts';
import { type WrittenRemoval, writeRemovals } from './write-removals.ts';
import { refusalOutcome, unconfirmedDetails } from './write-result.ts';

export type RemoveRules = {
  readonly matchBy: string | undefined;
  readonly addedBy: AddedBy | TheseRows;
  readonly allowInactive: boolean;
  readonly allowSharedList: boolean;
  readonly isDryRun: boolean;
};

export type RemoveContext = {
  readonly session: WritingSession;
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
    const { events, fatal } = await carryOut(context, situation, outcomes);
    return reportOf(rows, outcomes, { events: [...settled, ...events], warnings, fatal });
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
  const ownIds = new Set(lists.all.map((list) => list.id));
  const members = [...view.all()].flatMap(({ memberships }) => memberships.filter(({ listId }) => ownIds.has(listId)));
  const removalRules = {
    ownLists: lists.all,
    foreignLists: lists.foreign,
    addedBy: rules.addedBy,
    addedByJournal: knownAdditions(session, rules.addedBy, members),
    isExcluded: (person: PersonRecord) => context.exclusions?.excludesRecord(person) === true,
  };
  return { facts: read.facts, lists, view, planned: planRemovals(rows, view, removalRules, claims) };
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
  const absent = planned.filter((each) => each.kind === 'not-member');
  const known = knownChanges(
    context.session,
    'removed',
    absent.flatMap((each) => each.people.map((person) => person.id)),
  );
  claimKnown(context.session, known);
  const named = await context.userNames(
    planned.flatMap((each) => (each.kind === 'remove' ? [] : (each.outcome.addedBy ?? []))),
  );
  for (const each of planned) {
    if (each.kind === 'remove') continue;
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

/** The outcome of a row is counted with its chunk, not here: one row can be several intents. */
const UNCOUNTED = '';

function detailsOf(members: readonly RemovableMember[]): Partial<Outcome> {
  const [first] = members;
  return { personType: first?.person.type, personId: first?.person.id, listMemberId: first?.member.id };
}

type Intended = RemovableMember & { readonly row: PersonRow; readonly intentId: number };

async function carryOut(
  context: RemoveContext,
  { facts, planned }: Situation,
  outcomes: Map<InputRow, Outcome>,
): Promise<{ readonly events: readonly StoredEvent[]; readonly fatal: DyncampError | undefined }> {
  const { session } = context;
  const wanted = planned.flatMap((each) =>
    each.kind === 'remove' ? each.members.map((member) => ({ ...member, row: each.row })) : [],
  );
  if (wanted.length === 0) return { events: [], fatal: undefined };
  const ids = session.run.begin(wanted.map(intentOf));
  const intended = wanted.map((each, place) => ({ ...each, intentId: ids[place] ?? 0 }));
  const { written, fatal } = await writeRemovals(
    session,
    intended.map(({ person, list, member }) => ({ person, listId: list.id, member })),
  );
  const concluding = { now: session.clock.now(), events: eventsOf(session, facts.campaign) };
  const conclusions = intended.flatMap((each, place) => concludeOne(concluding, each, written[place]));
  const { events, failure } = noteConclusions(session, facts.campaign, conclusions);
  const told = new Set(events.map((event) => event.listMemberId));
  intended.forEach((each, place) => {
    const isGone = written[place]?.result.kind === 'gone';
    const outcome =
      failure !== undefined && isGone
        ? unnoted(outcomeOfRemoval(each, written[place], new Set([each.member.id])), failure)
        : outcomeOfRemoval(each, written[place], told);
    outcomes.set(each.row, worse(outcomes.get(each.row), outcome));
  });
  return { events, fatal: failure ?? fatal };
}

function intentOf({ person, list, member, row }: RemovableMember & { readonly row: PersonRow }) {
  return {
    kind: 'remove',
    personType: person.type,
    personId: person.id,
    email: person.email,
    listId: list.id,
    listName: list.name,
    created: false,
    before: { listMemberId: member.id, createdOn: member.createdOn, createdBy: member.createdBy },
    place: row.place,
  } as const;
}

function concludeOne(
  { now, events }: { readonly now: number; readonly events: TriggerEvents },
  intended: Intended,
  written: WrittenRemoval | undefined,
): readonly Conclusion[] {
  const { person, list, member, row, intentId } = intended;
  switch (written?.result.kind) {
    case 'gone': {
      const event = events.membership({
        change: 'removed',
        person: { type: person.type, id: person.id, email: person.email, created: false },
        list,
        listMember: member,
        place: row.place,
        at: now,
      });
      return [{ intentId, state: 'done', outcome: UNCOUNTED, event }];
    }
    case 'refused':
    case 'not-reached':
      return written.mayBeDone ? [] : [{ intentId, state: 'not-done', outcome: UNCOUNTED }];
    default:
      return [];
  }
}

/** An event that was in the outbox already means that another process of this machine took the person out first. */
function outcomeOfRemoval(
  { row, person, member }: Intended,
  written: WrittenRemoval | undefined,
  told: ReadonlySet<string | undefined>,
): Outcome {
  const known = { personType: person.type, personId: person.id, listMemberId: member.id };
  const result = written?.result ?? { kind: 'not-reached' };
  switch (result.kind) {
    case 'gone':
      return outcomeOf(row, told.has(member.id) ? 'removed' : 'not-member', known);
    case 'refused': {
      const { outcome, details } = refusalOutcome(result.error);
      return outcomeOf(row, outcome, { ...known, ...details });
    }
    case 'unconfirmed':
      return outcomeOf(row, 'unconfirmed', { ...known, ...unconfirmedDetails(result.error) });
    case 'not-reached':
      return outcomeOf(row, 'not-reached', known);
  }
}

const ORDER = ['removed', 'not-member', 'not-reached', 'rejected', 'forbidden', 'unconfirmed'];

/** One row can mean two records of one person (a lead and its contact): the row is only done when both are. */
function worse(one: Outcome | undefined, other: Outcome): Outcome {
  return one === undefined || ORDER.indexOf(other.outcome) > ORDER.indexOf(one.outcome) ? other : one;
}
