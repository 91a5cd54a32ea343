/** What became of one person whom a write was sent for, as the confirming read and the parts of the batch show it. */

import { isPrivilegeRefusal } from '../dataverse/errors.ts';
import { type DataverseError, DyncampError } from '../errors.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import type { ListMember } from './wire.ts';

export type AdditionResult =
  | { readonly kind: 'member'; readonly member: ListMember }
  | { readonly kind: 'refused'; readonly error: DataverseError }
  /** The id that the person was to get belongs to somebody else, or may not be used again. */
  | { readonly kind: 'id-taken' }
  /** Sent, and no read tells what became of it. */
  | { readonly kind: 'unconfirmed'; readonly error: Error | undefined };

export type RemovalResult =
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly error: DataverseError }
  | { readonly kind: 'unconfirmed'; readonly error: Error | undefined };

/** DuplicateRecordsFound: a duplicate-detection rule of the organization said no. */
const DUPLICATES_FOUND = '0x80040333';

export function refusalOutcome(error: DataverseError): {
  readonly outcome: OutcomeName;
  readonly details: Partial<Outcome>;
} {
  const details = { code: error.dataverseCode ?? error.code, message: error.message, requestId: error.requestId };
  if (isPrivilegeRefusal(error)) return { outcome: 'forbidden', details };
  return { outcome: error.dataverseCode === DUPLICATES_FOUND ? 'duplicate' : 'rejected', details };
}

export function unconfirmedDetails(error: Error | undefined): Partial<Outcome> {
  const code = error instanceof DyncampError ? error.code : 'NO_ANSWER';
  return {
    code,
    message: `Sent to Dynamics, but it is not known yet whether it was done${error === undefined ? '' : `: ${error.message}`}. Run the same command again.`,
  };
}
