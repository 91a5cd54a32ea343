/** Turns refusals of the service into errors: by code rather than by text or status, where both exist. */
import { AuthenticationError, DataverseError, DyncampError, PrivilegeError, SettingsError } from '../errors.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const LONGEST_MESSAGE = 600;

function parsedError(body: string): { code: string | undefined; message: string | undefined } {
  const nothing = { code: undefined, message: undefined };
  if (!body.trimStart().startsWith('{')) return nothing;
  try {
    const parsed: unknown = JSON.parse(body);
    const error = textField(parsed, 'error', (value) => value) ?? parsed;
    return { code: stringField(error, 'code'), message: stringField(error, 'message') };
  } catch {
    return nothing;
  }
}

function textField<T>(value: unknown, name: string, read: (field: unknown) => T): T | undefined {
  return typeof value === 'object' && value !== null && name in value ? read(Reflect.get(value, name)) : undefined;
}

function stringField(value: unknown, name: string): string | undefined {
  return textField(value, name, (field) => (typeof field === 'string' ? field : undefined));
}

/** `0x80040217` in any case, with or without 0x. The empty code and 0x0 carry no meaning and become undefined. */
function normalCode(code: string | undefined): string | undefined {
  const digits = /^(?:0x)?([0-9a-f]{8})$/i.exec(code?.trim() ?? '')?.[1];
  return digits === undefined ? undefined : `0x${digits.toLowerCase()}`;
}

