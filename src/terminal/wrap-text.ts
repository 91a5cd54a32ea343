import { displayWidth } from './display-width.ts';

/** What is not broken: a word, or a command between backticks, which is there to be copied. */
const PIECE = /[^\s`]*`dyncamp [^`]+`\S*|\S+/gu;

export const piecesOf = (text: string): readonly string[] => text.match(PIECE) ?? [];

/** Breaks a text at blanks into lines of at most `width` columns; a piece longer than that has a line of its own. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text)) {
    const longer = line === '' ? piece : `${line} ${piece}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = piece;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Each line of a text in the width of a terminal; what is indented stays so, and lines that fit stay as they are. */
export function wrapLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (displayWidth(line) <= width ? line : wrapIndented(line, width)))
    .join('\n');
}

function wrapIndented(line: string, width: number): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  return wrapText(line.slice(indent.length), width - indent.length)
    .map((part) => `${indent}${part}`)
    .join('\n');
}
