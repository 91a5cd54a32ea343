/** Text to the value of one column, strictly: what cannot be read for sure is refused, never guessed. Pure. */

import { parseGuid } from '../../guid.ts';
import type { JsonValue } from '../../json.ts';
import { isDay } from '../../text.ts';
import type { ChoiceOption, Column, ColumnType, LookupTarget } from './table-metadata.ts';

export type Converted =
  | {
      readonly ok: true;
      /** The column, or `<navigation property>@odata.bind`. */
      readonly name: string;
      readonly value: JsonValue;
    }
  | Refused;

export type Refused = { readonly ok: false; readonly code: string; readonly message: string };

/** Range of Dataverse's whole numbers (Edm.Int32). */
const MAX_INTEGER = 2 ** 31 - 1;

/** Digits that a JSON number carries for sure; Dataverse's decimals have fewer (12 before and 10 behind the point at most). */
const SAFE_DIGITS = 15;

const TRUE_TEXTS = ['true', 'yes', '1'];
const FALSE_TEXTS = ['false', 'no', '0'];

const SHOWN_OPTIONS = 20;

/** `text` is not blank. */
export function convertValue(column: Column, text: string): Converted {
  const { type } = column;
  switch (type.kind) {
    case 'text':
      if (type.maxLength === undefined || text.length <= type.maxLength) return take(column.name, text);
      return refuse(
        'TOO_LONG',
        `${column.name} takes ${type.maxLength} characters at most; the value has ${text.length}.`,
      );
    case 'choice':
      return convertChoice(column, type.options, text);
    case 'boolean':
      return convertBoolean(column, type, text);
    case 'lookup':
      return convertLookup(column, type.targets, text);
    case 'integer':
      return convertInteger(column, text);
    case 'decimal':
      return convertDecimal(column, text);
    case 'date':
      if (isDay(text)) return take(column.name, text);
      return refuse('BAD_DATE', `${column.name}: ${quoted(text)} is not a date. Write it like 2026-11-21.`);
    case 'date-time':
      return convertDateTime(column, text);
    case 'guid': {
      const guid = parseGuid(text);
      if (guid !== undefined) return take(column.name, guid);
      return refuse('BAD_GUID', `${column.name}: ${quoted(text)} is not an id.`);
    }
    case 'other':
      return refuse(
        'UNSUPPORTED_COLUMN',
        `${column.name} is a column of type ${type.name}, which cannot be given as text.`,
      );
  }
}

function convertChoice(column: Column, options: readonly ChoiceOption[], text: string): Converted {
  const wanted = text.toLowerCase();
  const found = options.filter(
    ({ value, labels }) => String(value) === wanted || labels.some((label) => label.trim().toLowerCase() === wanted),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return take(column.name, only.value);
  const shown = `${quoted(text)} ${found.length > 1 ? 'could be several of its options' : 'is not one of its options'}`;
  return refuse('UNKNOWN_OPTION', `${column.name}: ${shown}. Its options are ${listOptions(options)}.`);
}

/** Both vocabularies: the column's own labels and the common words. A text that means yes in one and no in the other is refused. */
function convertBoolean(
  column: Column,
  { trueLabels, falseLabels }: Extract<ColumnType, { kind: 'boolean' }>,
  text: string,
): Converted {
  const wanted = text.toLowerCase();
  const matches = (words: readonly string[]) => words.some((word) => word.trim().toLowerCase() === wanted);
  const isTrue = matches([...TRUE_TEXTS, ...trueLabels]);
  const isFalse = matches([...FALSE_TEXTS, ...falseLabels]);
  if (isTrue !== isFalse) return take(column.name, isTrue);
  const own = [...new Set([...trueLabels, ...falseLabels])].map(quoted).join(', ');
  const known = `true, false, yes, no, 1, 0${own === '' ? '' : `, ${own}`}`;
  const why = isTrue ? 'means both true and false here' : 'is neither true nor false';
  return refuse('BAD_BOOLEAN', `${column.name}: ${quoted(text)} ${why}. It takes ${known}.`);
}

function convertLookup(column: Column, targets: readonly LookupTarget[], text: string): Converted {
  const [, table, id = ''] = /^(?:(\w+)\s*:\s*)?(.*)$/u.exec(text) ?? [];
  const guid = parseGuid(id);
  if (guid === undefined)
    return refuse('BAD_LOOKUP', `${column.name}: ${quoted(text)} is not an id. Give lookups by id.`);
  const fitting = table === undefined ? targets : targets.filter((target) => target.table === table.toLowerCase());
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1)
    return take(`${only.navigationProperty}@odata.bind`, `/${only.entitySet}(${guid})`);
  const known = targets.map((target) => target.table).join(' or ') || 'no table that is known';
  const form = fitting.length > 1 ? ' Give it as table:id.' : '';
  return refuse('BAD_LOOKUP', `${column.name}: ${quoted(text)} is not allowed. It points to ${known}.${form}`);
}

function convertInteger(column: Column, text: string): Converted {
  const value = Number(text);
  if (/^[+-]?\d+$/u.test(text) && Math.abs(value) <= MAX_INTEGER) return take(column.name, value);
  return refuse(
    'BAD_NUMBER',
    `${column.name}: ${quoted(text)} is not a whole number between ${-MAX_INTEGER} and ${MAX_INTEGER}.`,
  );
}

/** A point, and nothing between thousands: `1,234` is a thousand to some and one to others. */
function convertDecimal(column: Column, text: string): Converted {
  const digits = text.replace(/^[+-]?0*|\D/gu, '').length;
  if (/^[+-]?\d+(\.\d+)?$/u.test(text) && digits <= SAFE_DIGITS) return take(column.name, Number(text));
  const why = text.includes(',')
    ? 'write a point before the decimals and nothing between thousands'
    : 'write it like 1234.5';
  return refuse('BAD_NUMBER', `${column.name}: ${quoted(text)} is not a number: ${why}.`);
}

/** A date alone is its midnight in UTC; a time needs its zone, as it could be anyone's. */
function convertDateTime(column: Column, text: string): Converted {
  if (isDay(text)) return take(column.name, `${text}T00:00:00Z`);
  const [, date = '', time = '', fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,7})?\s*(Z|[+-]\d\d:?\d\d)$/iu.exec(text) ?? [];
  const plainZone = zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/u, '$1:$2');
  const moment = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${plainZone}`);
  if (isDay(date) && !Number.isNaN(moment)) return take(column.name, new Date(moment).toISOString());
  const form = 'Write it like 2026-11-21T09:00:00Z, with the time zone';
  return refuse('BAD_DATE', `${column.name}: ${quoted(text)} is not a time. ${form}.`);
}

function listOptions(options: readonly ChoiceOption[]): string {
  const shown = options.slice(0, SHOWN_OPTIONS).map(({ value, labels }) => `${quoted(labels[0] ?? '')} (${value})`);
  if (shown.length === 0) return 'no options';
  return shown.join(', ') + (options.length > shown.length ? ` and ${options.length - shown.length} more` : '');
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function take(name: string, value: JsonValue): Converted {
  return { ok: true, name, value };
}

export function refuse(code: string, message: string): Refused {
  return { ok: false, code, message };
}
