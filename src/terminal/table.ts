/** Tables that fit the terminal: the first rows set the widths, the widest columns shrink, later rows stream. */
import { displayWidth, pad, truncate } from './display-width.ts';
import { safeText } from './safe-text.ts';

const GAP = '  ';
/** No column shrinks below this, unless its content is narrower. */
const NARROWEST = 8;

/** The least readable width. A table whose columns would be narrower drops some. */
const COMFORTABLE = 12;

/**
 * Which columns a terminal of `available` columns shows: while not all are readable, the widest is dropped, which is
 * mostly an id. The first always stays.
 */
export function shownColumns(natural: readonly number[], available: number): readonly number[] {
  let shown = natural.map((_, index) => index);
  const needed = (): number =>
    shown.reduce((sum, index) => sum + Math.min(natural[index] ?? 0, COMFORTABLE) + GAP.length, -GAP.length);
  while (shown.length > 2 && needed() > available) {
    const [first, ...others] = shown;
    const widest = Math.max(...others.map((index) => natural[index] ?? 0));
    const gone = others.findLast((index) => natural[index] === widest);
    shown = shown.filter((index) => index === first || index !== gone);
  }
  return shown;
}

/** Fits natural widths into `available` columns: the widest shrink to equal widths. */
export function columnWidths(natural: readonly number[], available: number): readonly number[] {
  const forCells = available - GAP.length * Math.max(0, natural.length - 1);
  const cutTo = (most: number): readonly number[] => natural.map((width) => Math.min(width, most));
  const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0);
  if (total(natural) <= forCells) return natural;
  let most = Math.max(...natural);
  while (most > NARROWEST && total(cutTo(most)) > forCells) most -= 1;
  // The rounding remainder goes to the first shrunk columns.
  let left = Math.max(0, forCells - total(cutTo(most)));
  return natural.map((width) => {
    if (width <= most || left === 0) return Math.min(width, most);
    left -= 1;
    return most + 1;
  });
}

/** The width of the header or of the widest cell. */
export function naturalWidths(header: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return header.map((title, index) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
}

/** One line: cells cut and padded to their widths, nothing after the last. */
export function tableLine(cells: readonly string[], widths: readonly number[]): string {
  return widths
    .map((width, index) => pad(truncate(cells[index] ?? '', width), width))
    .join(GAP)
    .trimEnd();
}

/** A cell's text: nothing for null, JSON for objects, safe to print. */
export function cellText(value: unknown): string {
  return safeText(plainText(value));
}

/** As CSV and tables show it; not yet safe for a terminal. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
