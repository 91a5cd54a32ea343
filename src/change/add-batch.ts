/** One batch of an addition, start to end: read Dynamics, plan, commit intents, write, confirm, conclude. */

import type { ReadyLists } from '../campaign/ensure-lists.ts';
import { additionId } from '../campaign/ids.ts';
import { listIds } from '../campaign/known-lists.ts';
import type { CampaignFacts, OwnLists } from '../campaign/own-lists.ts';
import { usableLists, warningsOf } from '../campaign/usable.ts';
import type { PersonRecord } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import { type Outcome, outcomeOf } from '../input/outcome.ts';
import type { AddRules } from '../people/add-rules.ts';
import {
  type CreationPlanner,
  type PersonToAdd,
  type PlannedCreations,
  readFurtherIds,
} from '../people/creation-planner.ts';
import { followPeople } from '../people/follow.ts';
import { addressKey, normalizeEmail } from '../people/identity.ts';
import { chooseId, derivedIds } from '../people/plan-creation.ts';
import { mayBeCreated } from '../people/queries.ts';
import { buildPeopleView, type PeopleView, type ReadPerson } from '../people/view.ts';
import { type BatchReport, reportOf } from './batch-report.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './conclude.ts';
import { claimKnown, knownChanges } from './known-changes.ts';
import { findLookAlikes, type PlannedRow, planAdditions } from './plan-add.ts';
import { readBatch } from './read-batch.ts';
import { recoverSeen } from './recover-changes.ts';
import type { Session } from './session.ts';

export type Adding = {
  readonly session: Session;
  readonly rules: AddRules;
  readonly creations: CreationPlanner;
};

type Situation = {
  readonly facts: CampaignFacts;
  readonly lists: OwnLists;
  readonly view: PeopleView;
  readonly planned: readonly PlannedRow[];
  /** Of the known lists, from before the read. */
  readonly mark: number;
};

/** What the work on a batch has come to so far. */
type SoFar = Pick<BatchReport, 'events' | 'warnings' | 'met'> & { readonly outcomes: Map<InputRow, Outcome> };

