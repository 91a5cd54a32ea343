/**
 * Reads everybody that rows of the input may mean, and protects them from being removed. Generous on purpose: protects every record that the
 * server returns for a row, however it compares texts, and the survivors, leads and contacts of the same person.
 */
import type { CampaignAccess } from '../../campaign/access.ts';
import type { Exclusions } from '../../input/exclusions.ts';
import type { InputPlace, InputRow, PersonKey, PersonRow } from '../../input/input-row.ts';
import { EMAIL_COLUMN } from '../../input/marketo-columns.ts';
import { parseEmail } from '../../input/person-text.ts';
import { followPeople } from '../../people/follow.ts';
import { lookAlikeKey, whyUndeliverable } from '../../people/identity.ts';
import { matchesForRemoval } from '../../people/match.ts';
import { queriesForRows, whyUnaskable } from '../../people/queries.ts';
import { readMore } from '../../people/read.ts';
import type { PeopleView } from '../../people/view.ts';
import type { Spool } from '../spool.ts';

type Protecting = {
  readonly access: CampaignAccess;
  readonly matchBy: string | undefined;
  readonly spool: Pick<Spool, 'protect' | 'beginnings'>;
  /** Filled in: the columns with texts of the input by which people were asked for. */
  readonly askedBy: Set<string>;
};

type Understood = {
  /** Rows that match somebody in Dynamics. */
  readonly matched: number;
  /** Rows that could mean anybody: after them nobody may be removed. */
  readonly doubtful: readonly InputPlace[];
};

export async function protectBatch(context: Protecting, rows: readonly InputRow[]): Promise<Understood> {
  const clear = rows.filter(isClear);
  const unclear = rows.filter((row) => !isClear(row));
  const view = await readAndProtect(context, [
    ...rows.filter((row) => row.kind === 'person'),
    ...unclear.flatMap((row) => keysInRow(row).map((key) => askingRow(row, key))),
  ]);
  await readAndProtect(
    context,
    clear.flatMap((row) => otherReadings(row, view)),
  );
  context.spool.protect(clear.flatMap(({ key }) => (key.by === 'id' ? [key.id] : [])));
  const isFound = (key: PersonKey): boolean => matchesForRemoval(key, view).length > 0;
  const cutOff = rows.find((row) => row.isUnended === true && !namingKeys(row).some(isFound));
  const beginning = cutOff === undefined ? '' : beginningOf(cutOff);
  const isLongEnough = beginning.length >= LEAST_BEGINNING;
  if (isLongEnough) context.spool.beginnings.add(beginning);
  const doubtful = [
    ...unclear.filter((row) => !namingKeys(row).some(isFound)),
    ...clear.filter((row) => isMisspelt(row, view) || whyUnaskable(row, context.access.refusedValues) !== undefined),
  ].filter((row) => row !== cutOff);
  return {
    matched: clear.filter((row) => isFound(row.key)).length,
    doubtful: [...doubtful, ...(cutOff === undefined || isLongEnough ? [] : [cutOff])].map((row) => row.place),
  };
}

/** A shorter text could begin anybody's address. */
const LEAST_BEGINNING = 3;

/** The beginning of an address in a line that was cut off. Empty for a value of --match-by, which is not an address. */
function beginningOf(row: InputRow): string {
  if (row.kind === 'person' && row.key.by === 'column') return '';
  const text = row.kind === 'person' && row.key.by === 'email' ? (row.emailText ?? row.email) : row.place.ref;
  return text.replace(/^.*<|^mailto:|^[^\p{L}\p{N}]+/iu, '').trim();
}

/** The row names a person that Dynamics can be asked for, and its cells are in their columns. */
function isClear(row: InputRow): row is PersonRow {
  return row.kind === 'person' && row.neverCreate === undefined && whyUnaskable(row) === undefined;
}

/** An address that cannot receive mail and that nobody has is a misspelling of another one, and nothing shows of which. */
function isMisspelt({ key, email, emailText = email }: PersonRow, view: PeopleView): boolean {
  if (key.by !== 'email' || whyUndeliverable(emailText) === undefined) return false;
  return view.alikeTo(lookAlikeKey(email)).length === 0;
}