/** One line without control characters and stack traces, cut to a readable length. */
function cleanMessage(message: string): string {
  const [beforeTrace = ''] = message.split(/\r?\n\s*at |\r?\n-{3,}/);
  const line = beforeTrace.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

const isPage = (reply: Reply): boolean => /^\s*</.test(reply.body);

function withoutMessage(reply: Reply): string {
  const kind = isPage(reply) ? 'a page instead of data' : 'no explanation';
  return `The server answered with HTTP ${reply.status} and ${kind}.`;
}

/** The first GUID of REQ_ID or x-ms-service-request-id: both may hold two, joined by a comma. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  const text = headers.req_id ?? headers['x-ms-service-request-id'] ?? '';
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].toLowerCase();
}

/** The message is Dynamics' own, on one line. */
export function serviceError(reply: Reply): DataverseError {
  const { code, message } = parsedError(reply.body);
  const text = cleanMessage(message ?? '');
  const kind = isPage(reply) && reply.status === 404 ? 'NOT_DATAVERSE' : 'DATAVERSE_REFUSED';
  return new DataverseError(kind, text === '' ? withoutMessage(reply) : text, {
    status: reply.status,
    dataverseCode: normalCode(code),
    requestId: requestIdOf(reply.headers),
  });
}

/** Statuses that something in front of Dataverse may send too: sign-in, throttling and gateways have pages of their own. */
const UNIDENTIFIED_STATUSES = new Set([401, 407, 408, 429]);

export const identifiesServer = ({ status }: Reply): boolean => status < 500 && !UNIDENTIFIED_STATUSES.has(status);

/** Dataverse always answers with JSON, and batches with multipart. */
export function isWebSite(reply: Reply, isBatch: boolean): boolean {
  const type = reply.headers['content-type'] ?? '';
  if (isPage(reply) || /^\s*text\/html/i.test(type)) return true;
  return isBatch && reply.status < 300 && reply.body.trim() !== '' && !/^\s*multipart\//i.test(type);
}

/** True for an answer that is recognizably OData's, and for an empty one: something on the way may have emptied it. */
export function speaksOData({ headers, body }: Reply): boolean {
  const isInParts = /^\s*multipart\//i.test(headers['content-type'] ?? '');
  return isInParts || body.trim() === '' || headers['odata-version'] !== undefined || /"@odata\.|"error"/.test(body);
}

/** A web page in place of data means a wrong address: the Web API itself explains its 404s in JSON. */
export function isNotDataverse(error: DataverseError): boolean {
  return error.code === 'NOT_DATAVERSE';
}

export function notDataverse(origin: string, cause: Pick<DataverseError, 'status'>): SettingsError {
  return new SettingsError(
    'NOT_DATAVERSE',
    `${origin} is not a Dynamics organization: it answered with HTTP ${cause.status} and no Dynamics data.`,
    {
      cause,
      status: cause.status,
      hint: 'Check the organization URL (Power Platform admin center > Environments > Environment URL), and whether a proxy answers instead.',
    },
  );
}

/** UserNotMemberOfOrg: no application user (or no user) in the environment. */
const NOT_A_USER = '0x80072560';
/** unManagedidsusernotenabled: the user is disabled or has no business unit. */
const DISABLED_USER = '0x80040225';
/** UserNotAssignedRoles. */
const NO_ROLES = '0x80042f09';

const PORTAL = 'Power Platform admin center > Environments > (the environment) > Settings > Users + permissions';

/** The error to stop with when Dataverse refuses every request of the signed-in user; undefined for other refusals. */
export function callerRefusal(error: DyncampError): AuthenticationError | PrivilegeError | undefined {
  const details = {
    cause: error,
    status: error.status,
    dataverseCode: error.dataverseCode,
    requestId: error.requestId,
  };
  switch (error.dataverseCode) {
    case NOT_A_USER:
      return new AuthenticationError(
        'USER_NOT_IN_ORGANIZATION',
        `Signed in, but the user does not exist in this environment: ${error.message}`,
        {
          ...details,
          hint: `Add an application user for the app registration: ${PORTAL} > Application users > New app user. A person needs a licence and access to the environment.`,
        },
      );
    case DISABLED_USER:
      return new AuthenticationError(
        'USER_DISABLED',
        `Signed in, but the user is disabled in this environment: ${error.message}`,
        {
          ...details,
          hint: `Enable the user, or give it a business unit: ${PORTAL} > Users (or Application users).`,
        },
      );
    case NO_ROLES:
      return new PrivilegeError('NO_SECURITY_ROLE', `Signed in, but the user has no security role: ${error.message}`, {
        ...details,
        hint: `Give the user a role: ${PORTAL} > Application users > Edit security roles. \`dyncamp sync check\` lists the privileges it needs.`,
      });
    default:
      return undefined;
  }
}

/** PrivilegeDenied, PrincipalPrivilegeDenied, AccessDenied, UnauthorizedAccess, unManagedIdsAccessDenied: sources disagree which is raised when. */
const PRIVILEGE_CODES = new Set(['0x80040220', '0x80040231', '0x80048405', '0x80040277', '0x80048306']);

/** By any of the codes, or by status when there is no code. */
export function isPrivilegeRefusal(error: unknown): boolean {
  if (!(error instanceof DyncampError)) return false;
  if (error.dataverseCode === undefined) return error.status === 403;
  return PRIVILEGE_CODES.has(error.dataverseCode);
}

/** The privilege named in the text of a refusal, e.g. `prvReadLead`. */
export function missingPrivilege(error: Error): string | undefined {
  return /\bprv[A-Za-z]\w*/.exec(error.message)?.[0];
}

/** The error for a refusal of something that must succeed: PrivilegeError for a missing privilege, else DataverseError. */
export function mustSucceed(action: string, error: DataverseError): DyncampError {
  const details = {
    cause: error,
    hint: error.hint,
    status: error.status,
    dataverseCode: error.dataverseCode,
    requestId: error.requestId,
  };
  const message = `Could not ${action}: ${error.message}`;
  if (!isPrivilegeRefusal(error)) return new DataverseError(error.code, message, details);
  const privilege = missingPrivilege(error);
  const hint = `Give the user a security role with ${privilege ?? 'the privilege'}. \`dyncamp sync check\` lists what is missing.`;
  return new PrivilegeError('PRIVILEGE_MISSING', message, { ...details, hint });
}
