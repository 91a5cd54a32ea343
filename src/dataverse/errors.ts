/** Turns refusals of the service into errors. What each means, its exit code included, is the table in refusals.ts. */
import { DataverseError, type DyncampError } from '../errors.ts';
import { errorAnswer } from '../transport/error-answer.ts';
import type { HttpResponse } from '../transport/http.ts';
import { concernsEveryone, refusalOf } from './refusals.ts';

export const isPage = (reply: HttpResponse): boolean => /^\s*</.test(reply.body);

/** The message ends with Dynamics' own, on one line. `operation` names what was refused. */
export function serviceError(reply: HttpResponse, operation?: string): DataverseError {
  const answer = errorAnswer(reply);
  const kind = isPage(reply) ? 'a page instead of data' : 'no explanation';
  const words = answer.message ?? `The server answered with HTTP ${reply.status} and ${kind}.`;
  const { code, category, meaning, hint } = refusalOf({ ...answer, message: words });
  const isWebPage = isPage(reply) && reply.status === 404;
  const message = meaning === undefined ? words : `${meaning}: ${words}`;
  return new DataverseError(isWebPage ? 'NOT_DATAVERSE' : code, message, {
    ...answer,
    category,
    operation,
    hint: privilegeHint(words) ?? hint,
  });
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

/** The error to stop with when something was refused that must succeed: the refusal, with what could not be done in front. */
export function couldNot(action: string, error: DataverseError): DyncampError {
  if (concernsEveryone(error)) return error;
  const { code, category, hint, message } = error;
  return new DataverseError(code, `Could not ${action}: ${message}`, { ...causedBy(error), category, hint });
}

/** The same for a read: its operation says what could not be read. */
export function couldNotRead(error: DataverseError): DyncampError {
  const { operation = 'from Dataverse' } = error;
  return couldNot(`read ${operation.replace(/^GET /, '')}`, error);
}

/** For an error that a refusal caused: the refusal, and what identifies it to an administrator. */
export const causedBy = (cause: DataverseError) => {
  const { status, dataverseCode, requestId } = cause;
  return { cause, status, dataverseCode, requestId };
};
