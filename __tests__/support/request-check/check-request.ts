/**
 * Whether a request is one that Dataverse knows: path, verb, headers, query options, body, and every part of a batch. A second opinion,
 * with code of its own, on what the emulator accepts.
 */

import { partsOfBatch } from './batch-parts.ts';
import { checkParameters, checkRow, readObject } from './check-body.ts';
import { type Complain, checkQuery, splitOptions } from './check-query.ts';
import { isGuid, type OperationFacts, type SchemaNames, type TableFacts } from './schema-names.ts';

export type SentRequest = {
  method: string;
  target: string;
  headers: Readonly<Record<string, string>>;
  body: string;
};

/** Where a request stands: by itself, in a batch, or in a change set of one. */
type Place = 'alone' | 'part' | 'change-set';

/** What is wrong with the request; nothing when all is well. */
export function checkRequest(names: SchemaNames, request: SentRequest): string[] {
  if (isProtocolQuestion(request)) return [];
  const problems: string[] = [];
  check({ names, place: 'alone', complain: (problem) => problems.push(problem) }, request);
  return problems;
}

/**
 * `sync check --deep` asks on purpose how the service takes what nobody should send: exactly this read without a version, and exactly this
 * batch of one read with bare line feeds.
 */
function isProtocolQuestion({ method, target, headers, body }: SentRequest): boolean {
  const hasVersion = headers['odata-version'] !== undefined;
  if (method === 'GET') return target === `${ROOT}WhoAmI` && !hasVersion;
  const lines = body.split('\n');
  const request = `GET ${ROOT}WhoAmI HTTP/1.1`;
  return (
    target === `${ROOT}$batch` && hasVersion && lines.includes(request) && !body.includes('\r') && lines.length === 10
  );
}

type Checking = { names: SchemaNames; place: Place; complain: Complain };

const ROOT = '/api/data/v9.2/';
const LONGEST = { alone: 32_768, part: 65_536, 'change-set': 65_536 } as const;

