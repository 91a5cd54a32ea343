/**
 * Turns CSV records into rows. The caller that opens the header decides what the columns mean. A row
 * without a person may be another header, a title or a note beside the table, and is checked again.
 */
import { InputError } from '../errors.ts';
import { type ParsedPiece, parseRecords, withCells } from './cells.ts';
import { isSeparatorLine } from './format.ts';
import { type InputRow, type RowReader, sourceName } from './input-row.ts';
import { invalidRow, type RowPlace, tooLongRow } from './make-row.ts';
import type { BadText } from './person-text.ts';
import { type Piece, type RecordPiece, RecordSplitter } from './records.ts';
import { isBlankCell } from './values.ts';

type MakeCsvRow = (place: RowPlace, cells: readonly string[]) => InputRow | undefined;

type CsvReaderOptions = {
  readonly source: string;
  readonly delimiter: string;
  /** The line where the header begins; lines before it are skipped. */
  readonly headerLine: number;
  /** Interprets the header on this line, or throws InputError. */
  readonly openHeader: (names: readonly string[], line: number) => MakeCsvRow;
  /** Whether these cells without a person are a header: of an appended file, or of a report's next table. */
  readonly isHeader: (cells: readonly string[], isBehindTitle: boolean) => boolean;
  /** Called once at the end with the lines that belong to no table. */
  readonly onPassedOver?: (lines: readonly number[]) => void;
};

export function createCsvReader(options: CsvReaderOptions): RowReader {
  const { source, delimiter, headerLine } = options;
  const splitter = new RecordSplitter(delimiter);
  const table = new Table(options);
  function* rowsOf(pieces: readonly Piece[]): Generator<InputRow> {
    const wanted = pieces.filter(({ line }) => line >= headerLine);
    for (const record of withCells(wanted, delimiter)) {
      if (record.piece.kind !== 'unclosed') yield* table.take(record);
      else {
        yield* table.end();
        throw unclosedQuote(source, record.piece.line);
      }
    }
  }
  return {
    push: (text) => rowsOf(splitter.push(text)),
    *end() {
      yield* rowsOf(splitter.end());
      yield* table.end();
    },
    line: () => splitter.line(),
  };
}

/** The table being read: its header, and what is not decided yet. */
class Table {
  readonly #options: CsvReaderOptions;
  #header: readonly string[] = [];
  #makeRow: MakeCsvRow | undefined;
  /** A row with one filled cell and no person: if a header follows, it is a title. */
  #title: InputRow | undefined;
  /** Where the last record ended: a gap before the next means blank lines. */
  #lastLine = 0;
  /** The previous records were notes, which follow blank lines. */
  #inNotes = false;
  readonly #passedOver: number[] = [];

  constructor(options: CsvReaderOptions) {
    this.#options = options;
  }

