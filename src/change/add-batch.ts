/**
 * One chunk of an addition, start to end: read the server, decide, write intents, write, confirm, conclude. Gives a report; an error that
 * ends the run is part of it, because what was done before it has to be told.
 */

import { ensureOwnLists } from '../campaign/ensure-lists.ts';
import { additionId } from '../campaign/ids.ts';
import type { ListMaker } from '../campaign/list-maker.ts';
import type { CampaignFacts, OwnLists } from '../campaign/own-lists.ts';
import { usableLists, warningsOf } from '../campaign/usable.ts';
import type { UserNames } from '../campaign/user-names.ts';
import type { Campaign, PersonRecord, PersonType } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import type { Exclusions } from '../input/exclusions.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { AddRules } from '../people/add-rules.ts';
import {
  type CreationPlanner,
  type PersonToAdd,
  type PlannedCreations,
  readFurtherIds,
} from '../people/creation-planner.ts';
import { followPeople } from '../people/follow.ts';
import { addressKey, normalizeEmail } from '../people/identity.ts';
import { type CreationRules, chooseId, derivedIds } from '../people/plan-creation.ts';
import { mayBeCreated, queriesForRows } from '../people/queries.ts';
import { type PeopleRead, readChunk } from '../people/read.ts';
import { buildPeopleView, type PeopleView, type ReadPerson } from '../people/view.ts';
import { type ChunkReport, reportOf } from './batch-report.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './conclude.ts';
import { claimKnown, knownChanges, wasCreated } from './known-changes.ts';
import { findStrangers, type PlannedRow, planAdditions } from './plan-add.ts';
import { settleSeen } from './recover-changes.ts';
import type { Session } from './session.ts';

export type AddContext = {
  readonly session: Session;
  readonly rules: AddRules;
  readonly creations: CreationPlanner;
  readonly userNames: UserNames;
  /** Own lists as the last batch knew them. */
  readonly listIds: () => readonly string[];
  /** --exclude: somebody excluded by id may come in by e-mail, and the other way round. */
  readonly exclusions: Exclusions | undefined;
  readonly onLists: (lists: OwnLists) => void;
  /** Told of everybody whom the rows of a chunk may mean, before anything is written. */
  readonly onView?: ((view: PeopleView) => void) | undefined;
  /** Shared by the chunks of a run. */
  readonly listMaker: ListMaker;
};

type Situation = {
  readonly facts: CampaignFacts;
  readonly lists: OwnLists;
  readonly view: PeopleView;
  readonly planned: readonly PlannedRow[];
  /** Of the list maker, from before the read. */
  readonly mark: number;
};

/** What the work on a chunk has come to so far. */
type SoFar = { readonly outcomes: Map<InputRow, Outcome>; events: readonly StoredEvent[] };

export async function addChunk(context: AddContext, rows: readonly InputRow[], claims: Claims): Promise<ChunkReport> {
  const soFar: SoFar = { outcomes: new Map(), events: [] };
  let warnings: readonly string[] = [];
  try {
    const prepared = await prepareChunk(context, { rows, claims }, soFar);
    warnings = prepared.warnings;
    const { work } = prepared;
    if (work === undefined) return reportOf(rows, soFar.outcomes, { events: soFar.events, warnings, fatal: undefined });
    await carryOutAdditions(context, work, soFar);
    return reportOf(rows, soFar.outcomes, { events: soFar.events, warnings, fatal: undefined });
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return reportOf(rows, soFar.outcomes, { events: soFar.events, warnings, fatal: error });
  }
}

function settleRead(session: Session, { facts, lists, view }: Situation): readonly StoredEvent[] {
  return settleSeen(session, facts.campaign, { view, listIds: new Set(lists.all.map((list) => list.id)) });
}

