/**
 * Reads people from JSON: one object per line, pretty-printed objects, strings, one list of them, or a page of a Web API that holds the
 * list. Each object has the names of CSV columns, or is one of dyncamp's own events.
 */
import { InputError } from '../errors.ts';
import { EVENT_TYPES } from '../events.ts';
import { parseGuid } from '../guid.ts';
import { isJsonObject, type JsonObject, parseJson, textOf } from '../json.ts';
import { addressKey } from '../people/identity.ts';
import { columnNotifier } from './column-notices.ts';
import { type ColumnPlan, type NameOptions, planColumns } from './headers.ts';
import { type InputRow, type RowReader, sourceName } from './input-row.ts';
import { type JsonPiece, ValueSplitter } from './json-values.ts';
import { invalidRow, makeRow, makeRowOfText, type RowPlace, tooLongRow } from './make-row.ts';
import { type InputNotice, type NotifyOnce, notifyOnce, type OnNotice } from './notices.ts';
import { isResultsHeader } from './outcome.ts';
import { type BadText, quote } from './person-text.ts';

export type JsonReaderOptions = NameOptions & {
  /** Receives notices, each once per input. */
  readonly onNotice?: OnNotice | undefined;
  /** Events report changes: a file of events is not a complete list. Default: false. */
  readonly refusesEvents?: boolean | undefined;
};

type Reading = Pick<JsonReaderOptions, 'matchBy' | 'refusesEvents'> & {
  readonly source: string;
  /** Plans the columns and reports unused ones. */
  readonly plan: (names: readonly string[]) => ColumnPlan;
  /** The same without notices, for names that may not belong to a person. */
  readonly roles: (names: readonly string[]) => ColumnPlan;
  readonly notify: NotifyOnce;
  /** Foreign events so far, and the type of the first. */
  readonly others: { count: number; type: string };
};

/** Events whose person is in (or out of) a campaign. */
const MEMBERSHIP_TYPES: readonly unknown[] = [EVENT_TYPES.added, EVENT_TYPES.removed];

export function createJsonReader(source: string, options: JsonReaderOptions): RowReader {
  const { onNotice } = options;
  const splitter = new ValueSplitter();
  const roles = createPlanner(options);
  const notifyColumns = columnNotifier(source, onNotice);
  const plan = (names: readonly string[]): ColumnPlan => {
    const planned = roles(names);
    notifyColumns(planned);
    return planned;
  };
  const others = { count: 0, type: '' };
  const reading = { ...options, source, roles, plan, notify: notifyOnce(onNotice), others };
  function* rows(pieces: readonly JsonPiece[]): Generator<InputRow> {
    for (const piece of pieces) yield* rowsOfPiece(piece, reading);
  }
  return {
    push: (text) => rows(splitter.push(text)),
    *end() {
      yield* rows(splitter.end());
      if (others.count > 0) onNotice?.(otherEvents(source, others));
    },
    line: () => splitter.line(),
  };
}

/** Plans the columns once for successive equal names. */
function createPlanner(options: NameOptions): (names: readonly string[]) => ColumnPlan {
  let last: { readonly key: string; readonly plan: ColumnPlan } | undefined;
  return (names) => {
    const key = JSON.stringify(names);
    if (last?.key !== key) last = { key, plan: planColumns(names, options) };
    return last.plan;
  };
}

function* rowsOfPiece(piece: JsonPiece, reading: Reading): Generator<InputRow> {
  const place = { source: reading.source, line: piece.line };
  if (piece.kind === 'too-long') {
    yield tooLongRow(place);
    return;
  }
  const value = parseJson(piece.text);
  if (typeof value === 'string') {
    yield makeRowOfText(place, value, reading.matchBy);
    return;
  }
  if (!isJsonObject(value)) {
    yield invalidRow(place, {}, '', notAnObject(value, piece.text));
    return;
  }
  for (const object of peopleOf(value, reading)) {
    const row = rowOfObject(place, object, reading);
    if (row !== undefined) yield row;
  }
}

export function notAnObject(value: unknown, text: string): BadText {
  return value === undefined
    ? badJson(`The line is not JSON: ${quote(text.trim())}.`)
    : badJson('The line is JSON, but neither an object nor a text.');
}

/**
 * Members in which Web APIs wrap a page of their answers (Marketo `result`, Dataverse `value`, HubSpot `results`, Salesforce `records`), and
 * those in which they wrap the properties of one person (HubSpot `properties`, Eventbrite `profile`).
 */
const LISTS =
  'result results value records data items people persons leads contacts members attendees registrants participants'.split(
    ' ',
  );
const PARTS = ['properties', 'profile', 'lead', 'contact', 'person', 'attributes', 'fields'];

/** The objects that are people: the object itself, or those of the page that it is. */
function peopleOf(object: JsonObject, reading: Reading): readonly JsonObject[] {
  if (object.specversion !== undefined || namesSomebody(object, reading)) return [object];
  for (const name of LISTS) {
    const list = object[name];
    if (isJsonObject(list)) {
      const inner = peopleOf(list, reading);
      if (inner.length !== 1 || inner[0] !== list) return inner;
    }
    if (Array.isArray(list) && list.every(isJsonObject)) return list.flatMap((each) => peopleOf(each, reading));
  }
  for (const name of PARTS) {
    const { [name]: part, ...rest } = object;
    if (isJsonObject(part) && namesSomebody(part, reading)) return [{ ...rest, ...part }];
  }
  return [object];
}

