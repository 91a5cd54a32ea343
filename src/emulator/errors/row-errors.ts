/** Refusals of rows: absent, taken, wrong in a column; of lists, members and campaign links. */

import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import type { Switches } from '../switches.ts';
import { ODataError, payloadError, refusal } from './errors.ts';

// Refusals around one row: absent, taken, changed, duplicate, wrong state.

/** The wire spells the user table `SystemUser`; the others by logical name. [field, recorded] */
export function rowAbsent(table: string, id: string): ODataError {
  const name = table === 'systemuser' ? 'SystemUser' : table;
  return new ODataError(404, '0x80040217', `${name} With Id = ${id} Does Not Exist`);
}

export const duplicateKey = refusal(412, '0x80040237', 'A record with matching key values already exists.');
export const duplicateInsert = refusal(412, '0x80040237', 'Cannot insert duplicate key.');

/** U34 (takenIdCode): a chosen id that is in the table, or was. */
export function idTaken(code: Switches['takenIdCode'], text: string): ODataError {
  return new ODataError(412, code === 'empty' ? '' : code, text);
}

export function duplicateFound(status: 412 | 500): ODataError {
  return new ODataError(
    status,
    '0x80040333',
    'A record was not created or updated because a duplicate of the current record already exists.',
  );
}

export const versionMismatch = refusal(
  412,
  '0x80060882',
  "The version of the existing record doesn't match the RowVersion property provided.",
);

export function alternateKeyNotDefined(table: string): ODataError {
  return new ODataError(
    400,
    '0x80060890',
    `The specified key attributes are not a defined key for the ${table} entity`,
  );
}

export const invalidArgument = refusal(400, '0x80040203', 'Invalid argument.');
export const unsupportedTable = refusal(
  400,
  '0x80040800',
  'The method being invoked does not support provided entity type.',
);

/** `message` is the vendor's verb: Create, Update, Delete. [field for Create on listmember; the others by analogy] */
export function messageNotSupported(message: string, table: string): ODataError {
  return new ODataError(400, '0x80040800', `${message} method does not support entity type of ${table}`);
}

/** Differs: the table's text says no more than its first sentence; the column is named besides. */
export function requiredFieldMissing(column: string, table: string): ODataError {
  return new ODataError(400, '0x80040200', `Required field missing. (${table}.${column})`);
}

// Refusals of the columns in a request's body.

export function invalidProperty(property: string, table: Table): ODataError {
  return new ODataError(
    400,
    '0x0',
    `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${property}' was found in entity 'Microsoft.Dynamics.CRM.${table.name}'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.`,
  );
}

export function undeclaredLookup(property: string, table: Table): ODataError {
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: An undeclared property '${property}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
  );
}

export function wrongType(expected: string, value: unknown, table: Table): ODataError {
  const literal = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: Cannot convert the literal '${literal}' to the expected type '${expected}'.`,
  );
}

/** The text of Microsoft's OData library. */
export function wrongEntityType(table: Table, type: string): ODataError {
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: A resource with type '${type}' was found, but it is not assignable to the expected type 'Microsoft.Dynamics.CRM.${table.name}'.`,
  );
}

export const unparsedBind = refusal(
  400,
  '0x80060888',
  'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
);

/** A lookup written by its `_x_value` name. [field] */
export const directLookup = refusal(
  400,
  '0x80060888',
  'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
);

export function textTooLong(column: Column, table: Table): ODataError {
  return new ODataError(
    400,
    '0x80044331',
    `A validation error occurred.  The length of the '${column.logical}' attribute of the '${table.name}' entity exceeded the maximum allowed length of '${column.maxLength}'.`,
  );
}

export const choiceOutOfRange = refusal(400, '0x8004431A', 'The picklist value is out of the range.');
export const integerOutOfRange = refusal(
  400,
  '0x8004432F',
  'A validation error occurred. An integer provided is outside of the allowed values for this attribute.',
);
export const decimalOutOfRange = refusal(
  400,
  '0x80044330',
  'A validation error occurred. A decimal value provided is outside of the allowed values for this attribute.',
);
export const invalidStatePair = refusal(
  400,
  '0x80048408',
  'State code is invalid or state code is valid but status code is invalid for a specified state code.',
);

// Refusals of lists, members and campaign links.

export const unsupportedListMemberType = refusal(400, '0x80040301', 'Unsupported list member type.');
export const listLocked = refusal(400, '0x80040302', 'List is Locked. Cannot perform this action.');
export const listNotActive = refusal(400, '0x8004033a', 'List is not active. Cannot perform this operation.');
export const dynamicList = refusal(400, '0x8004f701', 'This action is not available for a dynamic marketing list.');
export const queryOnStaticList = refusal(400, '0x8004f702', 'Query cannot be specified for a static list.');
export const lockOnDynamicList = refusal(400, '0x8004f703', 'Lock Status cannot be specified for a dynamic list.');
export const partyNotActive = refusal(400, '0x8004033b', 'The party is not active. Cannot perform this operation.');
export const notAListMember = refusal(400, '0x80048458', 'Specified Item not a member of the specified List.');
export const inactiveItemToCampaign = refusal(400, '0x80040304', 'Cannot associate an inactive item to a Campaign.');

export function notRelatedToCampaign(status: 400 | 404 = 400): ODataError {
  return new ODataError(status, '0x8004030e', 'Specified Object not related to the parent Campaign');
}

/** The intersect tables take no associate or disassociate through the list's own collections. [field] */
export function associateNotSupported(verb: 'Associate' | 'Disassociate'): ODataError {
  return new ODataError(400, '0x80040800', `${verb} is not supported for ListMember`);
}

export const leadClosed = refusal(400, '0x80040519', 'The lead is already closed.');
