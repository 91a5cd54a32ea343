/** What a cell says: without the marks that programs put around it, and empty where they wrote a word for "empty". Pure. */

/**
 * What export tools write for "empty": Marketo's bulk extract `null`, SQL Server's query window `NULL`, PostgreSQL's and MySQL's dumps `\N`,
 * data grids `(null)`, Excel `#N/A`, JavaScript `undefined`. In exactly these spellings: Null is a surname.
 */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['null', 'NULL', '\\N', '(null)', '#N/A', 'undefined']);
const LONGEST_EMPTY_WORD = 9;

/** Nothing that anybody sees: white space, formatting characters, and letters without a shape (Hangul fillers, the empty Braille pattern). */
const INVISIBLE = '\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u{85}\\u{2800}';
const INVISIBLE_ALONE = new RegExp(`^[${INVISIBLE}]+$`, 'u');
/** Only formatting characters: variation selectors at the end belong to the character before them. */
const ENDS = /^[\s\p{Cf}\u{85}]+|[\s\p{Cf}\u{85}]+$/gu;
const PLAIN =
  /^[\x21-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}](?:[\x20-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}]*[\x21-\x7e\u{a1}-\u{ac}\u{ae}-\u{24f}])?$/u;

/** Most cells by far: nothing at their ends, and nothing that a program put there. */
const MOSTLY = /^[A-Za-z0-9](?:[\w @.,&+-]*[A-Za-z0-9.])?$/;

/** `="0049"`: how programs keep Excel from taking a text for a number. */
const FORMULA_TEXT = /^="(.*)"$/su;
/** An apostrophe before what Excel would take for a formula: how programs make a CSV safe (OWASP, "CSV Injection"). */
const GUARDED = /^'(?=[=+\-@\t\r])/u;

/** The value of a cell; empty when it says nothing. */
export function cellValue(cell: string): string {
  if (MOSTLY.test(cell)) return isEmptyWord(cell) ? '' : cell;
  const text = visible(cell);
  return isEmptyWord(text) ? '' : text;
}

/** The word for "empty" that the cell is, if it is one: to be said. */
export function emptyWord(cell: string): string | undefined {
  if (cell.length === 0 || cell.length > 4 * LONGEST_EMPTY_WORD) return undefined;
  const text = visible(cell);
  return isEmptyWord(text) ? text : undefined;
}

/** Nothing in it, or nothing that anybody sees. */
export const isBlankCell = (cell: string): boolean => cell === '' || INVISIBLE_ALONE.test(cell);

const isEmptyWord = (text: string): boolean => text.length <= LONGEST_EMPTY_WORD && EMPTY_WORDS.has(text);

function visible(cell: string): string {
  const text = PLAIN.test(cell) ? cell : cell.replace(ENDS, '');
  if (text === '' || INVISIBLE_ALONE.test(text)) return '';
  const first = text.charCodeAt(0);
  if (first === 0x3d) return FORMULA_TEXT.exec(text)?.[1]?.replaceAll('""', '"').trim() ?? text;
  return first === 0x27 ? text.replace(GUARDED, '') : text;
}