const namesSomebody = (object: JsonObject, { roles }: Reading): boolean => {
  const { names } = scalarFields(object);
  return roles(names).roles.some(
    ({ as }, at) =>
      as === 'email' || as === 'match' || (as === 'id' && parseGuid(String(object[names[at] ?? ''])) !== undefined),
  );
};

/** Undefined for skipped events and for objects without any value. */
function rowOfObject(place: RowPlace, object: JsonObject, reading: Reading): InputRow | undefined {
  const { others } = reading;
  if (object.specversion === undefined) return rowOfFields(place, object, reading);
  refuseEvent(place, reading);
  if (MEMBERSHIP_TYPES.includes(object.type)) return rowOfEvent(place, object);
  // A `created` comes before the `added` of the same person.
  if (object.type !== EVENT_TYPES.created) {
    if (others.count === 0) others.type = textOf(object.type);
    others.count += 1;
  }
  return undefined;
}

function refuseEvent({ source, line }: RowPlace, { refusesEvents }: Reading): void {
  if (refusesEvents !== true) return;
  throw new InputError(
    'EVENTS_ARE_NO_SET',
    `${sourceName(source)} cannot be read beyond line ${line}: it has events, which describe changes and not the complete list of members.`,
    { hint: 'Give a file with all members. To add or remove the people of events: `dyncamp add`, `dyncamp remove`.' },
  );
}

function otherEvents(source: string, { count, type }: Reading['others']): InputNotice {
  const what = count === 1 ? '1 event of another kind was' : `${count} events of other kinds were`;
  const first = type === '' ? '' : ` (${type})`;
  return {
    code: 'OTHER_EVENTS',
    message: `${sourceName(source)}: ${what} skipped${first}: only dyncamp's own added and removed events name people.`,
    hint: 'To use other events, extract their addresses first, e.g. with jq -r .data.lead.email.',
  };
}

function rowOfFields(place: RowPlace, object: JsonObject, { plan, notify }: Reading): InputRow | undefined {
  const { names, cells } = scalarFields(object);
  const columns = plan(names);
  const nested = nestedField(object, plan);
  if (nested !== undefined) return invalidRow(place, {}, '', badValue(nested));
  if (columns.problem === undefined) {
    const row = makeRow(place, columns, cells, notify);
    if (row !== undefined) return row;
  }
  const refusal = columns.problem?.code === 'DUPLICATE_HEADER' ? duplicate(columns.problem.message) : noId(columns);
  return invalidRow(place, Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])), '', refusal);
}

/** The object's own strings, numbers and booleans as text, in their order. */
export function scalarFields(object: JsonObject): {
  readonly names: readonly string[];
  readonly cells: readonly string[];
} {
  const fields = Object.entries(object).filter(([, value]) => isScalar(value));
  return { names: fields.map(([name]) => name), cells: fields.map(([, value]) => String(value)) };
}

function rowOfEvent(place: RowPlace, event: JsonObject): InputRow {
  const data = isJsonObject(event.data) ? event.data : {};
  const person = isJsonObject(data.person) ? data.person : {};
  const id = parseGuid(textOf(person.id));
  const { type: personType } = person;
  if (id === undefined || (personType !== 'lead' && personType !== 'contact')) {
    return invalidRow(place, {}, '', {
      code: 'BAD_EVENT',
      message: `The ${String(event.type)} event does not name a person.`,
    });
  }
  const input = isJsonObject(data.input) ? data.input : {};
  const email = addressKey(textOf(person.email));
  return {
    kind: 'person',
    place: { ...place, ref: textOf(input.ref) || `${personType}:${id}` },
    key: { by: 'id', id, personType },
    email,
    attributes: {},
    // Not the envelope: a results file then names the person under `in.id`, and --only-failed finds them again.
    columns: { id: `${personType}:${id}`, ...(email !== '' && { email }) },
  };
}

function nestedField(object: JsonObject, plan: (names: readonly string[]) => ColumnPlan): string | undefined {
  const nested = Object.keys(object).filter((name) => isJsonObject(object[name]) || Array.isArray(object[name]));
  if (nested.length === 0) return undefined;
  const { roles } = plan(nested);
  return nested.find((_, index) => roles[index]?.as !== 'unknown' && roles[index]?.as !== 'left-out');
}

function badValue(name: string): BadText {
  return badJson(`${quote(name)} must be a text, a number or true or false, not a list or an object.`);
}

function duplicate(message: string): BadText {
  return { code: 'DUPLICATE_HEADER', message: `The object cannot be read: ${message}.` };
}

function noId(plan: ColumnPlan): BadText {
  if (isResultsHeader(plan.names))
    return {
      code: 'NO_ID',
      message: 'The object is a row of a results file. To retry its failed people: --only-failed.',
    };
  const near = plan.problem === undefined ? '' : ` ${plan.problem.hint}`;
  return { code: 'NO_ID', message: `The object has no id and no e-mail address.${near}` };
}

const badJson = (message: string): BadText => ({ code: 'BAD_JSON', message });

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
