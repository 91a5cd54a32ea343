/**
 * The one read of a batch: campaign and lists as they are now, the people who may be meant, and their memberships; one
 * request. Falls back when the organization requires it (U30, U29, U17) and remembers that for the run.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import { factsRead } from '../campaign/facts.ts';
import type { CampaignFacts } from '../campaign/own-lists.ts';
import { readMemberships } from '../campaign/read-memberships.ts';
import { learnedFrom } from '../dataverse/capabilities.ts';
import { couldNotRead } from '../dataverse/errors.ts';
import { groupBy, slicesOf } from '../dataverse/groups.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { rowsOf } from '../dataverse/reads.ts';
import { TOO_MANY_VALUES } from '../dataverse/refusals.ts';
import { personFromRow } from '../dataverse/wire.ts';
import { type DataverseError, type PrivilegeError, UsageError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import { EMAIL_COLUMN } from '../input/marketo-columns.ts';
import { type JsonObject, textOf } from '../json.ts';
import { inEachCase } from '../text.ts';
import { type FetchPlan, readsForQuery } from './fetch.ts';
import { columnHidden } from './key-columns.ts';
import type { PeopleQuery } from './queries.ts';
import type { ReadPerson } from './view.ts';

export type PeopleReadOptions = {
  readonly matchBy: string | undefined;
  /** Lists whose membership rows are read along. */
  readonly listIds: readonly string[];
};

export type PeopleRead = { readonly people: readonly ReadPerson[]; readonly facts: CampaignFacts };

/** QueryBuilderNoAttribute: a table does not have the --match-by column. */
const NO_SUCH_COLUMN = '0x80041103';
/** Each is one part of a batch at least; one takes 1,000. */
const QUERIES_PER_READ = 500;

export async function readPeopleAndFacts(
  access: CampaignAccess,
  queries: readonly PeopleQuery[],
  options: PeopleReadOptions,
): Promise<PeopleRead> {
  const facts = factsRead(access, options.listIds);
  const { people, otherResults } = await readQueries(access, { queries, options, others: facts.operations });
  return { people, facts: await facts.read(otherResults) };
}

/** Further people of the same batch: survivors, contacts of leads. No facts. */
export async function readMore(
  access: CampaignAccess,
  queries: readonly PeopleQuery[],
  options: PeopleReadOptions,
): Promise<readonly ReadPerson[]> {
  return (await readQueries(access, { queries, options, others: [] })).people;
}

type Reading = {
  readonly queries: readonly PeopleQuery[];
  readonly options: PeopleReadOptions;
  readonly others: readonly Read[];
  /** Of queries that were refused: the join is not the cause, and the values are in each case already. */
  readonly areHalves?: boolean;
};
type ReadSoFar = { readonly people: readonly ReadPerson[]; readonly otherResults: readonly OperationResult[] };

async function readQueries(access: CampaignAccess, reading: Reading): Promise<ReadSoFar> {
  const joined = access.capabilities.current().outerJoin;
  const plans = planAll(access, reading, joined);
  const results = await access.dataverse.batch([...reading.others, ...plans.map((plan) => plan.read)]);
  const answers = plans.map((plan, place) => ({ plan, result: results[reading.others.length + place] }));
  // When every query is refused, the join may be the cause (U30).
  const mayBeValues = !joined || reading.areHalves === true || answers.some(({ result }) => result?.kind === 'ok');
  const isRefusedForValue = (answer: Answer): boolean => mayBeValues && isValueRefused(answer, reading);
  const sound = answers.filter((answer) => !isRefusedForValue(answer));
  const refusal = firstRefusal(sound, reading);
  if (refusal !== undefined) {
    const asked = { what: 'people', joined, values: refusal.plan.query.values.length } as const;
    const learned = learnedFrom(asked, refusal.error, access.capabilities.current());
    if (learned === undefined) throw couldNotRead(refusal.error);
    access.capabilities.learn(learned);
    return readQueries(access, reading);
  }
  if (sound.length === answers.length) refuseMissingColumn(answers, reading);
  const apart = await readApart(access, answers.filter(isRefusedForValue), reading.options);
  const people = [...peopleOf(sound), ...apart];
  const complete = joined ? people : await withMemberships(access, people, reading.options.listIds);
  return { people: complete, otherResults: results.slice(0, reading.others.length) };
}

function isValueRefused({ plan, result }: Answer, { options }: Reading): boolean {
  if (result?.kind !== 'refused' || plan.query.attribute !== options.matchBy) return false;
  const { status, dataverseCode } = result.error;
  return status === 400 && dataverseCode !== NO_SUCH_COLUMN && dataverseCode !== TOO_MANY_VALUES;
}

