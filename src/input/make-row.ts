/** Makes a person of a row of cells, or says why there is none. Pure. */
import type { PersonType } from '../events.ts';
import { cleanAddress } from '../people/identity.ts';
import type { ColumnPlan } from './headers.ts';
import {
  type InputPlace,
  type InputRow,
  type InvalidRow,
  type PersonKey,
  type PersonRow,
  sourceName,
} from './input-row.ts';
import { EMAIL_COLUMN } from './marketo-columns.ts';
import type { NotifyOnce } from './notices.ts';
import {
  type BadText,
  type IdKey,
  idKey,
  looksLikeGuid,
  parseEmail,
  parseIdText,
  parsePersonText,
  quote,
  shorten,
} from './person-text.ts';
import { cellValue, emptyWord, isBlankCell } from './values.ts';

export type RowPlace = { readonly source: string; readonly line: number };

/** Cells beyond the header are kept as `+1`, `+2`, …, so that a results file holds them too. */
export const EXTRA_COLUMN = '+';

export const OVER_LONG = 'the row has more cells than the header, so its values may be in the wrong columns';

type IdCell = { readonly text: string; readonly personType: PersonType | undefined };

type Cells = {
  readonly ids: readonly IdCell[];
  readonly email: string;
  readonly match: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
};

const NO_NOTICES: NotifyOnce = () => undefined;
const NO_COLUMNS: InputRow['columns'] = {};

/**
 * Missing cells count as empty, and blank ones beyond the header are ignored. Undefined when all cells are blank: such a
 * row is skipped like an empty line.
 */
export function makeRow(
  place: RowPlace,
  plan: ColumnPlan,
  given: readonly string[],
  notify: NotifyOnce = NO_NOTICES,
): InputRow | undefined {
  const filled = given.findLastIndex((cell) => !isBlankCell(cell)) + 1;
  const cells = given.slice(0, Math.max(filled, plan.names.length));
  if (filled === 0) return undefined;
  const columns = plan.keepsCells ? namedCells(plan.names, cells) : NO_COLUMNS;
  if (cells.some((cell) => cell.includes('\0'))) return nulRow(place, columns);
  const found = sortCells(place, plan, cells, notify);
  const named = nameOf(found);
  if (!named.ok) return invalidRow(place, columns, named.ref, named.refusal);
  const email = emailOf(found.email);
  const { key, ref } = named;
  return {
    kind: 'person',
    place: { source: place.source, line: place.line, ref },
    key,
    ...email,
    attributes: email.email === '' ? found.attributes : { ...found.attributes, ...emailAttribute(email) },
    columns,
    neverCreate: cells.length > plan.names.length ? OVER_LONG : undefined,
  };
}

type RowEmail = Pick<PersonRow, 'email' | 'emailText'>;

/** An invalid e-mail counts as empty: a person named by another key may have any text there. */
function emailOf(text: string): RowEmail {
  if (text === '') return { email: '' };
  const parsed = parseEmail(text);
  if (!parsed.ok) return { email: '' };
  const { email } = parsed.key;
  return email === text ? { email } : { email, emailText: text };
}

/** Cleaned, but otherwise as written: the key is for comparing, not for a new record. */
function emailAttribute({ email, emailText }: RowEmail): PersonRow['attributes'] {
  return email === '' ? NO_ATTRIBUTES : { [EMAIL_COLUMN]: cleanAddress(emailText ?? email) };
}

/** For a line of a list or an argument: the whole text names the person. With --match-by it is a value of that column. */
export function makeRowOfText(place: RowPlace, text: string, matchBy: string | undefined): InputRow {
  const plain = text.trim();
  if (plain.includes('\0')) return nulRow(place, {});
  if (matchBy !== undefined && !/^(lead|contact)\s*:/iu.test(plain)) {
    if (plain === '') return invalidRow(place, {}, '', { code: 'NO_ID', message: `There is no value of ${matchBy}.` });
    return personOfText(place, plain, { by: 'column', value: plain }, { email: '' });
  }
  const parsed = parsePersonText(plain);
  if (!parsed.ok) return invalidRow(place, {}, plain, parsed.refusal);
  return personOfText(place, plain, parsed.key, parsed.key.by === 'email' ? emailOf(plain) : { email: '' });
}

export function invalidRow(
  place: RowPlace,
  columns: Readonly<Record<string, string>>,
  ref: string,
  refusal: BadText,
): InvalidRow {
  const whole: InputPlace = { ...place, ref: shorten(ref.replaceAll('\0', '')) };
  return { kind: 'invalid', place: whole, columns, code: refusal.code, message: refusal.message };
}

export function tooLongRow(place: RowPlace): InvalidRow {
  return invalidRow(place, {}, '', { code: 'LINE_TOO_LONG', message: 'The line is longer than 1 MiB.' });
}

function nulRow(place: RowPlace, columns: Readonly<Record<string, string>>): InvalidRow {
  const message =
    'The line has a NUL byte: it is damaged or not text (or UTF-16 without a byte order mark: --encoding utf-16le).';
  return invalidRow(place, columns, '', { code: 'NUL_BYTE', message });
}

function personOfText(place: RowPlace, ref: string, key: PersonKey, email: RowEmail): PersonRow {
  const attributes = emailAttribute(email);
  return { kind: 'person', place: { ...place, ref }, key, ...email, attributes, columns: {} };
}

/** The input's columns by name; a repeated name becomes `Name (2)`, unnamed ones are dropped, cells beyond the header are numbered. */
function namedCells(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    if (name !== '') setColumn(named, Object.hasOwn(named, name) ? nextName(named, name) : name, cells[index] ?? '');
  }
  for (let index = names.length; index < cells.length; index += 1)
    setColumn(named, `${EXTRA_COLUMN}${index - names.length + 1}`, cells[index] ?? '');
  return named;
}

