/** A line of JSON Lines → a person: an object with the names of CSV columns, or one of dyncamp's own events. Pure. */

import { parseGuid } from '../dataverse/guid.ts';
import { EVENT_TYPES } from '../membership/event-form.ts';
import { normalizeEmail } from '../membership/person.ts';
import type { ColumnPlan } from './column-plan.ts';
import type { InputRow } from './input-row.ts';
import { invalidRow, makeRow, type RowPlace } from './make-row.ts';
import { quote, type Refusal } from './person-text.ts';

type JsonRecord = { readonly [name: string]: unknown };

/** Events whose person is in (or out of) a campaign; a `created` comes before the `added` of the same person and is passed over. */
const MEMBERSHIP_TYPES: readonly unknown[] = [EVENT_TYPES.added, EVENT_TYPES.removed];

/** What the object of a line says, or why it is none. */
export function parseJsonObject(
  text: string,
): { readonly ok: true; readonly object: JsonRecord } | { readonly ok: false; readonly refusal: Refusal } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`The line is no JSON: ${quote(text.trim())}.`);
  }
  if (isRecord(value)) return { ok: true, object: value };
  return refuse('The line is JSON, but no object.');
}

/** Undefined for events that are passed over and for objects without any value. `plan` says what names mean; `onEvent` may refuse. */
export function makeRowOfJson(
  place: RowPlace,
  text: string,
  { plan, onEvent }: { readonly plan: (names: readonly string[]) => ColumnPlan; readonly onEvent?: () => void },
): InputRow | undefined {
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return invalidRow(place, {}, '', parsed.refusal);
  if (parsed.object.specversion !== undefined) {
    onEvent?.();
    return makeRowOfEvent(place, parsed.object);
  }
  const { names, cells } = scalarFields(parsed.object);
  const columns = plan(names);
  const nested = nestedField(parsed.object, plan);
  if (nested !== undefined) return invalidRow(place, {}, '', badValue(nested));
  if (columns.problem === undefined) {
    const row = makeRow(place, columns, cells);
    if (row !== undefined) return row;
  }
  const refusal = columns.problem?.code === 'DUPLICATE_HEADER' ? duplicate(columns.problem.message) : noId(columns);
  return invalidRow(place, Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])), '', refusal);
}

/** The object's own strings, numbers and booleans as text, in their order. */
export function scalarFields(object: JsonRecord): {
  readonly names: readonly string[];
  readonly cells: readonly string[];
} {
  const fields = Object.entries(object).filter(([, value]) => isScalar(value));
  return { names: fields.map(([name]) => name), cells: fields.map(([, value]) => String(value)) };
}

function makeRowOfEvent(place: RowPlace, event: JsonRecord): InputRow | undefined {
  if (!MEMBERSHIP_TYPES.includes(event.type)) return undefined;
  const data = isRecord(event.data) ? event.data : {};
  const person = isRecord(data.person) ? data.person : {};
  const id = parseGuid(textOf(person.id));
  const { type: personType } = person;
  if (id === undefined || (personType !== 'lead' && personType !== 'contact')) {
    return invalidRow(place, {}, '', {
      code: 'BAD_EVENT',
      message: `The ${String(event.type)} event names no person.`,
    });
  }
  const input = isRecord(data.input) ? data.input : {};
  const email = normalizeEmail(textOf(person.email));
  return {
    kind: 'person',
    place: { ...place, ref: textOf(input.ref) || `${personType}:${id}` },
    key: { by: 'id', id, personType },
    email,
    attributes: {},
    // A row of its own instead of the envelope: so a results file names the person under `in.id`, and --only-failed finds them again.
    columns: { id: `${personType}:${id}`, ...(email !== '' && { email }) },
  };
}

function nestedField(object: JsonRecord, plan: (names: readonly string[]) => ColumnPlan): string | undefined {
  const nested = Object.keys(object).filter((name) => isRecord(object[name]) || Array.isArray(object[name]));
  if (nested.length === 0) return undefined;
  const { roles } = plan(nested);
  return nested.find((_, index) => roles[index]?.as !== 'unknown' && roles[index]?.as !== 'left-out');
}

function badValue(name: string): Refusal {
  return {
    code: 'BAD_JSON',
    message: `${quote(name)} must be a text, a number or true or false, not a list or an object.`,
  };
}

function duplicate(message: string): Refusal {
  return { code: 'DUPLICATE_HEADER', message: `The object cannot be read: ${message}.` };
}

function noId(plan: ColumnPlan): Refusal {
  const near = plan.problem === undefined ? '' : ` ${plan.problem.hint}`;
  return { code: 'NO_ID', message: `The object has no id and no e-mail address.${near}` };
}

function refuse(message: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code: 'BAD_JSON', message } };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