/** One value that the --match-by column cannot hold makes Dynamics refuse the query: halves it until the value is found. */
async function readApart(
  access: CampaignAccess,
  refused: readonly Answer[],
  options: PeopleReadOptions,
): Promise<readonly ReadPerson[]> {
  const halves: PeopleQuery[] = [];
  for (const { plan, result } of refused) {
    const { query } = plan;
    const [only] = query.values;
    if (only === undefined || result?.kind !== 'refused') continue;
    if (query.values.length === 1) access.refusedValues.set(only, result.error.message);
    else {
      const middle = Math.ceil(query.values.length / 2);
      halves.push(
        { ...query, values: query.values.slice(0, middle) },
        { ...query, values: query.values.slice(middle) },
      );
    }
  }
  const people: ReadPerson[] = [];
  for (const queries of slicesOf(halves, QUERIES_PER_READ)) {
    people.push(...(await readQueries(access, { queries, options, others: [], areHalves: true })).people);
  }
  return people;
}

function planAll(access: CampaignAccess, reading: Reading, joined: boolean): readonly FetchPlan[] {
  const { matchBy, listIds } = reading.options;
  const { turkishCase, maxInValues } = access.capabilities.current();
  const isText = ({ attribute }: PeopleQuery): boolean => attribute === 'emailaddress1' || attribute === matchBy;
  const inCases = (query: PeopleQuery): PeopleQuery =>
    turkishCase && reading.areHalves !== true && isText(query)
      ? { ...query, values: [...new Set(query.values.flatMap(inEachCase))] }
      : query;
  return reading.queries.map(inCases).flatMap((query) =>
    readsForQuery(query, {
      joinLists: joined ? listIds : undefined,
      extraAttribute: query.attribute === matchBy && query.ofParentContact !== true ? matchBy : undefined,
      maxValues: maxInValues,
    }),
  );
}

type Answer = { readonly plan: FetchPlan; readonly result: OperationResult | undefined };

function firstRefusal(
  answers: readonly Answer[],
  reading: Reading,
): { readonly error: DataverseError; readonly plan: FetchPlan } | undefined {
  for (const { plan, result } of answers) {
    if (result?.kind === 'refused' && !isMissingMatchColumn(result.error, plan, reading))
      return { error: result.error, plan };
  }
  return undefined;
}

function isMissingMatchColumn(error: DataverseError, plan: FetchPlan, reading: Reading): boolean {
  return error.dataverseCode === NO_SUCH_COLUMN && plan.query.attribute === reading.options.matchBy;
}

/** The --match-by column must exist for leads or for contacts. */
function refuseMissingColumn(answers: readonly Answer[], reading: Reading): void {
  const { matchBy } = reading.options;
  const asked = answers.filter(({ plan }) => matchBy !== undefined && plan.query.attribute === matchBy);
  if (asked.length === 0 || asked.some(({ result }) => result?.kind === 'ok')) return;
  throw new UsageError(
    'UNKNOWN_COLUMN',
    `Neither lead nor contact has the column "${matchBy}" that --match-by names.`,
    {
      hint: 'Give the logical name of the column, as Dynamics shows it under Tables > Lead > Columns (for example new_marketoid).',
    },
  );
}

/** People of all answers. A refusal that gets here means that the table does not have the --match-by column. */
function peopleOf(answers: readonly Answer[]): readonly ReadPerson[] {
  return answers.flatMap(({ plan, result }) =>
    result?.kind === 'refused' ? [] : rowsOf(result).map((row) => readPerson(plan, row)),
  );
}

function readPerson(plan: FetchPlan, row: JsonObject): ReadPerson {
  const { query, extraAttribute: extra } = plan;
  // A lookup's id comes under another name.
  const found = extra === undefined ? undefined : (row[extra] ?? row[`_${extra}_value`]);
  const value = typeof found === 'boolean' ? Number(found) : found;
  const foundByEmail = query.attribute === EMAIL_COLUMN && query.ofParentContact !== true;
  const isGiven = typeof value === 'string' || typeof value === 'number';
  // A person found by a value has it. Where it does not show (U40), nothing tells which of the people asked for this is.
  if (foundByEmail && textOf(row[EMAIL_COLUMN]) === '') throw hiddenWhereFound(query.type, EMAIL_COLUMN);
  if (extra !== undefined && !isGiven) throw hiddenWhereFound(query.type, extra);
  const person = { record: personFromRow(query.type, row), foundByEmail };
  return isGiven ? { ...person, matchValue: String(value) } : person;
}

const hiddenWhereFound = (type: PersonType, column: string): PrivilegeError =>
  columnHidden([{ type, column }], 'Without it, give people by their Dynamics ids, e.g. lead:GUID.');

/** Without the join: reads memberships in a second request, by the ids found. */
async function withMemberships(
  access: CampaignAccess,
  people: readonly ReadPerson[],
  listIds: readonly string[],
): Promise<readonly ReadPerson[]> {
  const ids = [...new Set(people.map(({ record }) => record.id))];
  const rows = groupBy(await readMemberships(access, listIds, ids), (row) => row.personId);
  return people.map((person) => ({
    ...person,
    record: { ...person.record, memberships: rows.get(person.record.id) ?? [] },
  }));
}
