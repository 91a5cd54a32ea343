/** Tables that fit the terminal: widths come from the first rows, the widest columns give way, and rows stream after that. */
import { displayWidth, pad, truncate } from './display-width.ts';
import { safeText } from './safe-text.ts';

const GAP = '  ';
/** No column is squeezed below this, unless its content is narrower anyway. */
const NARROWEST = 8;

/** What a column needs to say anything; a table whose columns would have less leaves some out. */
const COMFORTABLE = 12;

/**
 * Which columns are shown in `available` columns of the terminal: while they do not all have room to be read, the widest goes, which
 * mostly is an id. The first stays.
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

/** The widths in which columns with these natural widths fit into `available` columns: the widest are cut, to equal widths. */
export function columnWidths(natural: readonly number[], available: number): readonly number[] {
  const forCells = available - GAP.length * Math.max(0, natural.length - 1);
  const cutTo = (most: number): readonly number[] => natural.map((width) => Math.min(width, most));
  const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0);
  if (total(natural) <= forCells) return natural;
  let most = Math.max(...natural);
  while (most > NARROWEST && total(cutTo(most)) > forCells) most -= 1;
  // What rounding left over goes to the first of the columns that were cut.
  let left = Math.max(0, forCells - total(cutTo(most)));
  return natural.map((width) => {
    if (width <= most || left === 0) return Math.min(width, most);
    left -= 1;
    return most + 1;
  });
}

/** The natural width of each column: its header's or its widest cell's. */
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

/** A value as CSV and tables show it, not yet made safe. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
