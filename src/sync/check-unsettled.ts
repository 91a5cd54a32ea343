/**
 * How this organization answers what no document settles, as far as reading shows it. dyncamp is right under every answer: these are facts
 * for whoever looks into speed or a strange refusal, never problems.
 */

import { parseGuid } from '../dataverse/guid.ts';
import type { Dataverse, JsonObject, OperationResult } from '../dataverse/operation.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { MEMBER_ALIASES, TABLES } from '../membership/wire.ts';
import { type Check, notChecked, ok } from './check.ts';
import { askProtocolQuestions, type ExpectedAction, type ProtocolFindings, sayOffered } from './unsettled-protocol.ts';
import { type AnsweredNumber, UNANSWERED, UNSETTLED_CHECK_IDS, unsettledId } from './unsettled-questions.ts';
import {
  associationOperation,
  duplicateDetectionOperations,
  fetchInOperations,
  IN_SIZES,
  inOnEntityIdOperation,
  inOperations,
  memberCountOperations,
  outerJoinOperation,
  type Sample,
  sampleOperation,
} from './unsettled-reads.ts';

/** Six requests. `offered`: names of messages, undefined when they cannot be read. */
export async function checkUnsettled(
  dataverse: Dataverse,
  offered: ReadonlySet<string> | undefined,
): Promise<readonly Check[]> {
  const [any, qualified, leads, contacts, ...sizes] = await dataverse.batch([
    sampleOperation('any'),
    sampleOperation('qualified'),
    ...duplicateDetectionOperations(),
    ...inOperations(),
    ...fetchInOperations(),
  ]);
  const protocol = await askProtocolQuestions(dataverse);
  const sample = sampleOf(any);
  const checks = [
    ...UNANSWERED.map(({ id, question, why }) => notChecked(id, `${sentence(question)}: ${why}`)),
    isOffered(9, 'RemoveListMembersList', protocol, offered),
    isOffered(10, 'RemoveMemberList', protocol, offered),
    isOffered(11, 'RemoveItemCampaign', protocol, offered),
    isOffered(28, 'AddItemCampaign', protocol, offered),
    duplicateRefusals([leads, contacts]),
    batches(protocol),
    qualifiedLeads(qualified),
    inSizes(sizes),
    ...(await withSample(dataverse, sample, protocol)),
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

function isOffered(
  number: AnsweredNumber,
  name: ExpectedAction,
  { actions }: ProtocolFindings,
  messages: ReadonlySet<string> | undefined,
): Check {
  const found = sayOffered(name, actions, messages);
  if (found !== undefined) return answer(number, found);
  return noAnswer(number, `Whether ${name} is offered: neither $metadata nor sdkmessages can be read.`);
}

/** U20: where the tables are not watched for duplicates, no such refusal can come. Its status needs a write. */
function duplicateRefusals(results: readonly (OperationResult | undefined)[]): Check {
  const isWatched = results.map((result) => {
    const value = result?.kind === 'ok' ? result.body?.IsDuplicateDetectionEnabled : undefined;
    return typeof value === 'object' && value !== null && 'Value' in value ? value.Value === true : undefined;
  });
  if (isWatched.every((each) => each === false))
    return answer(20, 'A refusal by duplicate detection cannot come: it is off for leads and contacts.');
  return noAnswer(20, 'The status of a refusal by duplicate detection: Only a write shows it.');
}

/** U21. */
function batches({ lineFeeds, failingBatch }: ProtocolFindings): Check {
  const status =
    failingBatch === undefined ? 'had no answer' : `is answered ${failingBatch} where the part that failed is a 404`;
  return answer(
    21,
    `A batch with bare line feeds ${lineFeeds}; one that stops ${status}. Where the error of a change set stands, only a write shows.`,
  );
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
  [30, 'Joining people with their memberships'],
] as const;

async function withSample(
  dataverse: Dataverse,
  sample: Sample | undefined,
  { withoutVersion }: ProtocolFindings,
): Promise<readonly Check[]> {
  const header = `A request without OData-Version ${withoutVersion}.`;
  if (sample === undefined)
    return [
      ...NEEDS_SAMPLE.map(([number, what]) =>
        noAnswer(number, `${what}: there is no lead on any list to try it with.`),
      ),
      answer(26, `${header} A list's own count: there is no lead on any list to see it by.`),
    ];
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
    memberCount(count, truth, header),
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

/** U26. */
function memberCount(count: OperationResult | undefined, truth: OperationResult | undefined, header: string): Check {
  const said = numberIn(count, 'membercount');
  const counted = numberIn(truth, 'members');
  if (said === undefined || counted === undefined) return answer(26, `${header} A list's own count could not be read.`);
  const verdict = said === counted ? `is exact (${said})` : `lags: it says ${said} of ${counted}`;
  return answer(26, `${header} A list's own count ${verdict}.`);
}

function numberIn(result: OperationResult | undefined, name: string): number | undefined {
  const [row] = result?.kind === 'ok' ? rowsOf(result) : [];
  const value = row?.[name];
  return typeof value === 'number' ? value : undefined;
}
