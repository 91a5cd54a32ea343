/** Turns refusals of the service into errors. What each means, its exit code included, is the table in refusals.ts. */
import { DataverseError, type DyncampError, SettingsError } from '../errors.ts';
import { errorAnswer } from '../transport/error-answer.ts';
import type { HttpResponse } from '../transport/http.ts';
import { concernsEveryone, refusalOf } from './refusals.ts';

const isPage = (reply: HttpResponse): boolean => /^\s*</.test(reply.body);

function withoutMessage(reply: HttpResponse): string {
  const kind = isPage(reply) ? 'a page instead of data' : 'no explanation';
  return `The server answered with HTTP ${reply.status} and ${kind}.`;
}

/** The message ends with Dynamics' own, on one line. `operation` names what was refused. */
export function serviceError(reply: HttpResponse, operation?: string): DataverseError {
  const answer = errorAnswer(reply);
  const words = answer.message ?? withoutMessage(reply);
  const { name, category, meaning, hint } = refusalOf({ ...answer, message: words });
  const isWebPage = isPage(reply) && reply.status === 404;
  return new DataverseError(
    isWebPage ? 'NOT_DATAVERSE' : name,
    meaning === undefined ? words : `${meaning}: ${words}`,
    {
      ...answer,
      category,
      operation,
      hint: privilegeHint(words) ?? hint,
    },
  );
}

/** Statuses that something in front of Dataverse may send too: sign-in, throttling and gateways have pages of their own. */
const UNIDENTIFIED_STATUSES = new Set([401, 407, 408, 429]);

export const identifiesServer = ({ status }: HttpResponse): boolean =>
  status < 500 && !UNIDENTIFIED_STATUSES.has(status);

/** Dataverse always answers with JSON, and batches with multipart. */
export function isWebSite(reply: HttpResponse, isBatch: boolean): boolean {
  const type = reply.headers['content-type'] ?? '';
  if (isPage(reply) || /^\s*text\/html/i.test(type)) return true;
  return isBatch && reply.status < 300 && reply.body.trim() !== '' && !/^\s*multipart\//i.test(type);
}

/** True for an answer that is recognizably OData's, and for an empty one: something on the way may have emptied it. */
export function speaksOData({ headers, body }: HttpResponse): boolean {
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

/** The privilege named in the text of a refusal, e.g. `prvReadLead`. */
export function missingPrivilege(text: string): string | undefined {
  return /\bprv[A-Z]\w*/.exec(text)?.[0];
}

export function privilegeHint(text: string): string | undefined {
  const privilege = missingPrivilege(text);
  return privilege && `Give the user a security role with ${privilege}. \`dyncamp sync check\` lists what is missing.`;
}

/** Not of the user altogether: something else may be allowed. */
export function isPrivilegeRefusal(error: unknown): boolean {
  return error instanceof DataverseError && error.category === 'privilege' && !concernsEveryone(error);
}

/** The same for a read, by what was asked. */
export function refusedRead(error: DataverseError): DyncampError {
  const { operation = 'from Dataverse' } = error;
  return mustSucceed(`read ${operation.replace(/^GET /, '')}`, error);
}

/** The error to stop with when something was refused that must succeed: the refusal with what could not be done in front. */
export function mustSucceed(action: string, error: DataverseError): DyncampError {
  if (concernsEveryone(error)) return error;
  const { code, category, hint, status, dataverseCode, requestId } = error;
  return new DataverseError(code, `Could not ${action}: ${error.message}`, {
    ...{ category, hint, status, dataverseCode, requestId },
    cause: error,
  });
}