  /** The rows decided by this record: none while it may be a title; then the next record decides. */
  take({ piece, cells }: ParsedPiece): readonly InputRow[] {
    const place = { source: this.#options.source, line: piece.line };
    const isBehindBlank = piece.line > this.#lastLine + 1;
    this.#lastLine = piece.kind === 'record' ? piece.lastLine : piece.line;
    if (this.#makeRow === undefined) {
      if (piece.kind !== 'record') throw badHeader(place, 'is longer than 1 MiB');
      if (cells === undefined) throw badHeader(place, 'has broken quoting');
      this.#startTable(place, cells);
      return [];
    }
    if (piece.kind !== 'record') return this.#behindTitle([tooLongRow(place)]);
    const joined = piece.text.includes(MARK) ? this.#joined(place, piece.text) : undefined;
    if (joined !== undefined) return this.#behindTitle(joined);
    if (cells === undefined) return this.#behindTitle([invalidRow(place, {}, '', brokenQuotes(piece))]);
    return this.#rowsOfCells({ place, text: piece.text, cells, isBehindBlank });
  }

  end(): readonly InputRow[] {
    const { onPassedOver } = this.#options;
    if (this.#passedOver.length > 0) onPassedOver?.(this.#passedOver);
    return this.#behindTitle([]);
  }

  #startTable({ line }: RowPlace, cells: readonly string[]): void {
    const isSame = cells.length === this.#header.length && this.#repeatsHeader(cells);
    if (!isSame) this.#makeRow = this.#options.openHeader(cells, line);
    this.#header = cells;
  }

  #rowsOfCells({ place, text, cells, isBehindBlank }: TableRecord): readonly InputRow[] {
    const row = this.#makeRow?.(place, cells);
    if (row === undefined) return [];
    // With --match-by any text is a value, even the name of the column.
    if (row.kind === 'person' && !this.#repeatsHeader(cells)) return this.#behindTitle([row]);
    const isBehindTitle = this.#title !== undefined || this.#inNotes || isBehindBlank;
    if (this.#options.isHeader(cells, isBehindTitle)) {
      if (this.#title !== undefined) this.#passOver(this.#title.place.line);
      this.#title = undefined;
      this.#inNotes = false;
      this.#startTable(place, cells);
      return [];
    }
    if (isSeparatorLine(text)) return this.#behindTitle([]);
    if (this.#isNote(cells, isBehindBlank)) {
      this.#passOver(place.line);
      return [];
    }
    const before = this.#behindTitle([]);
    if (!isTitle(cells)) return [...before, row];
    this.#title = row;
    return before;
  }

  /** What follows shows that the pending row was not a title. */
  #behindTitle(rows: readonly InputRow[]): readonly InputRow[] {
    const title = this.#title;
    this.#inNotes = false;
    if (title === undefined) return rows;
    this.#title = undefined;
    return [title, ...rows];
  }

  #repeatsHeader(cells: readonly string[]): boolean {
    return cells.every((cell, at) => cell === this.#header[at]);
  }

  /** A line of text after blank lines, as reports have it under their table. Not a truncated row: that follows a row. */
  #isNote(cells: readonly string[], isBehindBlank: boolean): boolean {
    if (cells.length !== 1 || this.#header.length < 2 || /@/u.test(cells[0] ?? '')) return false;
    this.#inNotes ||= isBehindBlank;
    return this.#inNotes;
  }

  #passOver(line: number): void {
    // They go into one message: a dozen is enough.
    if (this.#passedOver.length < MAX_REPORTED) this.#passedOver.push(line);
  }

  /** Files that were joined without a line end between: the mark in the middle of the record is where the second one begins. */
  #joined(place: RowPlace, text: string): readonly InputRow[] | undefined {
    const parts = text.split(MARK);
    if (parts.length !== 2) return undefined;
    const [last, first] = parseRecords(parts, this.#options.delimiter);
    if (last === undefined || first === undefined || last.length > this.#header.length) return undefined;
    const before = this.#makeRow?.(place, last);
    if (!this.#options.isHeader(first, false)) return undefined;
    this.#makeRow = this.#options.openHeader(first, place.line);
    this.#header = first;
    return before === undefined ? [] : [before];
  }
}

type TableRecord = {
  readonly place: RowPlace;
  readonly text: string;
  readonly cells: readonly string[];
  readonly isBehindBlank: boolean;
};

/** Where a file begins that was joined on. */
const MARK = '\uFEFF';
const MAX_REPORTED = 12;

/** One filled cell of several, or of one: a title as reports have it above each of their tables. */
function isTitle(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isBlankCell(cell));
  return filled.length === 1 && !(filled[0] ?? '').includes('@');
}

function brokenQuotes({ line, lastLine }: RecordPiece): BadText {
  const where = line === lastLine ? '' : ` Lines ${line} to ${lastLine} were skipped.`;
  const message = `The quoting is broken: a cell that begins with a quote must end with one, and each quote inside it must be doubled.${where}`;
  return { code: 'BAD_QUOTES', message };
}

function badHeader({ source, line }: RowPlace, what: string): InputError {
  return new InputError('BAD_HEADER', `${sourceName(source)} cannot be read: the header in line ${line} ${what}.`, {
    hint: 'Is it a CSV file? If not, give its format: --input-format ids or jsonl.',
  });
}

function unclosedQuote(source: string, line: number): InputError {
  return new InputError(
    'BROKEN_QUOTE',
    `${sourceName(source)} cannot be read beyond line ${line}: a quote is opened and not closed.`,
    { hint: `Close or double the quote in line ${line}, and run the command again.` },
  );
}
