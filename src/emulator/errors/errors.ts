import { ORGANIZATION } from '../organization.ts';

/**
 * Errors in Dataverse's own form. Thrown anywhere in the emulator, turned into an answer in one place (server.ts) or one batch part.
 * Codes and texts come from Microsoft's published table; each factory beside this class names its code.
 */
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

  toBody(): { error: { code: string; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}

/** A refusal that always says the same. */
export function refusal(status: number, code: string, message: string): () => ODataError {
  return () => new ODataError(status, code, message);
}

// Refusals of the OData layer: paths, verbs, payloads.

/** Conflict: 0x8006088a in the docs, 0x80060888 on current organizations, empty on v8. */
export function segmentNotFound(segment: string): ODataError {
  return new ODataError(404, '0x80060888', `Resource not found for the segment '${segment}'.`);
}

export function invalidRefSegment(segment: string): ODataError {
  return new ODataError(400, '0x80060888', `The URI segment '$ref' is invalid after the segment '${segment}'.`);
}

export function noHttpResource(url: string): ODataError {
  return new ODataError(404, '', `No HTTP resource was found that matches the request URI '${url}'.`);
}

export function methodNotAllowed(method: string): ODataError {
  return new ODataError(405, '', `The requested resource does not support http method '${method}'.`);
}

export const querySyntax = refusal(400, '0x80060888', 'Bad Request - Error in query syntax.');
export const uriTooLong = refusal(400, '0x80060888', 'Invalid URI: The Uri string is too long.');
export const payloadTooLarge = refusal(413, '0x8006088a', 'The request payload exceeds the maximum message size.');

/** Known to Dataverse, outside what this emulator serves: said loudly rather than guessed. */
export function notEmulated(what: string): ODataError {
  return new ODataError(501, '0x80040315', `This emulator does not implement ${what}. Dataverse itself may.`);
}

export function invalidJson(detail: string): ODataError {
  return new ODataError(400, '0x80048d19', payloadText('', detail));
}

/** For elastic tables only; the text is the documented one. */
export const deleteMultiple = refusal(400, '0x80040216', 'DeleteMultiple has not yet been implemented.');

/** Undeclared parameters of an action. [documented, field: the last sentence] */
export function untypedParameter(name: string, operation: string): ODataError {
  const inner = `Microsoft.OData.ODataException: The parameter '${name}' in the request payload is not a valid parameter for the operation '${operation}'. Does not support untyped value in non-open type.`;
  return new ODataError(400, '0x80048d19', payloadText('', inner));
}

/** A member of an abstract type without `@odata.type`; that it fails is documented, the wording is unsettled. */
export function abstractMember(): ODataError {
  const inner =
    "Microsoft.OData.ODataException: A value of the abstract type 'Microsoft.Dynamics.CRM.crmbaseentity' needs an '@odata.type' annotation.";
  return new ODataError(400, '0x80048d19', payloadText('', inner));
}

export function payloadError(table: string, inner: string): ODataError {
  return new ODataError(400, '0x80048d19', payloadText(table, inner));
}

function payloadText(table: string, inner: string): string {
  return `Error identified in Payload provided by the user for Entity :'${table}'  ----> InnerException : ${inner}`;
}

// Refusals for who is asking: sign-in, organization, privileges.

/** 401 has an empty body; the challenge names tenant and resource. [documented] */
export function notAuthenticated(origin: string, reason?: string): ODataError {
  const authority = `https://login.microsoftonline.com/${ORGANIZATION.tenantId}/oauth2/authorize`;
  const error = reason === undefined ? '' : `, error=invalid_token, error_description=${reason}`;
  return new ODataError(401, '', '', {
    'WWW-Authenticate': `Bearer authorization_uri=${authority}, resource_id=${origin}/${error}`,
  });
}

export const userNotMemberOfOrganization = refusal(403, '0x80072560', 'The user is not a member of the organization.');
export const userDisabled = refusal(
  403,
  '0x80040225',
  'The specified user is either disabled or is not a member of any business unit.',
);

type MissingPrivilege = {
  userId: string;
  callerId: string;
  name: string;
  privilegeId: string;
  privilegeCount: number;
  objectTypeCode: number;
  table: string;
};

export function privilegeDenied(missing: MissingPrivilege): ODataError {
  const principal = `Principal user (Id=${missing.userId}, type=8, roleCount=1, privilegeCount=${missing.privilegeCount}, accessMode=4)`;
  const privilege = `is missing ${missing.name} privilege (Id=${missing.privilegeId}) on OTC=${missing.objectTypeCode} for entity '${missing.table}'`;
  return new ODataError(403, '0x80040220', `${principal}, ${privilege}. context.Caller=${missing.callerId}`);
}

/** A privilege is held, but not deep enough for this row. */
export const accessDenied = refusal(403, '0x80048405', 'Access is denied.');

export const definitionsDenied = refusal(
  403,
  '0x80048306',
  'Not enough privilege to access the Microsoft Dynamics 365 object or perform the requested operation.',
);
export const securityError = refusal(403, '0x80040256', 'A failure occurred in CrmSecurity.');

// Service protection, SQL and platform faults.

export type ThrottleKind = 'requests' | 'time' | 'concurrency';

export type ThrottleLimits = { requests: number; executionTimeMs: number; concurrency: number; windowSeconds: number };

const CODES = { requests: '0x80072322', time: '0x80072321', concurrency: '0x80072326' } as const;

export function throttled(kind: ThrottleKind, limits: ThrottleLimits, retryAfterSeconds: number): ODataError {
  return new ODataError(429, CODES[kind], throttleText(kind, limits), { 'Retry-After': String(retryAfterSeconds) });
}

function throttleText(kind: ThrottleKind, limits: ThrottleLimits): string {
  if (kind === 'requests') {
    return `Number of requests exceeded the limit of ${limits.requests} over time window of ${limits.windowSeconds} seconds.`;
  }
  if (kind === 'concurrency') return `Number of concurrent requests exceeded the limit of ${limits.concurrency}.`;
  const milliseconds = limits.executionTimeMs.toLocaleString('en-US');
  return `Combined execution time of incoming requests exceeded limit of ${milliseconds} milliseconds over time window of ${limits.windowSeconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`;
}

/** U33 (concurrentListWrites): a deadlock, among others. */
export const sqlError = (status: 400 | 500): ODataError => new ODataError(status, '0x80044150', 'Generic SQL error.');
export const sqlTimeout = refusal(500, '0x80044151', 'SQL timeout expired.');
export const unexpected = refusal(500, '0x80040216', 'An unexpected error occurred.');
