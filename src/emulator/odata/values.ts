/** Values in every spelling: of URLs, of FetchXML, of the store, and for people. */

import { type Column, isChoice, isFraction } from '../schema/column.ts';
import type { Value } from '../store/row.ts';
import type { Literal } from './parse-filter.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The types of literals in the texts of refusals. */
export const LITERAL_TYPES = {
  string: 'Edm.String',
  number: 'Edm.Int32',
  boolean: 'Edm.Boolean',
  guid: 'Edm.Guid',
  time: 'Edm.DateTimeOffset',
  date: 'Edm.Date',
  enum: 'Edm.Enum',
  null: 'Null',
} satisfies Record<Literal['kind'], string>;

/** How values of one group are written; undefined where one does not fit. */
type Spelling = {
  /** In `$filter`. */
  literals: readonly Literal['kind'][];
  /** In PropertyValues and FetchXML. */
  fromText: (text: string) => Value | undefined;
  /** In a body. */
  fromJson: (value: unknown, column: Column) => Value | undefined;
};

const SPELLINGS: Readonly<Record<Column['group'], Spelling>> = {
  text: {
    literals: ['string'],
    fromText: (text) => text,
    fromJson: (value) => (typeof value === 'string' ? value : undefined),
  },
  guid: {
    // Real organizations take quoted GUIDs.
    literals: ['guid', 'string'],
    fromText: readGuid,
    fromJson: (value) => (typeof value === 'string' ? readGuid(value) : undefined),
  },
  boolean: {
    literals: ['boolean'],
    fromText: (text) => BOOLEANS[text.trim().toLowerCase()],
    fromJson: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  datetime: {
    literals: ['time', 'date'],
    fromText: storedTime,
    fromJson: (value) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? storedTime(value) : undefined),
  },
  date: {
    literals: ['date'],
    fromText: (text) => storedTime(text)?.slice(0, 10),
    fromJson: (value) => (typeof value === 'string' && isDate(value) ? value : undefined),
  },
  number: {
    literals: ['number'],
    fromText: (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)),
    fromJson: (value, column) =>
      typeof value === 'number' && (isFraction(column) || Number.isInteger(value)) ? value : undefined,
  },
};

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && storedTime(text)?.slice(0, 10) === text;
}

/** The value to compare a column with, in the store's spelling. */
export function valueFor(column: Column, literal: Exclude<Literal, { kind: 'null' }>): Value | undefined {
  const group = column.group;
  const { literals, fromText } = SPELLINGS[group];
  if (!literals.includes(literal.kind)) return undefined;
  return group === 'guid' || group === 'datetime' ? fromText(String(literal.value)) : literal.value;
}

export function textValueFor(column: Column, text: string): Value | undefined {
  return SPELLINGS[column.group].fromText(text);
}

export function jsonValueFor(column: Column, value: unknown): Value | undefined {
  return SPELLINGS[column.group].fromJson(value, column);
}

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

export function readGuid(text: string): string | undefined {
  return GUID.exec(text.trim())?.[1]?.toLowerCase();
}

/** Times are kept to the second in UTC, `2026-11-21T10:00:00Z`, so that they compare as text. */
function storedTime(text: string): string | undefined {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : formatTime(new Date(milliseconds));
}

export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

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
