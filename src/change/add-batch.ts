/** One batch of an addition, start to end: read Dynamics, plan, commit intents, write, confirm, record. */

import type { ReadyLists } from '../campaign/ensure-lists.ts';
import { additionId } from '../campaign/ids.ts';
import type { OwnLists } from '../campaign/own-lists.ts';
import { usableLists, warningsOf } from '../campaign/usable.ts';
import { DyncampError } from '../errors.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import { type Outcome, outcomeOf } from '../input/outcome.ts';
import type { AddRules } from '../people/add-rules.ts';
import type { CreationPlanner } from '../people/creation-planner.ts';
import type { PersonToAdd, PlannedCreation } from '../people/plan-creation.ts';
import type { PeopleView } from '../people/view.ts';
import { type BatchResult, type BatchWork, batchResult } from './batch-result.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './outcome-of-write.ts';
import { type PlannedRow, planAdditions } from './plan-add.ts';
import { readForAdditions } from './read-batch.ts';
import { recoverSeen, reportEarlierChanges } from './recover-changes.ts';
import type { Session } from './session.ts';

export type Adding = {
  readonly session: Session;
  readonly rules: AddRules;
  readonly creations: CreationPlanner;
};

/** The result of the batch as it grows: an error must not lose what was done before it. */
type SoFar = { -readonly [Name in keyof Pick<BatchResult, 'events' | 'warnings' | 'met'>]: BatchResult[Name] } & {
  readonly outcomes: Map<InputRow, Outcome>;
};

