/** Plans the creations of a run: reads metadata once and only when needed, and keeps the limit of --max-creates. */

import type { CampaignAccess } from '../campaign/access.ts';
import { DEFINITION_PRIVILEGES } from '../campaign/privileges.ts';
import { concernsEveryone } from '../dataverse/refusals.ts';
import { TABLES } from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import type { PersonRow } from '../input/input-row.ts';
import { MARKETO_PREFIX } from '../input/marketo-columns.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { AddRules } from './add-rules.ts';
import { checkDefaults } from './attributes/convert-attributes.ts';
import { describeTable } from './attributes/describe-table.ts';
import type { TableMetadata } from './attributes/table-metadata.ts';
import {
  chooseId,
  derivedIds,
  idTaken,
  type PersonToAdd,
  type PlannedCreation,
  planCreation,
} from './plan-creation.ts';
import { readMore } from './read.ts';
import { buildPeopleView, type PeopleView, type ReadPerson } from './view.ts';

const MARKETO_WARNING =
  "Marketo's solution is installed in this organization: Marketo will see people created here as new people, even if it already has their e-mail address.";

function warningsFor(table: TableMetadata, planned: readonly PlannedCreation[]): readonly string[] {
  const hasMarketo = [...table.columns.keys()].some((name) => name.startsWith(MARKETO_PREFIX));
  return hasMarketo && planned.some((each) => 'person' in each) ? [MARKETO_WARNING] : [];
}

export type CreationPlanner = {
  /** The table's metadata, read at the first call, or why it cannot be read. Throws UsageError when --set does not fit it. */
  metadata(): Promise<TableMetadata | DataverseError>;
  plan(
    rows: readonly PersonRow[],
    view: PeopleView,
  ): Promise<{ readonly planned: readonly PlannedCreation[]; readonly warnings: readonly string[] }>;
  /** The next id for a person whose id is taken, or the outcome if none is left. */
  nextId(person: PersonToAdd): Promise<PlannedCreation>;
};

export function creationPlanner(access: CampaignAccess, rules: AddRules): CreationPlanner {
  let described: Promise<TableMetadata | DataverseError> | undefined;
  let left = rules.maxCreates;

  const metadata = (): Promise<TableMetadata | DataverseError> => {
    described ??= describe(access, rules);
    return described;
  };

  return {
    metadata,
    async plan(rows, view) {
      if (rows.length === 0) return { planned: [], warnings: [] };
      const table = await metadata();
      if (table instanceof DataverseError)
        return { planned: rows.map((row) => ({ row, outcome: noDefinition(row, table) })), warnings: [] };
      const planned = rows.map((row): PlannedCreation => {
        const creation = planCreation(row, table, view, rules);
        if ('outcome' in creation) return creation;
        if (left <= 0) return { row, outcome: overLimit(row, rules.maxCreates) };
        left -= 1;
        return creation;
      });
      return { planned, warnings: warningsFor(table, planned) };
    },
    nextId: (person) => otherId(access, person, rules),
  };
}

/** U37. A refusal that every request of this user gets ends the run. */
async function describe(access: CampaignAccess, rules: AddRules): Promise<TableMetadata | DataverseError> {
  if (access.noDefinitions !== undefined) return access.noDefinitions;
  try {
    const table = await describeTable(access.dataverse, rules.createAs);
    checkDefaults(table, rules);
    return table;
  } catch (error) {
    if (error instanceof DataverseError && !concernsEveryone(error)) return error;
    throw error;
  }
}

/** No request was sent for these people, so run/pipeline.ts does not count it as a refusal. */
export const NO_DEFINITION = 'DEFINITIONS_UNREADABLE';

function noDefinition(row: PersonRow, { message, requestId }: DataverseError): Outcome {
  const why = `Not created, because the columns of the table cannot be read (${DEFINITION_PRIVILEGES} are needed): ${message}`;
  return outcomeOf(row, 'forbidden', { code: NO_DEFINITION, message: why, requestId });
}

async function otherId(
  access: CampaignAccess,
  { row, person, creation }: PersonToAdd,
  rules: AddRules,
): Promise<PlannedCreation> {
  if (creation === undefined) throw new Error('Only who is created gets another id.');
  const from = creation.sequence + 1;
  const view = buildPeopleView(await readFurtherIds(access, [row], rules, { from, listIds: [] }));
  const next = chooseId(row, view, rules, from);
  if (next === undefined || (next.holder !== undefined && next.holder.state !== 'usable'))
    return { row, outcome: idTaken(row) };
  return { row, person: { ...person, id: next.personId }, creation: { ...creation, sequence: next.sequence } };
}

function overLimit(row: PersonRow, maxCreates: number): Outcome {
  const message = `Not created: --max-creates ${maxCreates} is reached.`;
  return outcomeOf(row, 'cannot-create', { code: 'MAX_CREATES', message });
}

/** Reads the owners of the derived ids of these rows, starting at `from`. */
export function readFurtherIds(
  access: CampaignAccess,
  rows: readonly PersonRow[],
  rules: AddRules,
  { from, listIds }: { readonly from: number; readonly listIds: readonly string[] },
): Promise<readonly ReadPerson[]> {
  const values = rows.flatMap((row) => derivedIds(row, rules).slice(from - 1));
  if (values.length === 0) return Promise.resolve([]);
  const query = { type: rules.createAs, attribute: TABLES[rules.createAs].key, values };
  return readMore(access, [query], { matchBy: undefined, listIds });
}
