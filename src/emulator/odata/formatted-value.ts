import { type Column, isChoice } from '../schema/column.ts';
import type { Value } from '../store/row-store.ts';

/** The display text of a value for a user with US English settings in UTC; undefined where there is none. Lookups are named elsewhere. */
export function formattedValue(column: Column, value: Value): string | undefined {
  if (value === null) return undefined;
  if (isChoice(column) || column.type === 'boolean') return labelOf(column, Number(value));
  if (typeof value === 'number') return formattedNumber(column, value);
  if (column.type === 'datetime')
    return new Date(String(value)).toLocaleString('en-US', DATE_AND_TIME).replace(',', '');
  if (column.type === 'date') return new Date(String(value)).toLocaleDateString('en-US', DATE);
  return undefined;
}

const DATE = { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
const DATE_AND_TIME = { ...DATE, hour: 'numeric', minute: '2-digit' } as const;

function labelOf(column: Column, value: number): string | undefined {
  return column.options?.find((option) => option.value === value)?.label;
}

function formattedNumber(column: Column, value: number): string {
  if (column.type === 'money') return value.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  const digits = column.type === 'decimal' || column.type === 'double' ? 2 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: Math.max(digits, 2) });
}
