/**
 * Text from a server or an input file must not steer the terminal it is shown on: escape sequences move the cursor and retitle
 * windows, bidirectional and invisible characters make one name look like another.
 */

/** Control (Cc), format (Cf: bidi, zero width, soft hyphen, BOM, tags), line and paragraph separators, lone surrogates; invisible fillers. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0\u2800]/gu;
const LINE_OR_TAB = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/gu;

/** One printable line: line ends and tabs become blanks, other controls visible signs; invisible characters are removed. */
export function safeText(text: string): string {
  return text.replace(LINE_OR_TAB, ' ').replace(UNSAFE, visible);
}

/** Like safeText, but keeps line feeds. */
export function safeLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map(safeText)
    .join('\n');
}

/**
 * JSON text with the same characters written as `\uXXXX`: it means the same to a parser and is harmless on a terminal.
 * Takes text that is JSON already (there they can only stand inside strings).
 */
export function safeJson(json: string): string {
  return json.replace(UNSAFE, (character) => {
    if (character === '\n') return character;
    return [...character.split('')].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  });
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // The control pictures block has a sign for each of C0, and U+2421 for DEL.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code < 0xa0) return `<${code.toString(16).toUpperCase()}>`;
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return '';
}
