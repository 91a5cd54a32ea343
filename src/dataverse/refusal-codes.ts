/** Dataverse's codes of refusals that several steps have to tell apart, by the names of Microsoft's "Web service error codes". */
import type { DataverseError } from '../errors.ts';

/** DuplicateRecordsFound: a duplicate-detection rule of the organization said no. */
export const DUPLICATES_FOUND = '0x80040333';
/** DuplicateRecord. */
const DUPLICATE_RECORD = '0x80040237';

/**
 * The chosen id of a creation is in the table, or was (U31): 412 to a POST that carries its key, whatever the code (U34), except for the
 * refusal by a duplicate-detection rule (U20).
 */
export function isIdTaken({ status, dataverseCode }: DataverseError): boolean {
  if (dataverseCode === DUPLICATE_RECORD) return true;
  return status === 412 && dataverseCode !== DUPLICATES_FOUND;
}

/** ObjectDoesNotExist: a 404 about a row, not about an action. */
export const NO_SUCH_ROW = '0x80040217';
/** TooManyConditionParametersInQuery: the organization takes fewer values in one `in` (U29). */
export const TOO_MANY_VALUES = '0x8004430e';
/** AggregateQueryRecordLimitExceeded: more than 50,000 rows; they are counted page by page then. */
export const TOO_MANY_TO_AGGREGATE = '0x8004e023';
