/** Values and rows as the store keeps them, names as SQL has them, and text as it is compared. */

export type Value = string | number | boolean | null;

/** A row by wire column names, e.g. `{leadid, emailaddress1, _campaignid_value, statecode}`. Absent columns are null. */
export type Row = Record<string, Value>;

// Text comparison that ignores case and respects accents, as Dataverse's default collation does. SQLite's lower() knows ASCII only, so
// the few values for which that is not enough have their folded form in the JSON column `$folds` beside the row.
// Differs: SQL Server also treats some letters alike (ß and ss, full and half width); here only case is ignored.

export const FOLDS_COLUMN = '$folds';

export function foldText(text: string): string {
  const lower = text.toLowerCase();
  // JavaScript writes a sigma at the end of a word another way; a part of the word would not be found in it.
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/** The folded value of a text column, as the indexes have it: expressions must match letter by letter for SQLite to use them. */
export function foldedColumn(alias: string, column: string): string {
  const prefix = alias === '' ? '' : `${quoteName(alias)}.`;
  return `ifnull(${prefix}"${FOLDS_COLUMN}"->>'${column}',lower(${prefix}${quoteName(column)}))`;
}

/** What `$folds` must hold for this value: undefined where lower() does. */
export function foldedBeyondAscii(value: Value | undefined): string | undefined {
  if (typeof value !== 'string' || isAscii(value)) return undefined;
  const folded = foldText(value);
  return folded === asciiLower(value) ? undefined : folded;
}

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
