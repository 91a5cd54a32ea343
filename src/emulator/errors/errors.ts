/**
 * Errors in Dataverse's own form: thrown anywhere in the emulator, turned into an answer in one place (requests/wire.ts). Every refusal is in
 * the table `refuse`. A test holds codes and texts against what Microsoft published or what was recorded.
 */

import { ORGANIZATION } from '../organization/organization.ts';
import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import published from './error-codes.data.json' with { type: 'json' };

export class ODataError extends Error {
  readonly status: number;
  /** As the wire has it: `0x80040217`, `0x0` or empty. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ODataError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const PUBLISHED = new Map(Object.entries(published).map(([code, [, text = '']]) => [code.toLowerCase(), text]));

/** A refusal that always says the same; without a text of its own in the words of Microsoft's table. */
export function refusal(
  status: number,
  code: string,
  text = PUBLISHED.get(code.toLowerCase()) ?? '',
): () => ODataError {
  return () => new ODataError(status, code, text);
}

/** Conflict: the docs show code 0x0, current organizations 0x80060888. */
function badQuery(message: string): ODataError {
  return new ODataError(400, '0x80060888', message);
}

/** `set`: whose row the payload is; empty where it is none. */
function payloadError(set: string, inner: string): ODataError {
  const text = `Error identified in Payload provided by the user for Entity :'${set}'  ----> InnerException : ${inner}`;
  return new ODataError(400, '0x80048d19', text);
}

/** A payload that Microsoft's OData library does not take. */
function odataException(text: string, set = ''): ODataError {
  return payloadError(set, `Microsoft.OData.ODataException: ${text}`);
}

export type ThrottleKind = 'requests' | 'time' | 'concurrency';

export type ServiceProtection = {
  requests: number;
  executionTimeMs: number;
  concurrency: number;
  windowSeconds: number;
};

type MissingPrivilege = {
  userId: string;
  callerId: string;
  name: string;
  privilegeId: string;
  privilegeCount: number;
  objectTypeCode: number;
  table: string;
};

const THROTTLES = {
  requests: ({ requests, windowSeconds }) => [
    '0x80072322',
    `Number of requests exceeded the limit of ${requests} over time window of ${windowSeconds} seconds.`,
  ],
  concurrency: ({ concurrency }) => [
    '0x80072326',
    `Number of concurrent requests exceeded the limit of ${concurrency}.`,
  ],
  time: ({ executionTimeMs, windowSeconds }) => [
    '0x80072321',
    `Combined execution time of incoming requests exceeded limit of ${executionTimeMs.toLocaleString('en-US')} milliseconds over time window of ${windowSeconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`,
  ],
} as const satisfies Record<ThrottleKind, (limits: ServiceProtection) => readonly [code: string, text: string]>;

/** Where a comment says only the status is documented, or nothing, code and wording are supposed. */
export const refuse = {
  /** Known to Dataverse, and not served by this emulator: refused rather than guessed. */
  notEmulated: (what: string) =>
    new ODataError(501, '0x80040315', `This emulator does not implement ${what}. Dataverse itself may.`),
  unexpected: refusal(500, '0x80040216'),

  // Paths and verbs.
  /** Conflict: 0x8006088a in the docs, 0x80060888 on current organizations, empty on v8. */
  segmentNotFound: (segment: string) =>
    new ODataError(404, '0x80060888', `Resource not found for the segment '${segment}'.`),
  invalidRefSegment: (segment: string) => badQuery(`The URI segment '$ref' is invalid after the segment '${segment}'.`),
  noHttpResource: (url: string) =>
    new ODataError(404, '', `No HTTP resource was found that matches the request URI '${url}'.`),
  methodNotAllowed: (method: string) =>
    new ODataError(405, '', `The requested resource does not support http method '${method}'.`),
  querySyntax: () => badQuery('Bad Request - Error in query syntax.'),
  uriTooLong: () => badQuery('Invalid URI: The Uri string is too long.'),
  noVersionHeader: () => badQuery('The OData-Version header is required.'),
  /** For elastic tables only; the text is the documented one. */
  deleteMultiple: refusal(400, '0x80040216', 'DeleteMultiple has not yet been implemented.'),

  // Payloads.
  payloadTooLarge: refusal(413, '0x8006088a', 'The request payload exceeds the maximum message size.'),
  payloadError,
  odataException,
  noJsonObject: () => odataException('The payload is not a JSON object.'),
  unreadableBatch: () => payloadError('', 'System.ArgumentException: Stream was not readable.'),
  /** Undeclared parameters of an action. [documented, field: the last sentence] */
  untypedParameter: (name: string, operation: string) =>
    odataException(
      `The parameter '${name}' in the request payload is not a valid parameter for the operation '${operation}'. Does not support untyped value in non-open type.`,
    ),
  /** A member of an abstract type without `@odata.type`; that it fails is documented, the wording is unsettled. */
  abstractMember: () =>
    odataException(
      "A value of the abstract type 'Microsoft.Dynamics.CRM.crmbaseentity' needs an '@odata.type' annotation.",
    ),
  noContentId: (reference: string) =>
    badQuery(`Content-ID Reference: '${reference}' does not exist in the batch context.`),

  // Who is asking: sign-in, organization, privileges.
  /** 401 has an empty body; the challenge names tenant and resource. [documented] */
  notAuthenticated(origin: string, reason?: string) {
    const authority = `https://login.microsoftonline.com/${ORGANIZATION.tenantId}/oauth2/authorize`;
    const error = reason === undefined ? '' : `, error=invalid_token, error_description=${reason}`;
    return new ODataError(401, '', '', {
      'WWW-Authenticate': `Bearer authorization_uri=${authority}, resource_id=${origin}/${error}`,
    });
  },
  userNotMemberOfOrganization: refusal(403, '0x80072560'),
  userDisabled: refusal(403, '0x80040225'),
  privilegeDenied: (missing: MissingPrivilege) =>
    new ODataError(
      403,
      '0x80040220',
      `Principal user (Id=${missing.userId}, type=8, roleCount=1, privilegeCount=${missing.privilegeCount}, accessMode=4), is missing ${missing.name} privilege (Id=${missing.privilegeId}) on OTC=${missing.objectTypeCode} for entity '${missing.table}'. context.Caller=${missing.callerId}`,
    ),
  accessDenied: refusal(403, '0x80048405'),
  definitionsDenied: refusal(403, '0x80048306'),
  securityError: refusal(403, '0x80040256'),

  // Service protection, SQL and platform faults.
  throttled(kind: ThrottleKind, limits: ServiceProtection, retryAfterSeconds: number) {
    const [code, text] = THROTTLES[kind](limits);
    return new ODataError(429, code, text, { 'Retry-After': String(retryAfterSeconds) });
  },
  sqlError: (status: 400 | 500) => refusal(status, '0x80044150')(),
  sqlTimeout: refusal(500, '0x80044151'),

  // Queries.
  badQuery,
  propertyNotFound: (property: string, table: string) =>
    badQuery(`Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table}'.`),
  syntaxError: (position: number, text: string) => badQuery(`Syntax error at position ${position} in '${text}'.`),
  badTerm: (item: string) => badQuery(`Term '${item}' is not valid in a $select or $expand expression.`),
  incompatibleTypes: (left: string, right: string, operator: string) =>
    badQuery(
      `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operator}'.`,
    ),
  /** That `$skip`, `$search`, `$format` and `$levels` are refused is documented, the wording is not. */
  optionNotSupported: (option: string) => badQuery(`The query parameter ${option} is not supported.`),
  unknownFunction: (name: string) =>
    badQuery(
      `An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    ),
  noSignature: (name: string) =>
    badQuery(
      `No function signature for the function with name '${name}' matches the specified arguments. The function signatures considered are: ${name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
    ),
  notBeforeFunction: () => badQuery('Not operator along with the Custom Named Condition operators is not allowed'),
  onlySelectAndFilter: () =>
    badQuery(
      'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
    ),
  tooManyConditions: refusal(400, '0x8004430c'),
  tooManyValues: refusal(400, '0x8004430e'),
  tooManyLinks: refusal(400, '0x8004430d'),
  attributeNotFound: (table: string, attribute: string) =>
    new ODataError(
      400,
      '0x80041103',
      `'${table}' entity doesn't contain attribute with Name = '${attribute}' and NameMapping = 'Logical'.`,
    ),
  entityNotFound: (name: string) =>
    new ODataError(
      400,
      '0x80041102',
      `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`,
    ),
  tableUndefined: (name: string) =>
    new ODataError(
      404,
      '0x80060888',
      `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`,
    ),
  attributeUndefined: (name: string, table: string) =>
    new ODataError(404, '0x80060888', `Could not find an attribute with LogicalName = '${name}' on entity '${table}'.`),
  aggregateLimit: refusal(400, '0x8004e023'),
  malformedFetch: refusal(400, '0x80040303'),
  invalidPagingCookie: refusal(400, '0x8004112a'),
  /** Switches U17, U19 and U30 in their refusing position: only the status is supposed. */
  bySwitch: (what: string) => new ODataError(400, '0x80040203', `${what} is not supported.`),

  // One row: absent, taken, changed, duplicate, wrong state.
  /** The wire spells the user table `SystemUser`; the others by logical name. [field, recorded] */
  rowAbsent: (table: string, id: string) =>
    new ODataError(
      404,
      '0x80040217',
      `${table === 'systemuser' ? 'SystemUser' : table} With Id = ${id} Does Not Exist`,
    ),
  duplicateKey: refusal(412, '0x80040237', 'A record with matching key values already exists.'),
  duplicateInsert: refusal(412, '0x80040237', 'Cannot insert duplicate key.'),
  /** U34 (takenIdCode): a chosen id that is in the table, or was. */
  idTaken: (code: string, text: string) => new ODataError(412, code === 'empty' ? '' : code, text),
  duplicateFound: (status: 412 | 500) => refusal(status, '0x80040333')(),
  versionMismatch: refusal(412, '0x80060882'),
  alternateKeyNotDefined: (table: string) =>
    new ODataError(400, '0x80060890', `The specified key attributes are not a defined key for the ${table} entity`),
  invalidArgument: refusal(400, '0x80040203'),
  unsupportedTable: refusal(400, '0x80040800'),
  /** `message` is the vendor's verb: Create, Update, Delete. [field for Create on listmember; the others by analogy] */
  messageNotSupported: (message: string, table: string) =>
    new ODataError(400, '0x80040800', `${message} method does not support entity type of ${table}`),
  invalidStatePair: refusal(400, '0x80048408'),
  leadClosed: refusal(400, '0x80040519'),

  // Columns in a request's body.
  /** Differs: the table's text says no more than its first sentence; the column is added. */
  requiredFieldMissing: (column: string, table: string) =>
    new ODataError(400, '0x80040200', `Required field missing. (${table}.${column})`),
  invalidProperty: (property: string, table: Table) =>
    new ODataError(
      400,
      '0x0',
      `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${property}' was found in entity 'Microsoft.Dynamics.CRM.${table.name}'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.`,
    ),
  undeclaredLookup: (property: string, { set }: Table) =>
    odataException(
      `An undeclared property '${property}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
      set,
    ),
  collectionBound: (property: string, { set }: Table) =>
    odataException(
      `The navigation property '${property}' is a collection and cannot be bound to a single entity.`,
      set,
    ),
  boundToOtherTable: (property: string, set: string) =>
    odataException(`The reference given for '${property}' is to an entity of another type.`, set),
  wrongType(expected: string, value: unknown, { set }: Table) {
    const literal = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return odataException(`Cannot convert the literal '${literal}' to the expected type '${expected}'.`, set);
  },
  /** The text of Microsoft's OData library. */
  wrongEntityType: ({ name, set }: Table, type: string) =>
    odataException(
      `A resource with type '${type}' was found, but it is not assignable to the expected type 'Microsoft.Dynamics.CRM.${name}'.`,
      set,
    ),
  unparsedBind: () =>
    badQuery(
      'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
    ),
  /** A lookup written by its `_x_value` name. [field] */
  directLookup: () =>
    badQuery('CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.'),
  textTooLong: ({ logical, maxLength }: Column, { name }: Table) =>
    new ODataError(
      400,
      '0x80044331',
      `A validation error occurred.  The length of the '${logical}' attribute of the '${name}' entity exceeded the maximum allowed length of '${maxLength}'.`,
    ),
  choiceOutOfRange: refusal(400, '0x8004431A'),
  integerOutOfRange: refusal(400, '0x8004432F'),
  decimalOutOfRange: refusal(400, '0x80044330'),

  // Lists, members and links to campaigns.
  unsupportedListMemberType: refusal(400, '0x80040301'),
  listLocked: refusal(400, '0x80040302'),
  listNotActive: refusal(400, '0x8004033a'),
  dynamicList: refusal(400, '0x8004f701'),
  queryOnStaticList: refusal(400, '0x8004f702'),
  lockOnDynamicList: refusal(400, '0x8004f703'),
  partyNotActive: refusal(400, '0x8004033b'),
  notAListMember: refusal(400, '0x80048458'),
  inactiveItemToCampaign: refusal(400, '0x80040304'),
  notRelatedToCampaign: (status: 400 | 404 = 400) => refusal(status, '0x8004030e')(),
  notInChangeSet: refusal(400, '0x80040315'),
  /** The intersect tables take no associate or disassociate through the list's own collections. [field] */
  associateNotSupported: (verb: 'Associate' | 'Disassociate') =>
    new ODataError(400, '0x80040800', `${verb} is not supported for ListMember`),
};