async function readSituation(context: AddContext, rows: readonly InputRow[], claims: Claims): Promise<Situation> {
  const { session, rules } = context;
  const people = rows.filter((row) => row.kind === 'person');
  const mark = context.listMaker.mark();
  const { lists, ...read } = await readWithAllLists(context, people);
  context.onLists(lists);
  const namedIds = new Set<string>();
  for (const { key } of people) if (key.by === 'id') namedIds.add(key.id);
  for (const { matchValue, record } of read.people) if (matchValue !== undefined) namedIds.add(record.id);
  const derived = await readDerivedIds(context, people, { found: read.people, lists });
  for (const id of derived.ids) namedIds.add(id);
  const view = await followPeople(session, [...read.people, ...derived.people], {
    ...readOptions(context, lists),
    purpose: 'additions',
    namedIds,
  });
  context.onView?.(view);
  const strangers = findStrangers(textsFound(read.people), () => people.flatMap(textsAsked));
  const additionRules = {
    ...rules,
    creation: context.creations.rules,
    ownListIds: new Set(lists.all.map((list) => list.id)),
    isExcluded: (person: PersonRecord) => context.exclusions?.excludesRecord(person) === true,
  };
  const planned = planAdditions(rows, { view, strangers, refusedValues: session.refusedValues }, additionRules, claims);
  return { facts: read.facts, lists, view, planned, mark };
}

const readOptions = (context: AddContext, lists: OwnLists) => ({
  matchBy: context.rules.matchBy,
  listIds: lists.all.map((list) => list.id),
});

/** What the server takes for something that was asked: e-mails, and values of the --match-by column. */
function textsFound(people: readonly ReadPerson[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { record, matchValue, foundByEmail } of people) {
    if (foundByEmail) texts.add(addressKey(record.email));
    if (matchValue !== undefined) texts.add(normalizeEmail(matchValue));
  }
  return texts;
}

const textsAsked = ({ key, email }: PersonRow): readonly string[] =>
  key.by === 'column' ? [email, normalizeEmail(key.value)] : [email];

/** Where somebody has the first derived id of a row, the further ones are looked up before one of them may be used. */
async function readDerivedIds(
  { session, creations: { rules } }: AddContext,
  rows: readonly PersonRow[],
  { found, lists }: { readonly found: readonly ReadPerson[]; readonly lists: OwnLists },
): Promise<{ readonly people: readonly ReadPerson[]; readonly ids: readonly string[] }> {
  if (rules === undefined) return { people: [], ids: [] };
  const view = buildPeopleView(found);
  const strict: CreationRules = { ...rules, onInactive: 'create-new' };
  const taken = rows.filter((row) => mayBeCreated(row) && chooseId(row, view, strict, 1)?.sequence !== 1);
  const listIds = lists.all.map((list) => list.id);
  return {
    people: await readFurtherIds(session, taken, rules, { from: 2, listIds }),
    ids: taken.flatMap((row) => derivedIds(row, rules)),
  };
}

/** A list that turned up since the last batch is joined by reading again: membership on it was not seen. */
async function readWithAllLists(
  context: AddContext,
  rows: readonly PersonRow[],
): Promise<PeopleRead & { readonly lists: OwnLists }> {
  const { session, rules } = context;
  const queries = queriesForRows(rows, {
    matchBy: rules.matchBy,
    creation: context.creations.rules,
    leadsOfContacts: false,
  });
  let listIds = context.listIds();
  for (;;) {
    const read = await readChunk(session, queries, { matchBy: rules.matchBy, listIds });
    const lists = usableLists(read.facts, { allowInactive: false, allowSharedList: rules.allowSharedList });
    const all = [...new Set([...listIds, ...lists.all.map((list) => list.id)])];
    if (all.length === listIds.length) return { ...read, lists };
    listIds = all;
  }
}

type Prepared = {
  /** Undefined when nobody is to be added, or nothing is to be written. */
  readonly work: AdditionsToCarryOut | undefined;
  readonly warnings: readonly string[];
};

/** Reads the server, settles what needs no write, and gives what is to be written. */
async function prepareChunk(
  context: AddContext,
  { rows, claims }: { readonly rows: readonly InputRow[]; readonly claims: Claims },
  soFar: SoFar,
): Promise<Prepared> {
  const { session, rules } = context;
  const { outcomes } = soFar;
  const situation = await readSituation(context, rows, claims);
  if (!rules.isDryRun) soFar.events = settleRead(session, situation);
  await settleMembers(context, situation, outcomes);
  const { people: wanted, warnings: ofCreation } = await peopleToAdd(context, situation, outcomes);
  const warnings = [...warningsOf(situation.facts, situation.lists), ...ofCreation];
  if (rules.isDryRun) {
    for (const person of wanted) outcomes.set(person.row, predicted(person));
    return { work: undefined, warnings };
  }
  if (wanted.length === 0) return { work: undefined, warnings };
  const types = [...new Set(wanted.map(typeOf))];
  const ready = await context.listMaker.ensure({ ready: situation, types, mark: situation.mark }, (known) =>
    ensureOwnLists(session, known, types),
  );
  context.onLists(usableLists(ready.facts, { allowInactive: false, allowSharedList: rules.allowSharedList }));
  return { work: { people: wanted, lists: ready.lists, campaign: ready.facts.campaign }, warnings };
}

