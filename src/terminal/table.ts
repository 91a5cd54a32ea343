/** Tables that fit the terminal: the first rows set the widths; what is least important goes or is cut first; later rows stream. */
import { displayWidth, pad, truncate } from './display-width.ts';
import { safeText } from './safe-text.ts';

const GAP = '  ';
/** The least readable width of a text that may be cut. */
const COMFORTABLE = 12;
/** No column shrinks below this, unless its content is narrower. */
const NARROWEST = 8;

/** How a table gives way on a narrow terminal: names of columns. */
export type TableLayout = {
  /** Those that go, the least important first. The others stay, and are whole while one of these stands. */
  readonly leastFirst: readonly string[];
  /** Those whose text may be cut before that: sentences, names of users and lists. */
  readonly mayCut: readonly string[];
};

/** Without a layout, what stands on the right is less important, and everything may be cut. */
export const defaultLayout = (columns: readonly string[]): TableLayout => ({
  leastFirst: columns.slice(1).toReversed(),
  mayCut: columns,
});

export type TableColumn = {
  /** Width of the header or of the widest cell. */
  readonly natural: number;
  readonly isEmpty: boolean;
  readonly mayCut: boolean;
  /** Place in the order in which columns go; -1: it stays. */
  readonly goes: number;
};

export function measureColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  { leastFirst, mayCut }: TableLayout,
): readonly TableColumn[] {
  return names.map((name, index) => {
    const widest = rows.reduce((width, row) => Math.max(width, displayWidth(row[index] ?? '')), 0);
    return {
      natural: Math.max(displayWidth(columnTitle(name)), widest),
      isEmpty: widest === 0,
      mayCut: mayCut.includes(name),
      goes: leastFirst.indexOf(name),
    };
  });
}

/** The width of each column on a terminal of `available` columns, or undefined when there is no room for it. */
export function columnWidths(columns: readonly TableColumn[], available: number): readonly (number | undefined)[] {
  const needed = (shown: readonly TableColumn[]): number =>
    lineWidth(shown.map(({ mayCut, natural }) => (mayCut ? Math.min(natural, COMFORTABLE) : natural)));
  const inOrder = columns.filter(({ goes }) => goes >= 0).toSorted((one, other) => one.goes - other.goes);
  let shown = columns;
  // An empty column says nothing: it goes before all others.
  for (const isEmpty of [true, false]) {
    for (const column of inOrder.filter((each) => each.isEmpty === isEmpty))
      if (needed(shown) > available) shown = shown.filter((each) => each !== column);
  }
  const widths = fitted(shown, available);
  return columns.map((column) => widths.get(column));
}

/** The widest columns shrink to equal widths; those that may be cut first, the others when that is not enough. */
function fitted(shown: readonly TableColumn[], available: number): ReadonlyMap<TableColumn, number> {
  const widths = new Map(shown.map((column) => [column, column.natural]));
  const excess = (): number => lineWidth([...widths.values()]) - available;
  const shrink = (cut: readonly TableColumn[], least: number): void => {
    while (excess() > 0) {
      const widest = Math.max(0, ...cut.map((column) => widths.get(column) ?? 0));
      // The last of the widest, so that the remainder of the division stays on the left.
      const column = cut.findLast((each) => widths.get(each) === widest);
      if (column === undefined || widest <= least) return;
      widths.set(column, widest - 1);
    }
  };
  shrink(
    shown.filter(({ mayCut }) => mayCut),
    COMFORTABLE,
  );
  shrink(shown, NARROWEST);
  return widths;
}

const lineWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);

/** `addedBy` → `ADDED BY` */
export function columnTitle(name: string): string {
  return safeText(name)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/**
 * One line, padded to the widths. Where a cell is longer, what is less important in its line gives way, then blanks do: names, codes and
 * addresses stay whole, unless their columns were cut for the first rows.
 */
export function tableLine(
  cells: readonly string[],
  columns: readonly TableColumn[],
  { widths, available }: { readonly widths: readonly (number | undefined)[]; readonly available: number },
): string {
  const shown = columns.flatMap((column, index): readonly ShownCell[] => {
    const [width, cell = ''] = [widths[index], cells[index]];
    if (width === undefined) return [];
    const text = column.mayCut && width < column.natural ? truncate(cell, width) : cell;
    return [{ ...column, least: width, width, text }];
  });
  const excess = (): number => Math.max(0, displayWidth(joined(shown)) - available);
  // From the right: cutting columns before the long cell would not help.
  const fromRight = shown.toReversed();
  for (const cell of fromRight.filter(({ mayCut }) => mayCut)) shorten(cell, COMFORTABLE, excess);
  for (const cell of fromRight.filter(({ goes }) => goes >= 0)) shorten(cell, 0, excess);
  for (const cell of shown) cell.width -= Math.min(excess(), Math.max(0, cell.width - displayWidth(cell.text)));
  for (const cell of fromRight.filter(({ least, natural }) => least < natural)) shorten(cell, cell.least, excess);
  return joined(shown);
}

type ShownCell = TableColumn & {
  /** That of its column. */
  readonly least: number;
  width: number;
  text: string;
};

/** Less than that of a text says nothing. */
const LEAST_LEFT = 4;

function shorten(cell: ShownCell, least: number, excess: () => number): void {
  const [whole, before] = [cell.text, excess()];
  if (before === 0) return;
  const left = Math.max(least, displayWidth(whole) - before);
  cell.text = left < LEAST_LEFT ? '' : truncate(whole, left);
  if (excess() === before) cell.text = whole;
}

/** What follows a cell that is too long moves to the right, and back to its place as soon as there is room. */
function joined(cells: readonly ShownCell[]): string {
  let late = 0;
  const padded = cells.map(({ text, width }) => {
    const cell = pad(text, width - late);
    late = Math.max(0, displayWidth(cell) - (width - late));
    return cell;
  });
  return padded.join(GAP).trimEnd();
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

/** A moment on the screen, in the reader's own time zone: `2026-11-21 10:00`. Data has ISO times. */
export function localTime(moment: string | number): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return String(moment);
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()];
  const [year, month, day, hours, minutes] = parts.map((part) => String(part).padStart(2, '0'));
  return `${year}-${month}-${day} ${hours}:${minutes}`;
}

/** Where each column counts, for what is kept for a month: `11-21 10:00`. */
export const shortLocalTime = (moment: string | number): string => localTime(moment).slice(5);
