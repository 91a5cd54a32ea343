/** Refusals of the columns in a request's body. */

import { payloadError } from '../errors/path-errors.ts';
import { ODataError } from '../errors.ts';
import type { Column } from '../schema/column.ts';
import { edmType } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';

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

export function wrongType(column: Column, value: unknown, table: Table): ODataError {
  const literal = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: Cannot convert the literal '${literal}' to the expected type '${edmType(column)}'.`,
  );
}

/** The text of Microsoft's OData library. */
export function wrongEntityType(table: Table, type: string): ODataError {
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: A resource with type '${type}' was found, but it is not assignable to the expected type 'Microsoft.Dynamics.CRM.${table.name}'.`,
  );
}

export function unparsedBind(): ODataError {
  return new ODataError(
    400,
    '0x80060888',
    'URL was not parsed due to an ODataUnrecognizedPathException. Resource not found for the segment provided in the URL.',
  );
}

/** A lookup written by its `_x_value` name. [field] */
export function directLookup(): ODataError {
  return new ODataError(
    400,
    '0x80060888',
    'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
  );
}

export function textTooLong(column: Column, table: Table): ODataError {
  return new ODataError(
    400,
    '0x80044331',
    `A validation error occurred.  The length of the '${column.logical}' attribute of the '${table.name}' entity exceeded the maximum allowed length of '${column.maxLength}'.`,
  );
}

export function choiceOutOfRange(): ODataError {
  return new ODataError(400, '0x8004431A', 'The picklist value is out of the range.');
}

export function integerOutOfRange(): ODataError {
  return new ODataError(
    400,
    '0x8004432F',
    'A validation error occurred. An integer provided is outside of the allowed values for this attribute.',
  );
}

export function decimalOutOfRange(): ODataError {
  return new ODataError(
    400,
    '0x80044330',
    'A validation error occurred. A decimal value provided is outside of the allowed values for this attribute.',
  );
}