/** Rows that need no write: what the plan settled, and who is in already. */
async function settleMembers(
  context: AddContext,
  situation: Situation,
  outcomes: Map<InputRow, Outcome>,
): Promise<void> {
  const members = situation.planned.filter((row) => row.kind === 'member');
  const known = knownChanges(
    context.session,
    'added',
    members.map((row) => row.person.id),
  );
  claimKnown(context.session, known);
  const names = await context.userNames(members.flatMap((row) => row.member.createdBy ?? []));
  for (const planned of situation.planned) {
    if (planned.kind === 'settled') outcomes.set(planned.row, planned.outcome);
    if (planned.kind !== 'member') continue;
    const { person, member, row } = planned;
    const details = {
      personType: person.type,
      personId: person.id,
      listMemberId: member.id,
    };
    const wasOurs = known.get(person.id)?.id === additionId(member);
    outcomes.set(
      row,
      wasOurs
        ? outcomeOf(row, 'added', { ...details, created: wasCreated(known.get(person.id)) })
        : outcomeOf(row, 'already-member', { ...details, addedBy: names.get(member.createdBy ?? '') }),
    );
  }
}

type AdditionsToCarryOut = {
  readonly people: readonly PersonToAdd[];
  readonly lists: OwnLists;
  readonly campaign: Campaign;
};

/** Whose chosen id turns out to be somebody else's gets the next one, and is sent again. What was done before an error is kept. */
async function carryOutAdditions(
  { session, rules, creations }: AddContext,
  { people, lists, campaign }: AdditionsToCarryOut,
  soFar: SoFar,
): Promise<void> {
  let waiting = people;
  while (waiting.length > 0) {
    const changes = waiting.map((person) => changeOf(person, lists));
    const done = await carryOut(session, campaign, changes, rules);
    for (const [row, outcome] of done.outcomes) soFar.outcomes.set(row, outcome);
    soFar.events = [...soFar.events, ...done.events];
    if (done.fatal !== undefined) throw done.fatal;
    const taken = new Set<InputRow>(done.idTaken.map(({ row }) => row));
    const next = await Promise.all(waiting.filter(({ row }) => taken.has(row)).map((each) => creations.nextId(each)));
    waiting = next.flatMap((each) => ('person' in each ? [each.person] : []));
    for (const each of next) if ('row' in each) soFar.outcomes.set(each.row, each.outcome);
  }
}

function changeOf({ row, type, id, email, creation }: PersonToAdd, lists: OwnLists): RowChange {
  const list = lists.targets[type];
  if (list === undefined) throw new Error(`No own list for ${type}s although it was made.`);
  return { kind: 'add', row, person: { type, id, email }, list, creation };
}

const typeOf = ({ type }: PersonToAdd): PersonType => type;

async function peopleToAdd(
  context: AddContext,
  { planned, view }: Situation,
  outcomes: Map<InputRow, Outcome>,
): Promise<Pick<PlannedCreations, 'people' | 'warnings'>> {
  const existing: PersonToAdd[] = [];
  const rows: PersonRow[] = [];
  for (const one of planned) {
    if (one.kind === 'create') rows.push(one.row);
    if (one.kind !== 'add') continue;
    const { type, id, email } = one.person;
    existing.push({ row: one.row, type, id, email, creation: undefined });
  }
  const created = await context.creations.plan(rows, view);
  for (const outcome of created.outcomes) outcomes.set(outcome.row, outcome.outcome);
  if (created.people.length === 0) return { people: existing, warnings: created.warnings };
  const order = new Map<InputRow, number>(planned.map((row, place) => [row.row, place]));
  const people = [...existing, ...created.people].sort((a, b) => (order.get(a.row) ?? 0) - (order.get(b.row) ?? 0));
  return { people, warnings: created.warnings };
}

function predicted(person: PersonToAdd): Outcome {
  const isNew = person.creation !== undefined;
  return outcomeOf(person.row, 'added', {
    personType: person.type,
    personId: isNew ? undefined : person.id,
    created: isNew,
  });
}
