/** Parses what names a person: `lead:GUID`, `contact:GUID`, a bare GUID or an e-mail address. Pure. */
import type { PersonType } from '../events.ts';
import { parseGuid } from '../guid.ts';
import { addressKey, cleanAddress, isAddress } from '../people/identity.ts';
import type { PersonKey } from './input-row.ts';

export type BadText = { readonly code: string; readonly message: string };
export type IdKey = Extract<PersonKey, { by: 'id' }>;
type Parsed<Key> = { readonly ok: true; readonly key: Key } | { readonly ok: false; readonly refusal: BadText };

/** Most characters of a bad value in a message or a ref. */
const SHOWN_CHARACTERS = 80;

const GUID_LENGTH = 36;

const TYPED = /^(lead|contact)\s*:\s*(.*)$/iu;

/** The refusal depends on what the text looks like. */
export function parsePersonText(text: string): Parsed<PersonKey> {
  const plain = cleanAddress(text);
  if (plain === '') return refuse('NO_ID', 'The row has no id and no e-mail address.');
  if (TYPED.test(plain)) return parseIdText(plain, undefined);
  if (/^[a-z]+\s*:.*$/iu.test(plain)) {
    return refuse('BAD_PERSON', `${quote(plain)}: only "lead:" and "contact:" may come before an id.`);
  }
  if (!plain.includes('@') && looksLikeGuid(plain)) return parseId(plain, undefined);
  return parseEmail(plain);
}

/** A cell of an id column. A `lead:` or `contact:` before the id must not contradict the column's `personType`. */
export function parseIdText(text: string, personType: PersonType | undefined): Parsed<IdKey> {
  const plain = cleanAddress(text);
  const typed = TYPED.exec(plain);
  if (!typed) return parseId(plain, personType);
  const named = (typed[1] ?? '').toLowerCase() === 'lead' ? 'lead' : 'contact';
  if (personType !== undefined && personType !== named) {
    return refuse('BAD_GUID', `${quote(plain)} is in a column of ${personType} ids.`);
  }
  return parseId(typed[2] ?? '', named);
}

/** The address key, or what is wrong with the text. */
export function parseEmail(text: string): Parsed<Extract<PersonKey, { by: 'email' }>> {
  if (isAddress(text)) return { ok: true, key: { by: 'email', email: addressKey(text) } };
  const plain = cleanAddress(text);
  return refuse('BAD_EMAIL', `${quote(plain)} is ${emailFault(plain)}.`);
}

/** Quotes a value from the input for a message: shortened, with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

export function shorten(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function parseId(text: string, personType: PersonType | undefined): Parsed<IdKey> {
  const id = parseGuid(text);
  if (id === undefined) return refuse('BAD_GUID', `${quote(text.trim())} is not a Dynamics id: ${guidFault(text)}.`);
  return { ok: true, key: idKey(id, personType) };
}

/** A key without a type has no property for it. */
export const idKey = (id: string, personType: PersonType | undefined): IdKey =>
  personType === undefined ? { by: 'id', id } : { by: 'id', id, personType };

/** Probably a mistyped id: about its length, only letters, digits, hyphens and braces, more than one hyphen or all hex. */
export function looksLikeGuid(text: string): boolean {
  const plain = text.replace(/^[{(]|[})]$/g, '');
  if (plain.length < 28 || plain.length > 42 || !/^[0-9a-z-]+$/iu.test(plain)) return false;
  return plain.split('-').length >= 3 || /^[0-9a-f]{30,34}$/iu.test(plain);
}

function guidFault(text: string): string {
  const plain = text.trim().replace(/^\{(.*)\}$/, '$1');
  if (/^\d+$/u.test(plain) && plain.length < 20) {
    return 'an id has 36 characters. If it is an id of Marketo, leave the column out (--map "Header=") or match on it with --match-by';
  }
  const foreign = /[^0-9a-f-]/iu.exec(plain)?.[0];
  if (foreign !== undefined) return `${JSON.stringify(foreign)} is not a hexadecimal digit`;
  if (/^[0-9a-f]{32}$/iu.test(plain)) return 'its hyphens are missing';
  if (plain.length !== GUID_LENGTH) return `it has ${plain.length} characters instead of ${GUID_LENGTH}`;
  return 'its hyphens are in the wrong places (8-4-4-4-12)';
}

function emailFault(plain: string): string {
  const ats = plain.split('@').length - 1;
  if (ats === 0) return 'neither an e-mail address (it has no @) nor a Dynamics id';
  if (/[<>]/u.test(plain)) return 'not a single e-mail address: give only the address';
  if (ats > 1) return `not a single e-mail address: it has ${ats} @`;
  if (plain.startsWith('@') || plain.endsWith('@'))
    return 'not an e-mail address: the part before or after the @ is missing';
  return 'not an e-mail address: it has a space or another character that is not allowed';
}

function refuse(code: string, message: string): { readonly ok: false; readonly refusal: BadText } {
  return { ok: false, refusal: { code, message } };
}
