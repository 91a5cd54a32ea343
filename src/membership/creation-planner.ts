/** Plans the creations of a run: metadata read once and only when somebody has to be created, the limit of --max-creates kept. */
import type { JsonObject } from '../dataverse/operation.ts';
import type { PersonRow } from '../input/input-row.ts';
import type { AddRules } from './add-rules.ts';
import { checkDefaults } from './attributes/convert-attributes.ts';
import { describeTable } from './attributes/describe-table.ts';
import { MARKETO_PREFIX } from './attributes/marketo-columns.ts';
import type { TableMetadata } from './attributes/table-metadata.ts';
import { createdPersonId } from './derived-ids.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import { buildPeopleView, type PeopleView } from './people-view.ts';
import type { PersonType } from './person.ts';
import { type CreationRules, freeId, idTaken, MAX_SEQUENCE, planCreation } from './plan-creation.ts';
import { readMore } from './read-people.ts';
import type { Session } from './session.ts';
import { TABLES } from './wire.ts';

export type PersonToAdd = {
  readonly row: PersonRow;
  readonly type: PersonType;
  readonly id: string;
  readonly email: string;
  /** Values of the new record and which of the derived ids it has, for somebody who is created. */
  readonly creation: { readonly values: JsonObject; readonly sequence: number } | undefined;
};

export type RowOutcome = { readonly row: PersonRow; readonly outcome: Outcome };
export type PlannedCreations = {
  readonly people: readonly PersonToAdd[];
  readonly outcomes: readonly RowOutcome[];
  readonly warnings: readonly string[];
};

const MARKETO_WARNING =
  "Marketo's solution is installed in this organization: Marketo will see the people that are created here as new people, whether it knows their e-mail or not.";

function warningsFor(table: TableMetadata, people: readonly PersonToAdd[]): readonly string[] {
  const hasMarketo = [...table.columns.keys()].some((name) => name.startsWith(MARKETO_PREFIX));
  return hasMarketo && people.length > 0 ? [MARKETO_WARNING] : [];
}

export type CreationPlanner = {
  /** What the read of a chunk looks up, so that a derived id that is taken is never used; undefined when nobody is created. */
  lookup(): { readonly organizationId: string; readonly personType: PersonType; readonly at: number } | undefined;
  /** What the table looks like; read at the first call. Throws UsageError when --set does not fit it. */
  metadata(): Promise<TableMetadata>;
  plan(rows: readonly PersonRow[], view: PeopleView): Promise<PlannedCreations>;
  /** Another id for somebody whose id turned out to be taken, or the outcome if there is none left. */
  nextId(person: PersonToAdd): Promise<{ readonly person: PersonToAdd } | RowOutcome>;
};

export function creationPlanner(session: Session, rules: AddRules): CreationPlanner {
  const creationRules = creationRulesOf(session, rules);
  let described: Promise<TableMetadata> | undefined;
  let left = rules.maxCreates;

  const metadata = (): Promise<TableMetadata> => {
    described ??= describeTable(session.dataverse, rules.createAs).then((table) => {
      checkDefaults(table, rules.defaults);
      return table;
    });
    return described;
  };

  return {
    metadata,
    lookup: () => (rules.mayCreate ? creationRules : undefined),
    async plan(rows, view) {
      if (rows.length === 0) return { people: [], outcomes: [], warnings: [] };
      const table = await metadata();
      const complete = await withFurtherIds(session, rows, view, creationRules);
      const people: PersonToAdd[] = [];
      const outcomes: RowOutcome[] = [];
      for (const row of rows) {
        const planned = planCreation(row, table, complete, creationRules);
        if ('outcome' in planned) outcomes.push({ row, outcome: planned.outcome });
        else if (left <= 0) outcomes.push({ row, outcome: overLimit(row, rules.maxCreates) });
        else {
          left -= 1;
          const { personId, sequence, values } = planned.creation;
          people.push({ row, type: rules.createAs, id: personId, email: row.email, creation: { values, sequence } });
        }
      }
      return { people, outcomes, warnings: warningsFor(table, people) };
    },
    nextId: (person) => otherId(session, person, creationRules),
  };
}

async function otherId(
  session: Session,
  person: PersonToAdd,
  rules: CreationRules,
): Promise<{ readonly person: PersonToAdd } | RowOutcome> {
  const { row, creation } = person;
  const from = (creation?.sequence ?? 0) + 1;
  const next = freeId(row, await readIds(session, [row], rules, from), rules, from);
  if (next === undefined) return { row, outcome: idTaken(row) };
  const values = creation?.values ?? {};
  return { person: { ...person, id: next.personId, creation: { values, sequence: next.sequence } } };
}

function creationRulesOf({ organizationId, campaignId, clock }: Session, rules: AddRules): CreationRules {
  const { createAs: personType, defaults, sourceCampaign, skipOptedOut } = rules;
  return { organizationId, campaignId, personType, defaults, sourceCampaign, skipOptedOut, at: clock.now() };
}

function overLimit(row: PersonRow, maxCreates: number): Outcome {
  const message = `Not created: --max-creates ${maxCreates} is reached.`;
  return outcomeOf(row, 'cannot-create', { code: 'MAX_CREATES', message });
}

/** Whoever's first id is taken needs the next ones looked up as well, before one of them may be used. */
async function withFurtherIds(
  session: Session,
  rows: readonly PersonRow[],
  view: PeopleView,
  rules: CreationRules,
): Promise<PeopleView> {
  const taken = rows.filter((row) => view.get({ type: rules.personType, id: idOf(row, rules, 0) }) !== undefined);
  if (taken.length === 0) return view;
  const further = await readIds(session, taken, rules, 1);
  return buildPeopleView([...view.all(), ...further.all()].map((record) => ({ record, foundByEmail: false })));
}

async function readIds(
  session: Session,
  rows: readonly PersonRow[],
  rules: CreationRules,
  from: number,
): Promise<PeopleView> {
  const sequences = Array.from({ length: MAX_SEQUENCE - from }, (_, place) => from + place);
  const values = rows.flatMap((row) => sequences.map((sequence) => idOf(row, rules, sequence)));
  if (values.length === 0) return buildPeopleView([]);
  const query = { type: rules.personType, attribute: TABLES[rules.personType].key, values };
  return buildPeopleView(await readMore(session, [query], { matchBy: undefined, listIds: [] }));
}

function idOf(row: PersonRow, rules: CreationRules, sequence: number): string {
  return createdPersonId({
    organizationId: rules.organizationId,
    personType: rules.personType,
    email: row.email,
    at: rules.at,
    sequence,
  });
}
