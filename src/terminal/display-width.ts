/** The width of a text in terminal columns: wide characters take two, combining marks none. The only import of get-east-asian-width. */
import { eastAsianWidth } from 'get-east-asian-width';

let segmenter: Intl.Segmenter | undefined;
/** Made when it is needed: that takes nearly 10 ms, and `--help` has only ASCII. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;
const EMOJI_PRESENTATION = /\p{Emoji_Presentation}|\ufe0f/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += segmentWidth(segment);
  return width;
}

/** The text in at most `columns` columns, with `…` in place of what does not fit. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let width = 1;
  let result = '';
  for (const { segment } of graphemesOf(text)) {
    width += segmentWidth(segment);
    if (width > columns) break;
    result += segment;
  }
  return `${result.trimEnd()}…`;
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

function segmentWidth(segment: string): number {
  if (NO_WIDTH.test(segment)) return 0;
  if (EMOJI_PRESENTATION.test(segment)) return 2;
  return eastAsianWidth(segment.codePointAt(0) ?? 0);
}
