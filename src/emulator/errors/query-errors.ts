/** Refusals of queries. Texts are Microsoft's; where only the status is documented the comment says so. */
import { ODataError, refusal } from './errors.ts';

/** Conflict: the docs show code 0x0, current organizations 0x80060888. */
const QUERY_CODE = '0x80060888';

export function propertyNotFound(property: string, table: string): ODataError {
  return badQuery(`Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table}'.`);
}

export function badQuery(message: string): ODataError {
  return new ODataError(400, QUERY_CODE, message);
}

export function syntaxError(position: number, text: string): ODataError {
  return badQuery(`Syntax error at position ${position} in '${text}'.`);
}

export function incompatibleTypes(left: string, right: string, operator: string): ODataError {
  return badQuery(
    `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operator}'.`,
  );
}

/** That `$skip`, `$search`, `$format` and `$levels` are refused is documented, the wording is not. */
export function optionNotSupported(option: string): ODataError {
  return badQuery(`The query parameter ${option} is not supported.`);
}

export const tooManyConditions = refusal(400, '0x8004430c', 'Number of conditions in query exceeded maximum limit.');
export const tooManyValues = refusal(400, '0x8004430e', 'Number of parameters in a condition exceeded maximum limit.');
export const tooManyLinks = refusal(400, '0x8004430d', 'Number of link entities in query exceeded maximum limit.');
export const notBeforeFunction = refusal(
  400,
  QUERY_CODE,
  'Not operator along with the Custom Named Condition operators is not allowed',
);

export function attributeNotFound(table: string, attribute: string): ODataError {
  const message = `'${table}' entity doesn't contain attribute with Name = '${attribute}' and NameMapping = 'Logical'.`;
  return new ODataError(400, '0x80041103', message);
}

export function entityNotFound(name: string): ODataError {
  const message = `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`;
  return new ODataError(400, '0x80041102', message);
}

export const aggregateLimit = refusal(
  400,
  '0x8004e023',
  'The maximum record limit is exceeded. Reduce the number of records.',
);
export const malformedFetch = refusal(400, '0x80040303', 'Malformed FetchXml.');
export const invalidPagingCookie = refusal(400, '0x8004112a', 'Invalid page number in paging cookie.');
export const onlySelectAndFilter = refusal(
  400,
  QUERY_CODE,
  'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
);

/** Switches U17, U19 and U30 in their refusing position: only the status is supposed. */
export function refusedBySwitch(what: string): ODataError {
  return new ODataError(400, '0x80040203', `${what} is not supported.`);
}
