/** Values and rows as the store keeps them, names as SQL has them, and text as it is compared. */

export type Value = string | number | boolean | null;

/** A row by wire column names, e.g. `{leadid, emailaddress1, _campaignid_value, statecode}`. Absent columns are null. */
export type Row = Record<string, Value>;

// Text is compared by the organization's collation (U39): SQLite's lower() knows ASCII only, so the values for which that is not enough have
// their folded forms in the JSON column `$folds` beside the row. [documented: "Dataverse language collations"]
// Differs: SQL Server also treats some letters alike (ß and ss, ø and o, full and half width); here only case and accents are ignored.

export type Collation = 'CI_AI' | 'CI_AS' | 'turkish';

export const FOLDS_COLUMN = '$folds';

/** The collation that the indexes are made for; under another one text is found by scanning the table. */
export const INDEXED: Collation = 'CI_AI';

export function foldText(text: string, collation: Collation): string {
  if (collation === 'CI_AS') return lowerCase(text);
  const cased = collation === 'turkish' ? text.normalize('NFC').replaceAll('I', 'ı').replaceAll('İ', 'i') : text;
  return isAscii(cased)
    ? cased.toLowerCase()
    : lowerCase(cased.normalize('NFD').replace(/\p{M}+/gu, '')).normalize('NFC');
}

function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  // JavaScript writes a sigma at the end of a word differently; a part of the word would not be found in it.
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/** The folded value of a text column, as the indexes have it: expressions must match letter by letter for SQLite to use them. */
export function foldedColumn(alias: string, column: string, collation: Collation): string {
  const prefix = alias === '' ? '' : `${quoteName(alias)}.`;
  const text = `${prefix}${quoteName(column)}`;
  const lower = collation === 'turkish' ? `lower(replace(${text},'I','ı'))` : `lower(${text})`;
  return `ifnull(${prefix}"${FOLDS_COLUMN}"->>'${foldName(column, collation)}',${lower})`;
}

const foldName = (column: string, collation: Collation): string =>
  collation === INDEXED ? column : `${column}|${collation}`;

/** What `$folds` must hold for this value under each collation: null where SQL's lower() does. */
export function foldsOfText(column: string, value: Value): (readonly [string, string | null])[] {
  const needsFold = typeof value === 'string' && !isAscii(value);
  return COLLATIONS.map((collation) => {
    const folded = needsFold ? foldText(value, collation) : null;
    const bySql = needsFold ? asciiLower(collation === 'turkish' ? value.replaceAll('I', 'ı') : value) : null;
    return [foldName(column, collation), folded === bySql ? null : folded] as const;
  });
}

const COLLATIONS: readonly Collation[] = ['CI_AI', 'CI_AS', 'turkish'];

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
  return /^[\x00-\x7f]*$/.test(text);
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
