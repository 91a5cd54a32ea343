/** Refusals around one row: absent, taken, changed, duplicate, wrong state. */
import { ODataError } from '../errors.ts';

/** The wire spells the user table `SystemUser`; the others by logical name. [field, recorded] */
export function rowAbsent(table: string, id: string): ODataError {
  const name = table === 'systemuser' ? 'SystemUser' : table;
  return new ODataError(404, '0x80040217', `${name} With Id = ${id} Does Not Exist`);
}

export function duplicateKey(): ODataError {
  return new ODataError(412, '0x80040237', 'A record with matching key values already exists.');
}

export function duplicateInsert(): ODataError {
  return new ODataError(412, '0x80040237', 'Cannot insert duplicate key.');
}

export function duplicateFound(status: 412 | 500): ODataError {
  return new ODataError(
    status,
    '0x80040333',
    'A record was not created or updated because a duplicate of the current record already exists.',
  );
}

export function versionMismatch(): ODataError {
  return new ODataError(
    412,
    '0x80060882',
    "The version of the existing record doesn't match the RowVersion property provided.",
  );
}

export function alternateKeyNotDefined(table: string): ODataError {
  return new ODataError(
    400,
    '0x80060890',
    `The specified key attributes are not a defined key for the ${table} entity`,
  );
}

export function invalidArgument(): ODataError {
  return new ODataError(400, '0x80040203', 'Invalid argument.');
}

export function unsupportedTable(): ODataError {
  return new ODataError(400, '0x80040800', 'The method being invoked does not support provided entity type.');
}

/** `message` is the vendor's verb: Create, Update, Delete. [field for Create on listmember; the others by analogy] */
export function messageNotSupported(message: string, table: string): ODataError {
  return new ODataError(400, '0x80040800', `${message} method does not support entity type of ${table}`);
}

/** Differs: the table's text says no more than its first sentence; the column is named besides. */
export function requiredFieldMissing(column: string, table: string): ODataError {
  return new ODataError(400, '0x80040200', `Required field missing. (${table}.${column})`);
}
