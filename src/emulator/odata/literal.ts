import { type Column, isGuid, isText, type ValueGroup, valueGroup } from '../schema/column.ts';
import type { Value } from '../store/row-store.ts';
import type { Literal } from './filter-ast.ts';
import type { Token } from './lexer.ts';

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** The literal that a token stands for; undefined when it is no literal. */
export function literalOf(token: Token): Literal | undefined {
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: token.text.slice(1, -1).replaceAll("''", "'") };
    case 'enum':
      return { kind: 'enum', value: token.text.slice(token.text.indexOf("'") + 1, -1) };
    case 'guid':
      return { kind: 'guid', value: token.text.toLowerCase() };
    case 'time':
    case 'date':
      return { kind: token.kind, value: token.text };
    case 'number':
      return { kind: 'number', value: Number.parseFloat(token.text) };
    case 'name':
      return WORDS[token.text];
    default:
      return undefined;
  }
}

const WORDS: Readonly<Record<string, Literal>> = {
  true: { kind: 'boolean', value: true },
  false: { kind: 'boolean', value: false },
  null: { kind: 'null' },
};

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
