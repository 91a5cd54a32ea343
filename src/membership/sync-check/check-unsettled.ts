/**
 * How this organization answers what no document settles, as far as reading shows it. dyncamp is right under every answer: these are facts
 * for whoever looks into speed or a strange refusal, never problems.
 */

import { parseGuid } from '../../dataverse/guid.ts';
import type { Dataverse, JsonObject, OperationResult } from '../../dataverse/operation.ts';
import { rowsOf } from '../rows-of.ts';
import { MEMBER_ALIASES, TABLES } from '../wire.ts';
import { type Check, notChecked, ok } from './check.ts';
import { type AnsweredNumber, UNANSWERED, UNSETTLED_CHECK_IDS, unsettledId } from './unsettled-questions.ts';
import {
  associationOperation,
  fetchInOperations,
  IN_SIZES,
  inOnEntityIdOperation,
  inOperations,
  memberCountOperations,
  outerJoinOperation,
  type Sample,
  sampleOperation,
} from './unsettled-reads.ts';

/** Two requests. `offered`: names of messages, undefined when they cannot be read. */
export async function checkUnsettled(
  dataverse: Dataverse,
  offered: ReadonlySet<string> | undefined,
): Promise<readonly Check[]> {
  const [any, qualified, ...sizes] = await dataverse.batch([
    sampleOperation(false),
    sampleOperation(true),
    ...inOperations(),
    ...fetchInOperations(),
  ]);
  const sample = sampleOf(any);
  const checks = [
    ...UNANSWERED.map(({ id, question, why }) => notChecked(id, `${sentence(question)}: ${why}`)),
    isOffered(9, 'RemoveListMembersList', offered),
    isOffered(10, 'RemoveMemberList', offered),
    isOffered(11, 'RemoveItemCampaign', offered),
    isOffered(28, 'AddItemCampaign', offered),
    qualifiedLeads(qualified),
    inSizes(sizes),
    ...(await withSample(dataverse, sample)),
  ];
  const byId = new Map(checks.map((check) => [check.id, check]));
  return UNSETTLED_CHECK_IDS.flatMap((id) => byId.get(id) ?? []);
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const answer = (number: AnsweredNumber, found: string): Check => ok(unsettledId(number), found);
const noAnswer = (number: AnsweredNumber, why: string): Check => notChecked(unsettledId(number), why);

function sampleOf(result: OperationResult | undefined): Sample | undefined {
  const [row] = result?.kind === 'ok' ? rowsOf(result) : [];
  const leadId = guid(row, TABLES.lead.key);
  const listId = guid(row, MEMBER_ALIASES.listid);
  return leadId === undefined || listId === undefined ? undefined : { leadId, listId };
}

function guid(row: JsonObject | undefined, name: string): string | undefined {
  const value = row?.[name];
  return typeof value === 'string' ? parseGuid(value) : undefined;
}

function isOffered(number: AnsweredNumber, name: string, offered: ReadonlySet<string> | undefined): Check {
  if (offered === undefined) return noAnswer(number, `Whether ${name} is offered: sdkmessages cannot be read.`);
  return answer(number, `${name} is ${offered.has(name) ? 'offered' : 'not offered'} (sdkmessages).`);
}

/** U25: somebody qualified who is on a list shows that the row stays; nobody shows nothing. */
function qualifiedLeads(result: OperationResult | undefined): Check {
  if (result?.kind !== 'ok') return noAnswer(25, `Rows of qualified leads: could not be read${refusal(result)}.`);
  if (rowsOf(result).length === 0)
    return noAnswer(25, 'Rows of qualified leads: there is no qualified lead on any list to see it by.');
  return answer(25, 'A qualified lead stays on the leads list.');
}

/** U29. */
function inSizes(results: readonly OperationResult[]): Check {
  const inFunction = mostTaken(results.slice(0, IN_SIZES.length));
  const fetchXml = mostTaken(results.slice(IN_SIZES.length));
  return answer(29, `Values in one In: ${inFunction}; in one FetchXML "in": ${fetchXml}.`);
}

function mostTaken(results: readonly OperationResult[]): string {
  const refused = results.findIndex((result) => result.kind !== 'ok');
  if (refused === -1) return `${IN_SIZES.at(-1)} are taken`;
  const before = refused === 0 ? 'none of the sizes tried' : `${IN_SIZES[refused - 1]} are taken`;
  return `${before}, ${IN_SIZES[refused]} refused${refusal(results[refused])}`;
}

function refusal(result: OperationResult | undefined): string {
  if (result?.kind !== 'refused') return '';
  const { status, dataverseCode, message } = result.error;
  return ` (${[status, dataverseCode].filter((part) => part !== undefined).join(' ')}: ${message})`;
}

const NEEDS_SAMPLE = [
  [17, 'In() on the people of a list'],
  [19, 'Reading members through the relationship'],
  [26, "A list's own count"],
  [30, 'Joining people with their memberships'],
] as const;

async function withSample(dataverse: Dataverse, sample: Sample | undefined): Promise<readonly Check[]> {
  if (sample === undefined)
    return NEEDS_SAMPLE.map(([number, what]) =>
      noAnswer(number, `${what}: there is no lead on any list to try it with.`),
    );
  const [inList, association, outer, count, truth] = await dataverse.batch([
    inOnEntityIdOperation(sample),
    associationOperation(sample),
    outerJoinOperation(sample),
    ...memberCountOperations(sample),
  ]);
  return [
    works(17, 'In() on the people of a list', inList, (rows) => rows.length === 1),
    works(19, 'Reading members through the relationship with a filter', association, ([list]) =>
      hasOne(list?.listlead_association),
    ),
    memberCount(count, truth),
    works(
      30,
      'Joining people with their memberships',
      outer,
      ([lead]) => guid(lead, MEMBER_ALIASES.listid) !== undefined,
    ),
  ];
}

const hasOne = (value: unknown): boolean => Array.isArray(value) && value.length === 1;

function works(
  number: AnsweredNumber,
  what: string,
  result: OperationResult | undefined,
  isRight: (rows: readonly JsonObject[]) => boolean,
): Check {
  if (result?.kind !== 'ok') return answer(number, `${what}: refused${refusal(result)}.`);
  return answer(number, `${what}: ${isRight(rowsOf(result)) ? 'works' : 'is taken, but misses a member'}.`);
}

/** U26. The other half, requests without OData-Version, is not tried: dyncamp always sends it. */
function memberCount(count: OperationResult | undefined, truth: OperationResult | undefined): Check {
  const said = numberIn(count, 'membercount');
  const counted = numberIn(truth, 'members');
  const header = 'Requests without OData-Version are not tried: dyncamp always sends it.';
  if (said === undefined || counted === undefined)
    return noAnswer(26, `A list's own count: could not be read. ${header}`);
  const verdict = said === counted ? `is exact (${said})` : `lags: it says ${said} of ${counted}`;
  return answer(26, `A list's own count ${verdict}. ${header}`);
}

function numberIn(result: OperationResult | undefined, name: string): number | undefined {
  const [row] = result?.kind === 'ok' ? rowsOf(result) : [];
  const value = row?.[name];
  return typeof value === 'number' ? value : undefined;
}
