/** One batch of an addition, start to end: read Dynamics, plan, commit intents, write, confirm, record. */

import type { ReadyLists } from '../campaign/ensure-lists.ts';
import { additionId } from '../campaign/ids.ts';
import type { OwnLists } from '../campaign/own-lists.ts';
import { usableLists, warningsOf } from '../campaign/usable.ts';
import type { InputRow } from '../input/input-row.ts';
import { type Outcome, outcomeOf } from '../input/outcome.ts';
import type { AddRules } from '../people/add-rules.ts';
import type { CreationPlanner } from '../people/creation-planner.ts';
import type { PersonToAdd, PlannedCreation } from '../people/plan-creation.ts';
import type { BatchWork } from './batch-result.ts';
import { carryOut } from './carry-out.ts';
import type { Claims } from './claims.ts';
import type { RowChange } from './intents.ts';
import { type PlannedRow, planAdditions } from './plan-add.ts';
import { readForAdditions } from './read-batch.ts';
import { recoverSeen, reportEarlierChanges } from './recover-changes.ts';
import type { Session } from './session.ts';

export type Adding = {
  readonly session: Session;
  readonly rules: AddRules;
  readonly creations: CreationPlanner;
};

export async function* addBatch(adding: Adding, rows: readonly InputRow[], claims: Claims): BatchWork {
  const { people, listsRead } = yield* findPeopleToAdd(adding, rows, claims);
  if (adding.rules.isDryRun) yield { outcomes: new Map(people.map((person) => [person.row, predicted(person)])) };
  else if (people.length > 0) {
    yield* carryOutAdditions(adding, await readyLists(adding, listsRead, people), people);
    yield { warnings: adding.session.creators.warning() };
  }
}

/** The lists of the campaign. `mark`: lists.mark() from before they were read, to notice lists that were made since. */
type ListsRead = { readonly ready: ReadyLists; readonly mark: number };

/** A function of its own so that everything read can be freed: the writes may wait long for their turn, those of many batches at once. */
async function* findPeopleToAdd(
  { session, rules, creations }: Adding,
  rows: readonly InputRow[],
  claims: Claims,
): BatchWork<{ readonly people: readonly PersonToAdd[]; readonly listsRead: ListsRead }> {
  const mark = session.lists.mark();
  const { facts, lists, ...read } = await readForAdditions(session, rules, rows);
  yield { met: read.view.all().map((person) => person.id), warnings: warningsOf(facts, lists) };
  const planned = planAdditions(rows, read, rules, claims);
  if (!rules.isDryRun) yield { events: await recoverSeen(session, { view: read.view, listIds: read.ownListIds }) };
  yield { outcomes: await outcomesWithoutWrite(session, planned) };
  const toCreate = planned.flatMap((each) => (each.kind === 'create' ? each.row : []));
  const created = await creations.plan(toCreate, read.view);
  yield { outcomes: outcomesOf(created.planned), warnings: created.warnings };
  const newcomers = new Map<InputRow, PersonToAdd>(withPerson(created.planned).map((each) => [each.row, each]));
  const people = planned.flatMap((each): PersonToAdd | readonly [] => {
    if (each.kind !== 'add') return newcomers.get(each.row) ?? [];
    const { type, id, email } = each.person;
    return { row: each.row, person: { type, id, email }, creation: undefined };
  });
  return { people, listsRead: { ready: { facts, lists }, mark } };
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
  people: readonly PersonToAdd[],
): BatchWork {
  let waiting = people;
  while (waiting.length > 0) {
    const changes = waiting.map((person) => changeOf(person, lists));
    const idTaken = yield* carryOut(session, changes);
    const next = await Promise.all(waiting.filter(({ row }) => idTaken.has(row)).map((each) => creations.nextId(each)));
    yield { outcomes: outcomesOf(next) };
    waiting = withPerson(next);
  }
}

const outcomesOf = (planned: readonly PlannedCreation[]): ReadonlyMap<InputRow, Outcome> =>
  new Map(planned.flatMap((each) => ('outcome' in each ? [[each.row, each.outcome]] : [])));

const withPerson = (planned: readonly PlannedCreation[]): readonly PersonToAdd[] =>
  planned.filter((each) => 'person' in each);

function changeOf(wanted: PersonToAdd, { targets }: OwnLists): RowChange {
  const { type } = wanted.person;
  const list = targets[type];
  if (list === undefined) throw new Error(`No own list for ${type}s although it was made.`);
  return { kind: 'add', ...wanted, list };
}

function predicted({ row, person, creation }: PersonToAdd): Outcome {
  const created = creation !== undefined;
  return outcomeOf(row, 'added', { personType: person.type, personId: created ? undefined : person.id, created });
}