/** An error that stops the run is returned, not thrown, because what was done before it has to be reported. */
export async function* addBatch(adding: Adding, rows: readonly InputRow[], claims: Claims): BatchWork {
  const soFar: SoFar = { outcomes: new Map(), events: [], warnings: [] };
  const { session, rules } = adding;
  let fatal: DyncampError | undefined;
  try {
    const { people, listsRead } = await findPeopleToAdd(adding, { rows, claims }, soFar);
    if (rules.isDryRun) for (const person of people) soFar.outcomes.set(person.row, predicted(person));
    else if (people.length > 0) {
      yield* carryOutAdditions(adding, await readyLists(adding, listsRead, people), { people, soFar });
      soFar.warnings = [...soFar.warnings, ...session.creators.warning()];
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  const { outcomes, ...rest } = soFar;
  return batchResult(rows, outcomes, { ...rest, fatal });
}

/** The lists of the campaign. `mark`: lists.mark() from before they were read, to notice lists that were made since. */
type ListsRead = { readonly ready: ReadyLists; readonly mark: number };

/** A function of its own so that everything read can be freed: the writes may wait long for their turn, those of many batches at once. */
async function findPeopleToAdd(
  adding: Adding,
  { rows, claims }: { readonly rows: readonly InputRow[]; readonly claims: Claims },
  soFar: SoFar,
): Promise<{ readonly people: readonly PersonToAdd[]; readonly listsRead: ListsRead }> {
  const { session, rules } = adding;
  const mark = session.lists.mark();
  const { facts, lists, ...read } = await readForAdditions(session, rules, rows);
  soFar.met = read.view.all().map((person) => person.id);
  soFar.warnings = warningsOf(facts, lists);
  const planned = planAdditions(rows, read, rules, claims);
  if (!rules.isDryRun) soFar.events = await recoverSeen(session, { view: read.view, listIds: read.ownListIds });
  for (const [row, outcome] of await outcomesWithoutWrite(session, planned)) soFar.outcomes.set(row, outcome);
  const wanted = await peopleToAdd(adding, { planned, view: read.view }, soFar.outcomes);
  soFar.warnings = [...soFar.warnings, ...wanted.warnings];
  return { people: wanted.people, listsRead: { ready: { facts, lists }, mark } };
}

/** Makes and links the own lists that these people need and that are missing. */
async function readyLists(
  { session, rules }: Adding,
  listsRead: ListsRead,
  people: readonly PersonToAdd[],
): Promise<ReadyLists> {
  const types = [...new Set(people.map(({ person }) => person.type))];
  const ready = await session.lists.ensure({ ...listsRead, types });
  session.lists.remember(usableLists(ready.facts, { allowInactive: false, allowSharedList: rules.allowSharedList }));
  return ready;
}

/** Rows that need no write: what the plan decided, and who is in already. */
async function outcomesWithoutWrite(
  session: Session,
  plannedRows: readonly PlannedRow[],
): Promise<ReadonlyMap<InputRow, Outcome>> {
  const outcomes = new Map<InputRow, Outcome>();
  const members = plannedRows.filter((row) => row.kind === 'member');
  const earlier = reportEarlierChanges(
    session,
    'added',
    members.map((row) => row.person.id),
  );
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
    const event = earlier.get(person.id);
    outcomes.set(
      row,
      event?.id === additionId(member)
        ? outcomeOf(row, 'added', { ...details, created: event.created === true, earlierRun: event.runId })
        : outcomeOf(row, 'already-member', { ...details, addedBy: names.get(member.createdBy ?? '') }),
    );
  }
  return outcomes;
}

/** Sends a person whose chosen id is taken again, with the next one. */
async function* carryOutAdditions(
  { session, creations }: Adding,
  { lists }: ReadyLists,
  { people, soFar }: { readonly people: readonly PersonToAdd[]; readonly soFar: SoFar },
): AsyncGenerator<readonly InputRow[], void> {
  let waiting = people;
  while (waiting.length > 0) {
    const changes = waiting.map((person) => changeOf(person, lists));
    const done = yield* carryOut(session, changes);
    for (const [row, outcome] of done.outcomes) soFar.outcomes.set(row, outcome);
    soFar.events = [...soFar.events, ...done.events];
    if (done.fatal !== undefined) throw done.fatal;
    const next = await Promise.all(
      waiting.filter(({ row }) => done.idTaken.has(row)).map((each) => creations.nextId(each)),
    );
    waiting = toCreate(next, soFar.outcomes);
  }
}

function changeOf(wanted: PersonToAdd, { targets }: OwnLists): RowChange {
  const { type } = wanted.person;
  const list = targets[type];
  if (list === undefined) throw new Error(`No own list for ${type}s although it was made.`);
  return { kind: 'add', ...wanted, list };
}

async function peopleToAdd(
  { creations }: Adding,
  { planned, view }: { readonly planned: readonly PlannedRow[]; readonly view: PeopleView },
  outcomes: Map<InputRow, Outcome>,
): Promise<{ readonly people: readonly PersonToAdd[]; readonly warnings: readonly string[] }> {
  const existing: PersonToAdd[] = [];
  const rows: PersonRow[] = [];
  for (const one of planned) {
    if (one.kind === 'create') rows.push(one.row);
    if (one.kind !== 'add') continue;
    const { type, id, email } = one.person;
    existing.push({ row: one.row, person: { type, id, email }, creation: undefined });
  }
  const created = await creations.plan(rows, view);
  const newcomers = toCreate(created.planned, outcomes);
  if (newcomers.length === 0) return { people: existing, warnings: created.warnings };
  const order = new Map<InputRow, number>(planned.map((row, place) => [row.row, place]));
  const people = [...existing, ...newcomers].sort((a, b) => (order.get(a.row) ?? 0) - (order.get(b.row) ?? 0));
  return { people, warnings: created.warnings };
}

/** Whoever cannot be created gets an outcome; gives the others. */
function toCreate(planned: readonly PlannedCreation[], outcomes: Map<InputRow, Outcome>): readonly PersonToAdd[] {
  for (const each of planned) if ('outcome' in each) outcomes.set(each.row, each.outcome);
  return planned.filter((each) => 'person' in each);
}

function predicted({ row, person, creation }: PersonToAdd): Outcome {
  const created = creation !== undefined;
  return outcomeOf(row, 'added', { personType: person.type, personId: created ? undefined : person.id, created });
}
