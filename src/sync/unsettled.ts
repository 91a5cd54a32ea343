/**
 * What no public source settles about Dataverse, as one table by the numbers of docs/unsettled.md, and how this organization behaves, as
 * far as reads show: each read is a form that dyncamp itself sends. dyncamp works under every answer: these are facts for those who
 * investigate speed or an unusual refusal, never problems. What needs a write is left to the contract tests in a sandbox.
 */

import { LANGUAGE } from '../campaign/open-campaign.ts';
import { listsCampaignsQuery, readMembersById } from '../campaign/queries.ts';
import { fetchXml } from '../dataverse/fetchxml.ts';
import { eq, inList, odataGuid, query, row } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { fetchRows, readObject, readRows, rowsOf } from '../dataverse/reads.ts';
import { MEMBER_ALIASES, TABLES, TURKISH } from '../dataverse/wire.ts';
import { parseGuid } from '../guid.ts';
import { isJsonObject, type JsonObject, textOf } from '../json.ts';
import { keyColumnReads, keyColumnsOf } from '../people/key-columns.ts';
import { type Check, type Finding, notChecked, ok } from './check.ts';
import {
  askProtocolQuestions,
  describeOffer,
  type ExpectedAction,
  type ProtocolFindings,
} from './unsettled-protocol.ts';

const LEADS = TABLES.lead;

/** A lead on a list. */
type Sample = { readonly leadId: string; readonly listId: string };

type Seen = {
  /** Of the question's own reads. */
  readonly results: readonly OperationResult[];
  readonly sample: Sample | undefined;
  readonly protocol: ProtocolFindings;
  /** Names of messages; undefined when they cannot be read. */
  readonly offered: ReadonlySet<string> | undefined;
};

type Question = {
  readonly number: number;
  readonly reads?: (sample: Sample | undefined) => readonly Read[];
  readonly answer: (seen: Seen) => Finding;
};

const QUESTIONS: readonly Question[] = [
  notByReading(1, 'Adding a person who is already a member'),
  notByReading(2, 'The same person twice in one call'),
  notByReading(3, 'One bad person among many in one call'),
  notByReading(4, 'The error for a person of the wrong table'),
  notByReading(5, 'Adding an inactive person'),
  notByReading(6, 'Adding a merged person'),
  notByReading(7, 'RemoveMemberList for a person who is not a member'),
  notByReading(8, 'RemoveListMembersList with people who are not members'),
  isOffered(9, 'RemoveListMembersList'),
  isOffered(10, 'RemoveMemberList'),
  isOffered(11, 'RemoveItemCampaign'),
  notByReading(12, 'Linking a list that is already linked'),
  notByReading(13, 'Writing the link directly ($ref)'),
  notByReading(14, 'Removing from a locked or inactive list'),
  notByReading(15, 'Linking a list to an inactive campaign'),
  notByReading(16, 'The most members in one call'),
  {
    number: 17,
    reads: ofSample(({ listId, leadId }) => [readMembersById(listId, [leadId])]),
    answer: works('In() on the people of a list', '', (rows) => rows.length === 1),
  },
  notByReading(18, 'Deleting a row of listmember'),
  {
    number: 19,
    reads: ofSample((sample) => [associationRead(sample)]),
    answer: works('Reading members through the relationship', ' with a filter', ([list]) =>
      hasOne(list?.listlead_association),
    ),
  },
  { number: 20, reads: duplicateDetectionReads, answer: duplicateRefusals },
  { number: 21, answer: batches },
  notByReading(22, 'Whether a read right after a write sees it'),
  notByReading(23, 'The row of a person who is removed and added again'),
  notByReading(24, 'Creating a list under a taken id'),
  { number: 25, reads: () => [sampleRead('qualified')], answer: qualifiedLeads },
  { number: 26, reads: ofSample(memberCountReads), answer: withoutVersionAndMemberCount },
  notByReading(
    27,
    'Whether a copied campaign keeps the links to its lists',
    'Only a copy shows it; lists.copied names copies that did.',
  ),
  isOffered(28, 'AddItemCampaign'),
  { number: 29, reads: inSizeReads, answer: inSizes },
  {
    number: 30,
    reads: ofSample((sample) => [outerJoinRead(sample)]),
    answer: works(
      'Joining people with their memberships',
      '',
      ([lead]) => guid(lead, MEMBER_ALIASES.listid) !== undefined,
    ),
  },
  notByReading(31, 'An id that was deleted before'),
  { number: 32, reads: creatorReads, answer: creators },
  notByReading(33, 'Several writes to one list at a time'),
  notByReading(34, 'The code for an id that is taken'),
  notByReading(35, 'How many parts a batch may have', 'A run finds it out when a batch is refused.'),
  notByReading(36, 'What the time limit holds for'),
  { number: 37, reads: () => keyColumnReads(undefined), answer: tableDefinitions },
  notByReading(38, 'How the privileges of a user are reported', 'privilege.* shows it.'),
  { number: 39, reads: () => [LANGUAGE], answer: collation },
  { number: 40, reads: () => keyColumnReads(undefined), answer: securedColumns },
  {
    number: 41,
    reads: () => [listsCampaignsQuery(NO_LIST)],
    answer: absentParent,
  },
  notByReading(42, 'What an environment says that is blocked, disabled or without Sales', 'Only such a one shows it.'),
  notByReading(43, 'What an older server says', 'Only such a one shows it.'),
  notByReading(44, 'Which access levels let a user see every record', 'privilege.* shows it.'),
];