/** Only the keys that name the row's person: an address in another cell may be somebody else's. */
function namingKeys(row: InputRow): readonly PersonKey[] {
  if (row.kind === 'person' && whyUnaskable(row) === undefined) return [row.key];
  return keysIn(row.place.ref);
}

/** A row will fail if no usable record has its id. Its e-mail address then shows who it could mean. */
function otherReadings(row: PersonRow, view: PeopleView): readonly PersonRow[] {
  if (row.key.by !== 'id' || row.email === '') return [];
  const isUsable = view.withId(row.key.id).some((person) => person.state === 'usable');
  return isUsable ? [] : [{ ...askingRow(row, { by: 'email', email: row.email }), emailText: row.emailText }];
}

async function readAndProtect(
  { access, matchBy, spool, askedBy }: Protecting,
  rows: readonly PersonRow[],
): Promise<PeopleView> {
  const queries = queriesForRows(rows, { matchBy, creation: undefined, leadsOfContacts: true });
  for (const { attribute } of queries)
    if (attribute === EMAIL_COLUMN || attribute === matchBy) askedBy.add(attribute.toLowerCase());
  const options = { matchBy, listIds: [] };
  const people = queries.length === 0 ? [] : await readMore(access, queries, options);
  const view = await followPeople(access, people, { ...options, purpose: 'removals', namedIds: new Set() });
  const addresses = rows.flatMap(({ key, email }) => (key.by === 'id' || email === '' ? [] : [lookAlikeKey(email)]));
  spool.protect([...[...view.all()].map((person) => person.id), ...addresses]);
  return view;
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/giu;
/** An apostrophe may be part of the address or a quotation mark around it: both readings count. */
const EMAILS = [
  /[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+/gu,
  /[^\s@<>,;:"'\p{Pi}\p{Pf}()[\]\\]+@[^\s@<>,;:"'\p{Pi}\p{Pf}()[\]\\]+/gu,
];
/** A row with more keys than this does not name one person. */
const MAX_KEYS = 50;

/** The ids and e-mail addresses in a text, each once. */
export function keysIn(text: string): readonly PersonKey[] {
  const ids = (text.match(GUID) ?? []).map((id) => id.toLowerCase());
  const texts = [text, text.normalize('NFKC')];
  const found = EMAILS.flatMap((pattern) => texts.flatMap((each) => each.match(pattern) ?? []));
  const emails = found.flatMap((each) => {
    const email = parseEmail(each);
    return email.ok ? [email.key.email] : [];
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

/** As exclusions, because those already keep a person who is named under another id or address. */
export function protectedPeople({ isProtected, beginnings }: Pick<Spool, 'isProtected' | 'beginnings'>): Exclusions {
  return {
    excludesRow: () => false,
    excludesRecord: ({ id, email = '' }) =>
      isProtected(id) ||
      (email !== '' && isProtected(lookAlikeKey(email))) ||
      [...beginnings].some((text) => mayBegin(text, { id, email })),
  };
}

/**
 * Whether a text that was cut off may begin this person's address or id. The beginning of a Unicode domain is not compared: its ASCII form is
 * made from the whole domain.
 */
function mayBegin(text: string, { id, email }: { readonly id: string; readonly email: string }): boolean {
  const plain = text.normalize('NFKC').toLowerCase();
  const [local = '', domain] = plain.split('@', 2);
  const isAscii = domain === undefined || /^[\x21-\x7e]*$/u.test(domain);
  const beginning = isAscii ? plain : `${local}@`;
  const begun = [email.toLowerCase(), lookAlikeKey(email), id.toLowerCase()];
  return begun.some(
    (whole) => whole.startsWith(beginning) || whole.startsWith(beginning.replace(/^(?:lead|contact):/u, '')),
  );
}

/** A row for lookups only: it changes nothing. */
function askingRow(row: InputRow, key: PersonKey): PersonRow {
  const email = key.by === 'email' ? key.email : '';
  return { kind: 'person', place: row.place, key, email, attributes: {}, columns: {} };
}