function check(checking: Checking, request: SentRequest): void {
  const { place, complain } = checking;
  checkHeaders(checking, request);
  const { method, target } = request;
  if (!/^[\x21-\x7e]+$/.test(target) || /["<>\\^`{|}]/.test(target))
    complain(`unencoded characters in ${target.slice(0, 200)}`);
  if (target.length > LONGEST[place]) complain(`a URL of ${target.length} characters`);
  if (!target.startsWith(ROOT)) return void complain(`path ${target.slice(0, 100)}`);
  const mark = target.indexOf('?');
  const path = decodeURIComponent(mark < 0 ? target : target.slice(0, mark)).slice(ROOT.length);
  const options = splitOptions(mark < 0 ? '' : target.slice(mark + 1));
  if (place === 'change-set' && method === 'GET') complain('GET in a change set');
  if (path === '$batch') return void checkBatch(checking, request);
  checkPath(checking, request, { segments: splitPath(path), options });
}

const HEADERS: Readonly<Record<string, RegExp>> = {
  accept: /^application\/json$|^application\/xml$|^multipart\/mixed$/,
  'content-type': /^application\/json|^multipart\/mixed; ?boundary="?[\w.-]+"?$/,
  'odata-version': /^4\.0$/,
  'odata-maxversion': /^4\.0$/,
  authorization: /^Bearer \S+$/,
  prefer:
    /^(?:return=representation|odata\.maxpagesize=\d+|odata\.include-annotations="[^"]+"|odata\.continue-on-error|,\s*)+$/,
  'if-match': /^(?:\*|W\/"\d+")$/,
  'if-none-match': /^(?:\*|null)$/,
  'mscrm.suppressduplicatedetection': /^(?:true|false)$/,
  'user-agent': /./,
  'x-ms-client-request-id': /^[0-9a-f-]{36}$/,
  'accept-encoding': /./,
  'content-length': /^\d+$/,
  host: /./,
  connection: /./,
};

function checkHeaders({ place, complain }: Checking, { method, headers, body }: SentRequest): void {
  for (const [name, value] of Object.entries(headers)) {
    if (HEADERS[name]?.test(value) !== true) complain(`header ${name}: ${name === 'authorization' ? '…' : value}`);
  }
  const needed = place === 'alone' ? ['authorization', 'odata-version', 'odata-maxversion', 'user-agent'] : [];
  const withBody = body !== '' && method !== 'GET' ? ['content-type'] : [];
  for (const name of [...needed, ...withBody]) {
    if (headers[name] === undefined) complain(`no header ${name}`);
  }
  if (method === 'GET' && body !== '') complain('GET with a body');
}

function checkBatch(checking: Checking, request: SentRequest): void {
  const { complain } = checking;
  if (checking.place !== 'alone' || request.method !== 'POST') complain('a batch in a batch, or not by POST');
  const parts = partsOfBatch(request, complain);
  if (parts.length === 0 || parts.length > 1000) complain(`a batch of ${parts.length} parts`);
  for (const part of parts) check({ ...checking, place: part.isInChangeSet ? 'change-set' : 'part' }, part);
}

/** Cuts at slashes outside brackets. */
function splitPath(path: string): string[] {
  return path.match(/(?:[^/(]|\([^)]*\))+/g) ?? [];
}

type Asked = { segments: string[]; options: Map<string, string> };

function checkPath(checking: Checking, request: SentRequest, { segments, options }: Asked): void {
  const { names, complain } = checking;
  const [, name = '', key] = /^([$\w]+)(?:\((.*)\))?$/.exec(segments[0] ?? '') ?? [];
  if (name === '$metadata') return;
  if (name === 'EntityDefinitions') return void checkDefinitions(checking, segments, options);
  const table = names.bySet.get(name);
  const rest = segments.slice(1);
  if (table === undefined) return void checkOperation(checking, request, { bound: null, name, options });
  if (key !== undefined && !isGuid(key)) complain(`key ${key}`);
  const bound = key === undefined ? `Collection(mscrm.${table.name})` : `mscrm.${table.name}`;
  const operation = /^Microsoft\.Dynamics\.CRM\.(\w+)/.exec(rest[0] ?? '')?.[1];
  if (operation !== undefined) return void checkOperation(checking, request, { bound, name: operation, options });
  const target = rest.length === 0 ? table : checkProperty(checking, { table, key, rest });
  if (target === undefined) return;
  const scope = { names, table: target, aliases: options, complain };
  checkQuery(scope, options);
  if (request.method !== 'GET') checkWrite(checking, request, { table, isRow: key !== undefined, rest });
}

type Property = { table: TableFacts; key: string | undefined; rest: string[] };

/** The table that a navigation property leads to. */
function checkProperty({ names, complain }: Checking, { table, key, rest }: Property): TableFacts | undefined {
  const [property = '', end, ...beyond] = rest;
  if (key === undefined && property === '$count') return table;
  const [, name = '', related] = /^(\w+)(?:\((.*)\))?$/.exec(property) ?? [];
  const target = names.tables.get(table.navigation.get(name)?.target ?? '');
  if (key === undefined || target === undefined) complain(`${table.set}: ${rest.join('/')}`);
  if (related !== undefined && !isGuid(related)) complain(`key ${related}`);
  if (beyond.length > 0 || ![undefined, '$ref', '$count'].includes(end)) complain(`${table.set}: ${rest.join('/')}`);
  return target;
}

type Write = { table: TableFacts; isRow: boolean; rest: string[] };

function checkWrite(checking: Checking, { method, body }: SentRequest, { table, isRow, rest }: Write): void {
  const { complain } = checking;
  const onProperty = rest.length > 0 && ['POST', 'DELETE'];
  const verbs = onProperty || (isRow ? ['PATCH', 'DELETE'] : ['POST']);
  if (!verbs.includes(method)) complain(`${method} on ${table.set}`);
  if (['listmember', 'campaignitem'].includes(table.name) && rest.length === 0) complain(`${method} on ${table.set}`);
  if (method === 'DELETE') return;
  const row = readObject(body);
  if (row === undefined) return void complain(`${method} ${table.set} without a JSON object`);
  if (rest.length === 0) return void checkRow(checking, table, row, method === 'POST' ? 'create' : 'update');
  if (rest[1] !== '$ref' || Object.keys(row).join() !== '@odata.id') complain(`${method} ${rest.join('/')}`);
}

type Called = { bound: string | null; name: string; options: Map<string, string> };

function checkOperation(checking: Checking, { method, body }: SentRequest, { bound, name, options }: Called): void {
  const { names, complain } = checking;
  const operation = names.operations.find((each) => each.name === name && each.bound === bound);
  if (operation === undefined) return void complain(`no operation ${name} on ${bound ?? 'the root'}`);
  if (method !== (operation.kind === 'action' ? 'POST' : 'GET')) complain(`${method} ${name}`);
  if (operation.kind === 'action') return void checkAction(checking, operation, body);
  for (const option of options.keys()) {
    if (!option.startsWith('@')) complain(`${name}?${option}`);
  }
}

function checkAction(checking: Checking, operation: OperationFacts, body: string): void {
  const parameters = readObject(body);
  if (parameters === undefined) return void checking.complain(`${operation.name} without a JSON object`);
  checkParameters(checking, operation, parameters);
}

/** What dyncamp asks of table definitions. [documented: AttributeMetadata and its kinds] */
const METADATA_PROPERTIES = [
  'LogicalName',
  'EntitySetName',
  'IsDuplicateDetectionEnabled',
  'IsSecured',
  'AttributeType',
  'IsValidForCreate',
  'RequiredLevel',
  'MaxLength',
  'Format',
];
const ATTRIBUTE_TYPES = ['Picklist', 'Boolean', 'String', 'Memo', 'DateTime'];

function checkDefinitions({ names, complain }: Checking, segments: string[], options: Map<string, string>): void {
  const [first = '', second, cast] = segments;
  const table = /^EntityDefinitions\(LogicalName='(\w+)'\)$/.exec(first)?.[1];
  const areAll = first === 'EntityDefinitions' && options.has('$select');
  if (!names.tables.has(table ?? '') && !areAll) complain(`metadata of ${first}`);
  if (second !== undefined && second !== 'Attributes' && second !== 'ManyToOneRelationships')
    complain(`metadata ${second}`);
  const type = /^Microsoft\.Dynamics\.CRM\.(\w+)AttributeMetadata$/.exec(cast ?? '')?.[1];
  if (cast !== undefined && !ATTRIBUTE_TYPES.includes(type ?? '')) complain(`metadata cast ${cast}`);
  for (const name of (options.get('$select') ?? '').split(',').filter(Boolean)) {
    const isKnown =
      METADATA_PROPERTIES.includes(name) || (second === 'ManyToOneRelationships' && /^Referenc/.test(name));
    if (!isKnown) complain(`metadata property ${name}`);
  }
}