const idOf = ({ number }: Question): string => `unsettled.U${number}`;

export const UNSETTLED_CHECK_IDS: readonly string[] = QUESTIONS.map(idOf);

/** Six requests. `offered`: names of messages, undefined when they cannot be read. */
export async function checkUnsettled(
  dataverse: Dataverse,
  offered: ReadonlySet<string> | undefined,
): Promise<readonly Check[]> {
  const [any] = await dataverse.batch([sampleRead('any')]);
  const sample = sampleOf(any);
  const protocol = await askProtocolQuestions(dataverse);
  const reads = QUESTIONS.map((question) => question.reads?.(sample) ?? []);
  const results = await dataverse.batch(reads.flat());
  let start = 0;
  return QUESTIONS.map((question, place) => {
    const end = start + (reads[place]?.length ?? 0);
    const own = results.slice(start, end);
    start = end;
    return { id: idOf(question), ...question.answer({ results: own, sample, protocol, offered }) };
  });
}

/** Reads about somebody who is on a list: none without one. */
function ofSample(reads: (sample: Sample) => readonly Read[]): NonNullable<Question['reads']> {
  return (sample) => (sample === undefined ? [] : reads(sample));
}

function notByReading(number: number, question: string, why = 'Only a write shows it.'): Question {
  return { number, answer: () => notChecked(`${question}: ${why}`) };
}

function isOffered(number: number, name: ExpectedAction): Question {
  return {
    number,
    answer({ protocol, offered }) {
      const found = describeOffer(name, protocol.actions, offered);
      if (found !== undefined) return ok(found);
      return notChecked(`Whether ${name} is offered: neither $metadata nor sdkmessages can be read.`);
    },
  };
}

/** A form of reading that may be refused, tried with the sample. `how` is added when it was tried. */
function works(what: string, how: string, isRight: (rows: readonly JsonObject[]) => boolean): (seen: Seen) => Finding {
  return ({ sample, results: [result] }) => {
    if (sample === undefined) return notChecked(`${what}: there is no lead on any list to try it with.`);
    if (result?.kind !== 'ok') return ok(`${what}${how}: refused${refusal(result)}.`);
    return ok(`${what}${how}: ${isRight(rowsOf(result)) ? 'works' : 'is taken, but misses a member'}.`);
  };
}

const hasOne = (value: unknown): boolean => Array.isArray(value) && value.length === 1;

function refusal(result: OperationResult | undefined): string {
  if (result?.kind !== 'refused') return '';
  const { status, dataverseCode, message } = result.error;
  return ` (${[status, dataverseCode].filter((part) => part !== undefined).join(' ')}: ${message})`;
}

/** The inner join of a person with its membership is in wide use. `qualified` for U25. */
function sampleRead(which: 'any' | 'qualified'): Read {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: which === 'qualified' ? { conditions: [{ attribute: 'statecode', operator: 'eq', value: 1 }] } : undefined,
    links: [memberLink('inner', undefined)],
    top: 1,
  });
  return fetchRows(LEADS.set, xml, LEADS.key);
}

function memberLink(kind: 'inner' | 'outer', listId: string | undefined) {
  return {
    entity: 'listmember',
    from: 'entityid',
    to: LEADS.key,
    kind,
    alias: 'm',
    attributes: [{ name: 'listid', alias: MEMBER_ALIASES.listid }],
    filter:
      listId === undefined
        ? undefined
        : { conditions: [{ attribute: 'listid', operator: 'eq' as const, value: listId }] },
  };
}

function sampleOf(result: OperationResult | undefined): Sample | undefined {
  const [row] = result?.kind === 'ok' ? rowsOf(result) : [];
  const leadId = guid(row, LEADS.key);
  const listId = guid(row, MEMBER_ALIASES.listid);
  return leadId === undefined || listId === undefined ? undefined : { leadId, listId };
}

