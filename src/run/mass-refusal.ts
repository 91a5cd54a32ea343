/** Refusals that stop a run: the cause is not in the people. Pure. */

import { privilegeHint } from '../dataverse/errors.ts';
import { DataverseError, type DyncampError, PrivilegeError } from '../errors.ts';
import { OUTCOME_KINDS } from '../events.ts';
import type { Outcome } from '../input/outcome.ts';
import { NO_DEFINITION } from '../people/creation-planner.ts';
import { numberText, peopleText } from './counts.ts';

/** Equal refusals in a row that stop a run: the cause is not in the people. */
export const MASS_REJECTION = 1000;

export function countRefusals(): (outcomes: readonly Outcome[]) => DyncampError | undefined {
  let last = '';
  let equal = 0;
  return (outcomes) => {
    for (const outcome of outcomes) {
      const refusal = refusalKey(outcome);
      equal = refusal === last ? equal + 1 : 1;
      last = refusal;
      if (refusal !== '' && equal >= MASS_REJECTION) return massRejection(outcome);
    }
    return undefined;
  };
}

const refusalKey = ({ outcome, code }: Outcome): string =>
  (outcome === 'rejected' || outcome === 'forbidden') && code !== NO_DEFINITION ? `${outcome} ${code ?? ''}` : '';

function massRejection({ outcome, code, message, requestId }: Outcome): DyncampError {
  return new DataverseError(
    'MASS_REJECTION',
    `${peopleText(MASS_REJECTION)} in a row were refused for the same reason (${code ?? ''}): ${message ?? ''}`,
    {
      category: outcome === 'forbidden' ? 'privilege' : 'dataverse',
      hint: 'Dynamics refuses everyone, so the run was stopped. Fix what the message says first: repeating the command will not change it.',
      requestId,
    },
  );
}

/** Undefined when anyone was done, when no one lacked a privilege, or when anyone was refused for another reason. */
export function forbiddenForAll(outcomes: readonly Outcome[]): PrivilegeError | undefined {
  const sent = outcomes.filter(
    ({ outcome, code }) => OUTCOME_KINDS[outcome] === 'done' || (REFUSED.has(outcome) && code !== NO_DEFINITION),
  );
  const [first] = sent;
  if (first === undefined || sent.some(({ outcome }) => outcome !== 'forbidden')) return undefined;
  const message = first.message ?? 'Dynamics refused the change because a privilege is missing.';
  return new PrivilegeError('PRIVILEGE_MISSING', `Dynamics refused everyone (${numberText(sent.length)}): ${message}`, {
    hint:
      privilegeHint(message) ??
      'Ask the administrator of the environment what this user may not do. `dyncamp sync check` lists what is missing.',
    status: 403,
    dataverseCode: first.code,
    requestId: first.requestId,
  });
}

const REFUSED: ReadonlySet<string> = new Set(['forbidden', 'rejected', 'duplicate']);
