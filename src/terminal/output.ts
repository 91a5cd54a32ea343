/** The output of listing commands on stdout: rows as a table, JSON, JSON Lines or CSV, always streamed. */
import { loadPaint } from './paint.ts';
import { notice } from './report-error.ts';
import { safeJson } from './safe-text.ts';
import {
  cellText,
  columnTitle,
  columnWidths,
  defaultLayout,
  measureColumns,
  plainText,
  type TableLayout,
  tableLine,
} from './table.ts';
import type { Output, Terminal } from './terminal.ts';

export const OUTPUT_FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export type RowsOutput = {
  readonly rows: AsyncIterable<object> | Iterable<object>;
  /** Keys of the rows, in order. A table and CSV show only these. */
  readonly columns: readonly string[];
  readonly format: OutputFormat;
  /** Limits JSON objects to the columns, because the user named them (--columns). Default: whole rows. */
  readonly onlyColumns?: boolean | undefined;
  /** What a table does on a narrow terminal. Columns that the user named all stay. */
  readonly layout?: TableLayout | undefined;
};

/** Prints the rows as they come and returns their number. Rejects with ReaderGoneError when the reader goes away. */
export async function writeRows(terminal: Terminal, output: RowsOutput): Promise<number> {
  const counter = { count: 0 };
  const hidden: string[] = [];
  const rows = counted(output.rows, counter);
  const { stdout } = terminal;
  await writeAll(stdout, WRITERS[output.format](stdout, { ...output, rows, hidden }));
  if (hidden.length > 0)
    await notice(terminal, 'NO_ROOM', `No room for: ${hidden.join(', ')}.`, 'Use a wider terminal, or -o json.');
  return counter.count;
}

/** One object (a summary, a profile) as indented JSON. */
export function writeJson(terminal: Terminal, value: object): Promise<void> {
  return terminal.stdout.write(`${safeJson(JSON.stringify(emptyAsNull(value), undefined, 2))}\n`);
}

type Rows = RowsOutput & {
  readonly rows: AsyncIterable<object>;
  /** Collects the columns that a table has no room for. */
  readonly hidden: string[];
};
type LineWriter = (stdout: Output, output: Rows) => AsyncIterable<string>;

const WRITERS = { table: tableLines, json: jsonLines, jsonl: jsonlLines, csv: csvLines } as const satisfies Record<
  OutputFormat,
  LineWriter
>;

/** Rows that set the widths of a table. */
const ROWS_MEASURED = 500;

async function* tableLines(stdout: Output, { columns, rows, hidden, ...output }: Rows): AsyncIterable<string> {
  const paint = await loadPaint(stdout.colour);
  const layout = output.layout ?? defaultLayout(columns);
  const first: (readonly string[])[] = [];
  let line: ((cells: readonly string[]) => string) | undefined;
  const start = function* (): Iterable<string> {
    const kept = output.onlyColumns === true ? { ...layout, leastFirst: [] } : layout;
    const measured = measureColumns(columns, first, kept);
    const widths = columnWidths(measured, stdout.columns);
    hidden.push(...columns.filter((_, index) => widths[index] === undefined && measured[index]?.isEmpty === false));
    line = (cells) => tableLine(cells, measured, { widths, available: stdout.columns });
    yield paint.bold(line(columns.map(columnTitle)));
    for (const cells of first) yield line(cells);
  };
  for await (const row of rows) {
    const cells = valuesOf(row, columns).map(cellText);
    if (line !== undefined) {
      yield line(cells);
      continue;
    }
    first.push(cells);
    if (first.length === ROWS_MEASURED) yield* start();
  }
  // An empty table has no header either: the command reports on stderr why it is empty.
  if (line === undefined && first.length > 0) yield* start();
}

async function* jsonlLines(_stdout: Output, output: Rows): AsyncIterable<string> {
  for await (const row of output.rows) yield safeJson(JSON.stringify(chosen(row, output)));
}

async function* jsonLines(_stdout: Output, output: Rows): AsyncIterable<string> {
  let previous: string | undefined;
  for await (const row of output.rows) {
    yield previous === undefined ? '[' : `${previous},`;
    previous = `  ${safeJson(JSON.stringify(chosen(row, output)))}`;
  }
  if (previous === undefined) {
    yield '[]';
    return;
  }
  yield previous;
  yield ']';
}

/** RFC 4180: CRLF between records, quotes around fields with a comma, quote or line break, quotes doubled. */
async function* csvLines(stdout: Output, { rows, columns }: Rows): AsyncIterable<string> {
  const field = (value: unknown): string => csvField(stdout.isTTY ? cellText(value) : plainText(value));
  yield `${columns.map(field).join(',')}\r`;
  for await (const row of rows) yield `${valuesOf(row, columns).map(field).join(',')}\r`;
}

export function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

function valuesOf(row: object, columns: readonly string[]): readonly unknown[] {
  const values = new Map<string, unknown>(Object.entries(row));
  return columns.map((column) => values.get(column));
}

function chosen(row: object, { columns, onlyColumns }: Rows): object {
  if (onlyColumns !== true) return emptyAsNull(row);
  const values = valuesOf(row, columns);
  return emptyAsNull(Object.fromEntries(columns.map((column, index) => [column, values[index]])));
}

/** So that programs find every key in every row, and have to test for one kind of "nothing" only. */
function emptyAsNull(row: object): object {
  const entries = Object.entries(row);
  return Object.fromEntries(
    entries.map(([key, value]: [string, unknown]) => [key, value === '' ? null : (value ?? null)]),
  );
}

async function* counted(rows: RowsOutput['rows'], counter: { count: number }): AsyncIterable<object> {
  for await (const row of rows) {
    yield row;
    counter.count += 1;
  }
}

/** Lines are joined up to this size: one system call per line would take most of the time of a long list. */
const CHUNK_CHARACTERS = 16 * 1024;

async function writeAll(stdout: Output, lines: AsyncIterable<string>): Promise<void> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS && !stdout.isTTY) continue;
    await stdout.write(chunk);
    chunk = '';
  }
  if (chunk !== '') await stdout.write(chunk);
}