const guid = (row: JsonObject | undefined, name: string): string | undefined => parseGuid(textOf(row?.[name]));

/** U19: the list with one of its leads, through the relationship. */
function associationRead({ listId, leadId }: Sample): Read {
  const filter = eq(LEADS.key, odataGuid(leadId));
  const expand = [{ property: 'listlead_association', select: [LEADS.key], filter }];
  return readObject(query(row('lists', listId), { select: ['listid'], expand }), 'listid');
}

function duplicateDetectionReads(): readonly Read[] {
  return ['lead', 'contact'].map((table) =>
    readObject(
      query(`EntityDefinitions(LogicalName='${table}')`, { select: ['LogicalName', 'IsDuplicateDetectionEnabled'] }),
      'LogicalName',
    ),
  );
}

/** U20: without duplicate detection no such refusal can come. Its status needs a write. */
function duplicateRefusals({ results }: Seen): Finding {
  const isOff = results.every((result) => {
    const value = result.kind === 'ok' ? result.body?.IsDuplicateDetectionEnabled : undefined;
    return isJsonObject(value) && 'Value' in value && value.Value !== true;
  });
  if (isOff) return ok('A refusal by duplicate detection cannot come: it is off for leads and contacts.');
  return notChecked('The status of a refusal by duplicate detection: Only a write shows it.');
}

function batches({ protocol: { lineFeeds, failingBatch } }: Seen): Finding {
  const status =
    failingBatch === undefined ? 'had no answer' : `is answered ${failingBatch} where the part that failed is a 404`;
  return ok(
    `A batch with bare line feeds ${lineFeeds}; one that stops ${status}. Where the error of a change set stands, only a write shows.`,
  );
}

/** A qualified lead on a list shows that the row stays; none shows nothing. */
function qualifiedLeads({ results: [result] }: Seen): Finding {
  if (result?.kind !== 'ok') return notChecked(`Rows of qualified leads: could not be read${refusal(result)}.`);
  if (rowsOf(result).length === 0)
    return notChecked('Rows of qualified leads: there is no qualified lead on any list to see it by.');
  return ok('A qualified lead stays on the leads list.');
}

/** U26: the list's own count, and what it should be. */
function memberCountReads({ listId }: Sample): readonly Read[] {
  const counted = fetchXml({
    entity: 'listmember',
    aggregate: true,
    attributes: [{ name: 'listmemberid', alias: 'members', aggregate: 'count' }],
    filter: { conditions: [{ attribute: 'listid', operator: 'eq', value: listId }] },
  });
  return [
    readObject(query(row('lists', listId), { select: ['membercount'] }), 'listid'),
    fetchRows('listmembers', counted, 'members'),
  ];
}

function withoutVersionAndMemberCount({ protocol, sample, results: [count, truth] }: Seen): Finding {
  const header = `A request without OData-Version ${protocol.withoutVersion}.`;
  if (sample === undefined) return ok(`${header} A list's own count: there is no lead on any list to see it by.`);
  const stated = numberIn(count, 'membercount');
  const counted = numberIn(truth, 'members');
  if (stated === undefined || counted === undefined) return ok(`${header} A list's own count could not be read.`);
  return ok(
    `${header} A list's own count ${stated === counted ? `is exact (${stated})` : `lags: it says ${stated} of ${counted}`}.`,
  );
}

