/** Values in every spelling: of URLs, of FetchXML, of the store, and for people. */

import { type Column, isChoice, isGuid, isText, type ValueGroup, valueGroup } from '../schema/column.ts';
import type { Value } from '../store/row.ts';
import type { Literal } from './parse-filter.ts';

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

const LITERAL_TYPES = {
  string: 'Edm.String',
  number: 'Edm.Int32',
  boolean: 'Edm.Boolean',
  guid: 'Edm.Guid',
  time: 'Edm.DateTimeOffset',
  date: 'Edm.Date',
  enum: 'Edm.Enum',
  null: 'Null',
} satisfies Record<Literal['kind'], string>;

export function literalType(literal: Literal): string {
  return LITERAL_TYPES[literal.kind];
}

/** Literals that a column takes. Real organizations take quoted GUIDs. */
const ACCEPTED = {
  text: ['string'],
  guid: ['guid', 'string'],
  boolean: ['boolean'],
  datetime: ['time', 'date'],
  date: ['date'],
  number: ['number'],
} satisfies Record<ValueGroup, readonly Literal['kind'][]>;

/** The value to compare a column with, in the store's spelling; undefined when the types do not fit. */
export function valueFor(column: Column, literal: Exclude<Literal, { kind: 'null' }>): Value | undefined {
  const group = valueGroup(column);
  const accepted: readonly string[] = ACCEPTED[group];
  if (!accepted.includes(literal.kind)) return undefined;
  if (group === 'guid') return readGuid(String(literal.value));
  return group === 'datetime' ? storedTime(String(literal.value)) : literal.value;
}

export function readGuid(text: string): string | undefined {
  return GUID.exec(text.trim())?.[1]?.toLowerCase();
}

/** Times are kept to the second in UTC, `2026-11-21T10:00:00Z`, so that they compare as text. */
export function storedTime(text: string): string | undefined {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : formatTime(new Date(milliseconds));
}

export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** A value that came as text (PropertyValues, FetchXML) for a column; undefined when it does not fit. */
export function textValueFor(column: Column, text: string): Value | undefined {
  if (isText(column)) return text;
  if (isGuid(column)) return readGuid(text);
  if (column.type === 'datetime') return storedTime(text);
  if (column.type === 'date') return storedTime(text)?.slice(0, 10);
  if (column.type === 'boolean') return BOOLEANS[text.trim().toLowerCase()];
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? undefined : number;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** The display text of a value for a user with US English settings in UTC; undefined where there is none. Lookups are named elsewhere. */
export function formattedValue(column: Column, value: Value): string | undefined {
  if (value === null) return undefined;
  const { type } = column;
  if (isChoice(column) || type === 'boolean')
    return column.options?.find((option) => option.value === Number(value))?.label;
  if (type === 'datetime') return new Date(String(value)).toLocaleString('en-US', DATE_AND_TIME).replace(',', '');
  if (type === 'date') return new Date(String(value)).toLocaleDateString('en-US', DATE);
  if (typeof value !== 'number') return undefined;
  if (type === 'money') return value.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  const digits = type === 'decimal' || type === 'double' ? 2 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: 2 });
}

const DATE = { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' } as const;
const DATE_AND_TIME = { ...DATE, hour: 'numeric', minute: '2-digit' } as const;
