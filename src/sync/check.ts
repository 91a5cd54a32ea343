/**
 * One check of `sync check`: a row of a table (organization-checks.ts, campaign-checks.ts) and what it found. Ids are part of the
 * interface: docs and monitoring depend on them.
 */

import { missingPrivilege } from '../dataverse/errors.ts';
import { DyncampError } from '../errors.ts';
import { ROLE_PAGE } from './needed-privileges.ts';

export type CheckStatus = 'ok' | 'warning' | 'problem' | 'not-checked';

export type Finding = {
  readonly status: CheckStatus;
  /** What was found, in one sentence. */
  readonly found: string;
  /** The next command or click, if any. */
  readonly remedy?: string | undefined;
};

type CheckedCampaign = { readonly id: string; readonly name: string; readonly code: string };

export type Check = Finding & {
  /** Stable, e.g. `connection`, `privilege.prvReadLead`, `lists.unlocked`. */
  readonly id: string;
  /** Set when the check is about one campaign. */
  readonly campaign?: CheckedCampaign | undefined;
  /** Codes of campaigns that the text may name by their ids: those that are of one campaign only, and can stand in a command. */
  readonly codes?: ReadonlyMap<string, string> | undefined;
};

/** A row of a table of checks. `check` is pure: facts in, finding with its message out. */
export type CheckRow<Facts> = {
  readonly id: string;
  readonly check: (facts: Facts) => Finding;
};

export const ok = (found: string): Finding => ({ status: 'ok', found });
export const warning = (found: string, remedy?: string): Finding => ({ status: 'warning', found, remedy });
export const problem = (found: string, remedy?: string): Finding => ({ status: 'problem', found, remedy });
export const notChecked = (found: string, remedy?: string): Finding => ({ status: 'not-checked', found, remedy });

/** A refused read is a problem only of the checks that need it: with Dynamics' message and the missing privilege. */
export function unread(what: string, error: DyncampError): Finding {
  // What could not be read is said already.
  const message = error.cause instanceof DyncampError ? error.cause.message : error.message;
  const found = `${what} could not be read: ${message}${detailsOf(error)}`;
  const privilege = missingPrivilege(message);
  return problem(found, error.hint ?? (privilege && `Give the user's security role ${privilege}: ${ROLE_PAGE}.`));
}

/** What identifies the refusal to an administrator: ` (0x80040220, request id …)`; nothing where no server refused. */
export function detailsOf({ dataverseCode, requestId }: DyncampError): string {
  const details = [dataverseCode ?? [], requestId === undefined ? [] : `request id ${requestId}`].flat();
  return details.length === 0 ? '' : ` (${details.join(', ')})`;
}