function numberIn(result: OperationResult | undefined, name: string): number | undefined {
  const [row] = result?.kind === 'ok' ? rowsOf(result) : [];
  const value = row?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** U29, around the caps that are reported: 2,000 was one until 2022. */
const IN_SIZES = [300, 500, 1000, 2000, 2001] as const;

/** Short texts that are nobody's e-mail, so that 2,001 of them fit into a batched GET. */
const values = (count: number): readonly string[] => Array.from({ length: count }, (_, place) => place.toString(36));

/** Each size as In(), then each as FetchXML "in". */
function inSizeReads(): readonly Read[] {
  const inFunction = IN_SIZES.map((size) => {
    const filter = inList('emailaddress1', values(size));
    return readRows(query(LEADS.set, { select: [LEADS.key], filter, top: 1 }), LEADS.key);
  });
  const inFetchXml = IN_SIZES.map((size) => {
    const filter = { conditions: [{ attribute: 'emailaddress1', operator: 'in' as const, values: values(size) }] };
    return fetchRows(LEADS.set, fetchXml({ entity: LEADS.name, attributes: [LEADS.key], filter, top: 1 }), LEADS.key);
  });
  return [...inFunction, ...inFetchXml];
}

function inSizes({ results }: Seen): Finding {
  const inFunction = mostTaken(results.slice(0, IN_SIZES.length));
  const inFetchXml = mostTaken(results.slice(IN_SIZES.length));
  return ok(`Values in one In: ${inFunction}; in one FetchXML "in": ${inFetchXml}.`);
}

function mostTaken(results: readonly OperationResult[]): string {
  const refused = results.findIndex((result) => result.kind !== 'ok');
  if (refused === -1) return `${IN_SIZES.at(-1)} are taken`;
  const before = refused === 0 ? 'none of the sizes tried' : `${IN_SIZES[refused - 1]} are taken`;
  return `${before}, ${IN_SIZES[refused]} refused${refusal(results[refused])}`;
}

/** U30: the join that resolves people and reads their membership at once. */
function outerJoinRead({ listId, leadId }: Sample): Read {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: { conditions: [{ attribute: LEADS.key, operator: 'eq', value: leadId }] },
    links: [memberLink('outer', listId)],
  });
  return fetchRows(LEADS.set, xml, LEADS.key);
}

function tableDefinitions({ results }: Seen): Finding {
  const refused = results.find((result) => result.kind !== 'ok');
  return ok(`Table definitions: ${refused === undefined ? 'readable' : `refused${refusal(refused)}`}.`);
}

function securedColumns({ results }: Seen): Finding {
  const { secured, refusal: why } = keyColumnsOf(undefined, results);
  if (why !== undefined) return notChecked('Whether e-mail columns are secured: table definitions cannot be read.');
  const names = secured.map(({ type, column }) => `${type}.${column}`).join(' and ');
  return ok(names === '' ? 'E-mail columns are not secured.' : `Secured by column security: ${names}.`);
}

/** U41: no organization has a list of this id. */
const NO_LIST = '00000000-0000-4000-8000-000000000000';

function absentParent({ results: [result] }: Seen): Finding {
  const answer = result?.kind === 'ok' ? 'no rows' : `an error${refusal(result)}`;
  return ok(`The campaigns of a list that does not exist: ${answer}.`);
}

/** Enough to tell one creator from several. */
const CREATORS_SHOWN = 5;

/** U32: whom membership rows name as their creators, and one that names nobody. */
function creatorReads(): readonly Read[] {
  const named = fetchXml({
    entity: 'listmember',
    attributes: ['createdby'],
    distinct: true,
    links: [
      {
        entity: 'systemuser',
        from: 'systemuserid',
        to: 'createdby',
        kind: 'inner',
        alias: 'u',
        attributes: [{ name: 'fullname', alias: 'u_name' }],
      },
    ],
    top: CREATORS_SHOWN,
  });
  const nameless = query('listmembers', { select: ['listmemberid'], filter: eq('_createdby_value', null), top: 1 });
  return [fetchRows('listmembers', named), readRows(nameless, 'listmemberid')];
}

function creators({ results: [named, nameless] }: Seen): Finding {
  if (named?.kind !== 'ok' || nameless?.kind !== 'ok')
    return notChecked(`Whom membership rows name as their creator: could not be read${refusal(named)}.`);
  const names = rowsOf(named).map(({ u_name: name }) => String(name ?? 'a user without a name'));
  if (rowsOf(nameless).length > 0) names.push('no one');
  if (names.length === 0) return notChecked('Whom membership rows name as their creator: there is none to see it by.');
  const first = `Membership rows name as their creator: ${names.join(', ')}${names.length === CREATORS_SHOWN ? ', …' : ''}.`;
  if (names.length > 1) return ok(`${first} Several: it seems to be whoever adds.`);
  return ok(
    `${first} Only one: if others added people too, remove and apply know additions of dyncamp's by this machine's journal only.`,
  );
}

/** "Dataverse language collations": accents count under these base languages; most others ignore them. */
const ACCENT_SENSITIVE = [1035, 1048, 1050, 1053, 2055, 2057, 3079, 3081];

/** U39, by the base language. */
function collation({ results: [result] }: Seen): Finding {
  const language = numberIn(result, 'languagecode');
  if (language === undefined)
    return notChecked(`How texts are compared: the base language could not be read${refusal(result)}.`);
  if (language === TURKISH)
    return ok(
      `Base language ${language}, Turkish: i and I are two letters, and addresses are asked in upper case too.`,
    );
  const accents = ACCENT_SENSITIVE.includes(language) ? 'case' : 'case and accents';
  return ok(`Base language ${language}: texts are compared without regard to ${accents}, as documented.`);
}
