/** Whom a row may mean beyond what it says it means: ids and addresses that stand in it. Pure. */

import type { InputRow, PersonKey, PersonRow } from '../../input/input-row.ts';
import { parseEmail } from '../../input/person-text.ts';
import { lookAlikeKey } from '../../people/identity.ts';

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/giu;
/** With an apostrophe as part of the address, and without. */
const EMAILS = [
  /[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+/gu,
  /[^\s@<>,;:"'\p{Pi}\p{Pf}()[\]\\]+@[^\s@<>,;:"'\p{Pi}\p{Pf}()[\]\\]+/gu,
];
/** More than that in one row is no person. */
const MAX_KEYS = 50;

/** The ids and e-mail addresses in a text, each once. */
export function keysIn(text: string): readonly PersonKey[] {
  const ids = (text.match(GUID) ?? []).map((id) => id.toLowerCase());
  const texts = [text, text.normalize('NFKC')];
  const found = EMAILS.flatMap((pattern) => texts.flatMap((each) => each.match(pattern) ?? []));
  const emails = found.flatMap((each) => {
    const email = parseEmail(each);
    return email.ok ? [email.email] : [];
  });
  return [
    ...[...new Set(ids)].map((id) => ({ by: 'id' as const, id })),
    ...[...new Set(emails)].map((email) => ({ by: 'email' as const, email })),
  ].slice(0, MAX_KEYS);
}

/** The keys in the whole row: its naming text and all its cells. */
export function keysInRow({ place, columns }: InputRow): readonly PersonKey[] {
  return keysIn([place.ref, ...Object.values(columns)].join('\n'));
}

/**
 * Whether a text that was cut off may be the beginning of this person's address or id. Of a domain in Unicode nothing is told by its
 * beginning: its ASCII form is made from the whole.
 */
export function mayBegin(text: string, { id, email }: { readonly id: string; readonly email: string }): boolean {
  const plain = text.normalize('NFKC').toLowerCase();
  const [local = '', domain] = plain.split('@', 2);
  const isAscii = domain === undefined || /^[\x21-\x7e]*$/u.test(domain);
  const beginning = isAscii ? plain : `${local}@`;
  const begun = [email.toLowerCase(), lookAlikeKey(email), id.toLowerCase()];
  return begun.some(
    (whole) => whole.startsWith(beginning) || whole.startsWith(beginning.replace(/^(?:lead|contact):/u, '')),
  );
}

/** A row that only asks. */
export function askingRow(row: InputRow, key: PersonKey): PersonRow {
  const email = key.by === 'email' ? key.email : '';
  return { kind: 'person', place: row.place, key, email, attributes: {}, columns: {} };
}
