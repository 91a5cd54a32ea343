/** Reads a cell: removes marks that programs put around it, and takes their words for "empty" as empty. Pure. */

/**
 * Words of export tools for "empty": Marketo's bulk extract `null`, SQL Server's query window `NULL`, PostgreSQL's and MySQL's dumps `\N`,
 * data grids `(null)`, Excel `#N/A`, JavaScript `undefined`. In exactly these spellings: Null is a surname.
 */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['null', 'NULL', '\\N', '(null)', '#N/A', 'undefined']);

/** Invisible: white space, formatting characters, and letters without a shape (Hangul fillers, the empty Braille pattern). */
const INVISIBLE = '\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u{85}\\u{2800}';
const INVISIBLE_ALONE = new RegExp(`^[${INVISIBLE}]+$`, 'u');
/** Not variation selectors: at the end they belong to the character before them. */
const ENDS = /^[\s\p{Cf}\u{85}]+|[\s\p{Cf}\u{85}]+$/gu;
const PLAIN =
  /^[\x21-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}](?:[\x20-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}]*[\x21-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}])?$/u;

/** Most cells by far: nothing to remove. */
const MOSTLY = /^[A-Za-z0-9](?:[\w @.,&+-]*[A-Za-z0-9.])?$/;

/** `="0049"`: keeps Excel from reading a text as a number. */
const FORMULA_TEXT = /^="(.*)"$/su;
/** An apostrophe before what Excel would run as a formula (OWASP, "CSV Injection"). */
const GUARDED = /^'(?=[=+\-@\t\r])/u;

/** Empty for blank cells and for words that mean "empty". */
export function cellValue(cell: string): string {
  if (MOSTLY.test(cell)) return EMPTY_WORDS.has(cell) ? '' : cell;
  const text = visible(cell);
  return EMPTY_WORDS.has(text) ? '' : text;
}

/** The word for "empty" in the cell, if any; for a notice. */
export function emptyWord(cell: string): string | undefined {
  const text = visible(cell);
  return EMPTY_WORDS.has(text) ? text : undefined;
}

export const isBlankCell = (cell: string): boolean => cell === '' || INVISIBLE_ALONE.test(cell);

function visible(cell: string): string {
  const text = PLAIN.test(cell) ? cell : cell.replace(ENDS, '');
  if (text === '' || INVISIBLE_ALONE.test(text)) return '';
  const first = text.charCodeAt(0);
  if (first === 0x3d) return FORMULA_TEXT.exec(text)?.[1]?.replaceAll('""', '"').trim() ?? text;
  return first === 0x27 ? text.replace(GUARDED, '') : text;
}
