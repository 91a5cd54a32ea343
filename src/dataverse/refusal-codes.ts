/** Dataverse's codes of refusals that several steps have to tell apart, by the names of Microsoft's "Web service error codes". */

/** DuplicateRecord: the chosen id is in the table, or was (U31). */
export const DUPLICATE_RECORD = '0x80040237';
/** ObjectDoesNotExist: a 404 about a row, not about an action. */
export const NO_SUCH_ROW = '0x80040217';
/** TooManyConditionParametersInQuery: the organization takes fewer values in one `in` (U29). */
export const TOO_MANY_VALUES = '0x8004430e';
/** AggregateQueryRecordLimitExceeded: more than 50,000 rows; they are counted page by page then. */
export const TOO_MANY_TO_AGGREGATE = '0x8004e023';
