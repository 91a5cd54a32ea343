/** Tables that fit the terminal: widths come from the first rows, the widest columns give way, and rows stream after that. */
import { displayWidth, pad, truncate } from './display-width.ts';
import { safeText } from './safe-text.ts';

const GAP = '  ';
/** No column is squeezed below this, unless its content is narrower anyway. */
const NARROWEST = 8;

/** The widths in which columns with these natural widths fit into `available` columns: the widest are cut first, to equal widths. */
export function columnWidths(natural: readonly number[], available: number): readonly number[] {
  const gaps = GAP.length * Math.max(0, natural.length - 1);
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gaps) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    const index = widths.lastIndexOf(widest);
    const second = Math.max(NARROWEST, ...widths.filter((width) => width < widest));
    const cut = Math.max(1, Math.min(excess, widest - second));
    widths[index] = widest - cut;
    excess -= cut;
  }
  return widths;
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