function nextName(named: Readonly<Record<string, string>>, name: string): string {
  for (let number = 2; ; number += 1) if (!Object.hasOwn(named, `${name} (${number})`)) return `${name} (${number})`;
}

/** __proto__ is a valid column name. */
function setColumn(columns: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') columns[name] = value;
  else Object.defineProperty(columns, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Shared: most rows have no attributes. */
const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};

/** Among several cells for one thing the first filled one counts. */
function sortCells(rowPlace: RowPlace, plan: ColumnPlan, cells: readonly string[], notify: NotifyOnce): Cells {
  const ids: IdCell[] = [];
  const attributes: [string, string][] = [];
  let email = '';
  let match: string | undefined;
  let place = 0;
  for (const role of plan.roles) {
    const cell = cells[place] ?? '';
    place += 1;
    if (role.as === 'match') match ??= '';
    if (cell === '' || role.as === 'unknown' || role.as === 'left-out') continue;
    const text = cellValue(cell);
    if (text === '') notifyReadAsEmpty(rowPlace, cell, notify);
    if (text === '') continue;
    switch (role.as) {
      case 'id':
        ids.push({ text, personType: role.personType });
        break;
      case 'email':
        // Text beside the address may be stored in Dynamics too, so only a program's marks are removed.
        email ||= cell.includes('=') ? text : cell.trim();
        break;
      case 'match':
        match ||= text;
        attributes.push([role.column, text]);
        break;
      case 'attribute':
        attributes.push([role.column, text]);
    }
  }
  const ours = email === '' && !match ? ids : withoutForeignIds(rowPlace, ids, notify);
  return {
    ids: ours,
    email,
    match,
    attributes: attributes.length === 0 ? NO_ATTRIBUTES : Object.fromEntries(attributes),
  };
}

/** Drops ids of other programs when another key names the person, but keeps malformed Dynamics ids. */
function withoutForeignIds({ source, line }: RowPlace, ids: readonly IdCell[], notify: NotifyOnce): readonly IdCell[] {
  if (ids.length === 0) return ids;
  const isOurs = ({ text }: IdCell): boolean => parseIdText(text, undefined).ok || looksLikeGuid(text);
  const foreign = ids.find((id) => !isOurs(id));
  if (foreign === undefined) return ids;
  notify('foreign ids', () => ({
    code: 'FOREIGN_IDS',
    message: `${sourceName(source)}, line ${line}: ${quote(foreign.text)} is not a Dynamics id. Such ids are ignored if the row has an e-mail address.`,
    hint: 'To match on them, give the Dynamics column that has them: --match-by COLUMN --map "Header=COLUMN".',
  }));
  return ids.filter(isOurs);
}

function notifyReadAsEmpty({ source, line }: RowPlace, cell: string, notify: NotifyOnce): void {
  const word = emptyWord(cell);
  // White space needs no notice.
  if (word === undefined && cell.trim() === '') return;
  const what = word === undefined ? 'a cell of invisible characters' : quote(word);
  notify(`empty ${word ?? ''}`, () => ({
    code: 'READ_AS_EMPTY',
    message: `${sourceName(source)}, line ${line}: ${what} is read as empty, here and in all other rows.`,
  }));
}

type Named =
  | { readonly ok: true; readonly key: PersonKey; readonly ref: string }
  | { readonly ok: false; readonly ref: string; readonly refusal: BadText };

/** The id first, then the value of --match-by in place of the e-mail, then the e-mail. */
function nameOf(cells: Cells): Named {
  const [first, ...others] = cells.ids;
  if (first !== undefined) return nameOfIds(first, others);
  if (cells.match !== undefined && cells.match !== '') {
    return { ok: true, key: { by: 'column', value: cells.match }, ref: cells.match };
  }
  if (cells.match === undefined && cells.email !== '') {
    const parsed = parseEmail(cells.email);
    if (parsed.ok) return { ok: true, key: parsed.key, ref: cells.email };
    // Of several people with one address, the right one is named by id where the address stood.
    const id = parseIdText(cells.email, undefined);
    return id.ok
      ? { ok: true, key: id.key, ref: cells.email }
      : { ok: false, ref: cells.email, refusal: parsed.refusal };
  }
  const message = `The row has no ${cells.match === undefined ? 'id and no e-mail address' : 'id and no value of the --match-by column'}.`;
  return { ok: false, ref: cells.email, refusal: { code: 'NO_ID', message } };
}

function nameOfIds(first: IdCell, others: readonly IdCell[]): Named {
  const parsed = parseIdText(first.text, first.personType);
  if (!parsed.ok) return { ok: false, ref: first.text, refusal: parsed.refusal };
  let { key } = parsed;
  for (const { text, personType } of others) {
    const other = parseIdText(text, personType);
    if (!other.ok) return { ok: false, ref: text, refusal: other.refusal };
    const merged = mergeKeys(key, other.key);
    if (merged === undefined) {
      const message = `The row names two people: ${first.text} and ${text}.`;
      return { ok: false, ref: first.text, refusal: { code: 'TWO_IDS', message } };
    }
    key = merged;
  }
  return { ok: true, key, ref: first.text };
}

/** The same id twice is one person. A known type wins over an unknown one. */
function mergeKeys(left: IdKey, right: IdKey): IdKey | undefined {
  const personType = left.personType ?? right.personType;
  const isSame = left.id === right.id && (right.personType ?? personType) === personType;
  return isSame ? idKey(left.id, personType) : undefined;
}
