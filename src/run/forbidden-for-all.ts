/** A privilege that is missing for everybody is no fault of the people: the run stops with it. For some people it is their outcome. Pure. */

import { missingPrivilege } from '../dataverse/errors.ts';
import { PrivilegeError } from '../errors.ts';
import { OUTCOME_KINDS, type Outcome } from '../input/outcome.ts';

/** Undefined when somebody was done, when nobody was refused for want of a privilege, or when somebody was refused for another reason. */
export function forbiddenForAll(outcomes: readonly Outcome[]): PrivilegeError | undefined {
  const sent = outcomes.filter(({ outcome }) => OUTCOME_KINDS[outcome] === 'done' || REFUSALS.has(outcome));
  const [first] = sent;
  if (first === undefined || sent.some(({ outcome }) => outcome !== 'forbidden')) return undefined;
  const message = first.message ?? 'Dynamics refused the change for want of a privilege.';
  const privilege = missingPrivilege(new Error(message));
  return new PrivilegeError('PRIVILEGE_MISSING', `Dynamics refused everybody (${sent.length}): ${message}`, {
    hint: `Give the user a security role with ${privilege ?? 'the privilege'}, then run the same command again. \`dyncamp sync check\` lists what is missing.`,
    status: 403,
    dataverseCode: first.code,
    requestId: first.requestId,
  });
}

const REFUSALS: ReadonlySet<string> = new Set(['forbidden', 'rejected', 'duplicate']);
