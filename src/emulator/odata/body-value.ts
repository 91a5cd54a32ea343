import { type Column, isChoice, valueGroup } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import type { Value } from '../store/row-store.ts';
import { choiceOutOfRange, decimalOutOfRange, integerOutOfRange, textTooLong, wrongType } from './body-errors.ts';
import { readGuid, storedTime } from './literal.ts';

const INT32 = 2 ** 31;

/** A JSON value for a column, in the store's spelling. */
export function readBodyValue(table: Table, column: Column, value: unknown): Value {
  if (value === null) return null;
  const read = READERS[valueGroup(column)](column, value);
  if (read === undefined) throw wrongType(column, value, table);
  if (typeof read === 'string' && column.maxLength !== undefined && read.length > column.maxLength)
    throw textTooLong(column, table);
  if (typeof read === 'number') checkRange(column, read);
  return read;
}

type ReadValue = (column: Column, value: unknown) => Value | undefined;

const READERS: Readonly<Record<ReturnType<typeof valueGroup>, ReadValue>> = {
  text: (_column, value) => (typeof value === 'string' ? value : undefined),
  guid: (_column, value) => (typeof value === 'string' ? readGuid(value) : undefined),
  boolean: (_column, value) => (typeof value === 'boolean' ? value : undefined),
  datetime: (_column, value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? storedTime(value) : undefined,
  date: (_column, value) => (typeof value === 'string' && isDate(value) ? value : undefined),
  number: (column, value) =>
    typeof value === 'number' && (isFraction(column) || Number.isInteger(value)) ? value : undefined,
};

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && storedTime(text)?.slice(0, 10) === text;
}

function isFraction(column: Column): boolean {
  return column.type === 'decimal' || column.type === 'money' || column.type === 'double';
}

function checkRange(column: Column, value: number): void {
  if (isChoice(column)) {
    const isKnown = column.options?.some((option) => option.value === value) ?? true;
    if (!isKnown) throw choiceOutOfRange();
    return;
  }
  const isInside = value >= (column.min ?? -INT32) && value <= (column.max ?? INT32 - 1);
  if (isFraction(column) && (column.min !== undefined || column.max !== undefined) && !isInside)
    throw decimalOutOfRange();
  if (column.type === 'integer' && !isInside) throw integerOutOfRange();
}