/** An error that ends the run is part of the report: what was done before it has to be reported, too. */
export async function addBatch(adding: Adding, rows: readonly InputRow[], claims: Claims): Promise<BatchReport> {
  const soFar: { -readonly [Name in keyof SoFar]: SoFar[Name] } = { outcomes: new Map(), events: [], warnings: [] };
  let fatal: DyncampError | undefined;
  try {
    const { session, rules } = adding;
    const situation = await readSituation(adding, rows, claims);
    const { facts, lists, view } = situation;
    soFar.met = [...view.all()].map((person) => person.id);
    soFar.warnings = warningsOf(facts, lists);
    if (!rules.isDryRun)
      soFar.events = await recoverSeen(session, facts.campaign, { view, listIds: new Set(listIds(lists, 'own')) });
    await concludeWithoutWrite(session, situation.planned, soFar.outcomes);
    const wanted = await peopleToAdd(adding, situation, soFar.outcomes);
    soFar.warnings = [...soFar.warnings, ...wanted.warnings];
    if (rules.isDryRun) for (const person of wanted.people) soFar.outcomes.set(person.row, predicted(person));
    else if (wanted.people.length > 0) {
      const ready = await readyLists(adding, situation, wanted.people);
      await carryOutAdditions(adding, ready, { people: wanted.people, soFar });
      soFar.warnings = [...soFar.warnings, ...session.creators.warning()];
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  const { outcomes, ...rest } = soFar;
  return reportOf(rows, outcomes, { ...rest, fatal });
}

async function readSituation(
  { session, rules }: Adding,
  rows: readonly InputRow[],
  claims: Claims,
): Promise<Situation> {
  const { matchBy, allowSharedList } = rules;
  const people = rows.filter((row) => row.kind === 'person');
  const mark = session.lists.mark();
  const { lists, ...read } = await readBatch(session, people, {
    ...{ matchBy, allowSharedList, allowInactive: false, purpose: 'additions' },
    creation: rules.mayCreate ? rules : undefined,
  });
  const ownIds = listIds(lists, 'own');
  const namedIds = new Set<string>();
  for (const { key } of people) if (key.by === 'id') namedIds.add(key.id);
  for (const { matchValue, record } of read.people) if (matchValue !== undefined) namedIds.add(record.id);
  const derived = await readDerivedIds({ session, rules }, people, { found: read.people, ownIds });
  for (const id of derived.ids) namedIds.add(id);
  const found = [...read.people, ...derived.people];
  const view = await followPeople(session, found, { matchBy, listIds: ownIds, purpose: 'additions', namedIds });
  const lookAlikes = findLookAlikes(textsFound(read.people), () => people.flatMap(textsAsked));
  const additionView = {
    ...{ view, lookAlikes, ownListIds: new Set(ownIds), refusedValues: session.refusedValues },
    isExcluded: (person: PersonRecord) => session.exclusions?.excludesRecord(person) === true,
  };
  const planned = planAdditions(rows, additionView, rules, claims);
  return { facts: read.facts, lists, view, planned, mark };
}

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
  { session, rules }: Pick<Adding, 'session' | 'rules'>,
  rows: readonly PersonRow[],
  { found, ownIds }: { readonly found: readonly ReadPerson[]; readonly ownIds: readonly string[] },
): Promise<{ readonly people: readonly ReadPerson[]; readonly ids: readonly string[] }> {
  if (!rules.mayCreate) return { people: [], ids: [] };
  const view = buildPeopleView(found);
  const strict = { ...rules, onInactive: 'create-new' } as const;
  const taken = rows.filter((row) => mayBeCreated(row) && chooseId(row, view, strict, 1)?.sequence !== 1);
  return {
    people: await readFurtherIds(session, taken, rules, { from: 2, listIds: ownIds }),
    ids: taken.flatMap((row) => derivedIds(row, rules)),
  };
}

/** The own lists that these people need, made and linked where they are missing. */
async function readyLists(
  { session, rules }: Adding,
  situation: Situation,
  people: readonly PersonToAdd[],
): Promise<ReadyLists> {
  const types = [...new Set(people.map(({ type }) => type))];
  const ready = await session.lists.ensure({ ready: situation, types, mark: situation.mark });
  session.lists.found(usableLists(ready.facts, { allowInactive: false, allowSharedList: rules.allowSharedList }));
  return ready;
}

/** Rows that need no write: what the plan decided, and who is in already. */
async function concludeWithoutWrite(
  session: Session,
  plannedRows: readonly PlannedRow[],
  outcomes: Map<InputRow, Outcome>,
): Promise<void> {
  const members = plannedRows.filter((row) => row.kind === 'member');
  const known = knownChanges(
    session,
    'added',
    members.map((row) => row.person.id),
  );
  claimKnown(session, known);
  const names = await session.userNames(members.flatMap((row) => row.member.createdBy ?? []));
  for (const planned of plannedRows) {
    if (planned.kind === 'decided') outcomes.set(planned.row, planned.outcome);
    if (planned.kind !== 'member') continue;
    const { person, member, row } = planned;
    const details = {
      personType: person.type,
      personId: person.id,
      listMemberId: member.id,
    };
    const event = known.get(person.id);
    outcomes.set(
      row,
      event?.id === additionId(member)
        ? outcomeOf(row, 'added', { ...details, created: event.created === true, earlierRun: event.runId })
        : outcomeOf(row, 'already-member', { ...details, addedBy: names.get(member.createdBy ?? '') }),
    );
  }
}

/** Whose chosen id turns out to be somebody else's gets the next one, and is sent again. What was done before an error is kept. */
async function carryOutAdditions(
  { session, rules, creations }: Adding,
  { lists, facts }: ReadyLists,
  {
    people,
    soFar,
  }: {
    readonly people: readonly PersonToAdd[];
    readonly soFar: { readonly outcomes: Map<InputRow, Outcome>; events: BatchReport['events'] };
  },
): Promise<void> {
  let waiting = people;
  while (waiting.length > 0) {
    const changes = waiting.map((person) => changeOf(person, lists, rules));
    const done = await carryOut(session, facts.campaign, changes);
    for (const [row, outcome] of done.outcomes) soFar.outcomes.set(row, outcome);
    soFar.events = [...soFar.events, ...done.events];
    if (done.fatal !== undefined) throw done.fatal;
    const taken = new Set<InputRow>(done.idTaken.map(({ row }) => row));
    const next = await Promise.all(waiting.filter(({ row }) => taken.has(row)).map((each) => creations.nextId(each)));
    waiting = next.flatMap((each) => ('person' in each ? [each.person] : []));
    for (const each of next) if ('row' in each) soFar.outcomes.set(each.row, each.outcome);
  }
}

function changeOf(
  { row, type, id, email, creation }: PersonToAdd,
  lists: OwnLists,
  { duplicateRules }: Pick<AddRules, 'duplicateRules'>,
): RowChange {
  const list = lists.targets[type];
  if (list === undefined) throw new Error(`No own list for ${type}s although it was made.`);
  return { kind: 'add', row, person: { type, id, email }, list, creation: creation && { ...creation, duplicateRules } };
}

async function peopleToAdd(
  { creations }: Adding,
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
  const created = await creations.plan(rows, view);
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
