/**
 * CSV: records to cells, and cells to rows. What the columns mean is said by whoever opens the header; a row
 * that names nobody may be a header again, a title or a note beside the table, and is looked at once more.
 */
import { InputError } from '../errors.ts';
import { type ParsedRecord, parseRecords } from './cells.ts';
import { isSeparatorLine } from './format.ts';
import type { InputRow } from './input-row.ts';
import { invalidRow, type RowPlace, tooLongRow } from './make-row.ts';
import type { Refusal } from './person-text.ts';
import { createRecordSplitter, type Piece, type RecordPiece } from './records.ts';
import { sourceName } from './source-name.ts';
import { isBlankCell } from './values.ts';

/** `push` and `end` may throw InputError after the good rows before it were given. */
export type RowReader = {
  push(text: string): Iterable<InputRow>;
  end(): Iterable<InputRow>;
  /** The line that is being read. */
  line(): number;
};

export type MakeCsvRow = (place: RowPlace, cells: readonly string[]) => InputRow | undefined;

export type CsvReaderOptions = {
  readonly source: string;
  readonly delimiter: string;
  /** The line where the header begins; what stands before it is passed over. */
  readonly headerLine: number;
  /** Says what the columns of the header in this line mean, or throws InputError. */
  readonly openHeader: (names: readonly string[], line: number) => MakeCsvRow;
  /** Whether these cells, which name nobody, are a header: of a file that was joined on, or of a report's next table. */
  readonly isHeader: (cells: readonly string[], isBehindTitle: boolean) => boolean;
  /** Told once at the end: lines that belong to no table. */
  readonly onPassedOver?: (lines: readonly number[]) => void;
};

export function createCsvReader(options: CsvReaderOptions): RowReader {
  const splitter = createRecordSplitter(options.delimiter);
  const table = new Table(options);
  return {
    *push(text) {
      for (const record of withCells(splitter.push(text), options)) yield* table.take(record);
    },
    *end() {
      for (const record of withCells(splitter.end(), options)) yield* table.take(record);
      yield* table.end();
    },
    line: () => splitter.line(),
  };
}

type CsvRecord = { readonly piece: Piece; readonly cells: ParsedRecord };

/** The cells of all records of these pieces, parsed together. */
function* withCells(pieces: readonly Piece[], { delimiter, headerLine }: CsvReaderOptions): Generator<CsvRecord> {
  const wanted = pieces.filter(({ line }) => line >= headerLine);
  const records = wanted.filter((piece): piece is RecordPiece => piece.kind === 'record');
  const parsed = parseRecords(
    records.map(({ text }) => text),
    delimiter,
  ).values();
  for (const piece of wanted) yield { piece, cells: piece.kind === 'record' ? parsed.next().value : undefined };
}

/** The table that is being read: its header, and what is not decided yet. */
class Table {
  readonly #options: CsvReaderOptions;
  #header: readonly string[] = [];
  #makeRow: MakeCsvRow | undefined;
  /** A row of one filled cell that names nobody: with a header behind it, it is a title. */
  #title: InputRow | undefined;
  /** Where the last record ended: a gap before the next one is blank lines. */
  #lastLine = 0;
  /** The records before were notes, which stand behind blank lines. */
  #inNotes = false;
  readonly #passedOver: number[] = [];

  constructor(options: CsvReaderOptions) {
    this.#options = options;
  }

  *take(record: CsvRecord): Generator<InputRow> {
    const { piece, cells } = record;
    const { source } = this.#options;
    if (piece.kind === 'unclosed') {
      yield* this.#flushTitle();
      throw unclosedQuote(source, piece.line);
    }
    if (this.#makeRow === undefined) {
      this.#openHeader(record);
      return;
    }
    const place = { source, line: piece.line };
    const isBehindBlank = piece.line > this.#lastLine + 1;
    this.#lastLine = piece.kind === 'record' ? piece.lastLine : piece.line;
    if (piece.kind !== 'record') yield* this.#give(tooLongRow(place));
    else if (cells === undefined) yield* this.#give(...this.#broken(place, piece));
    else yield* this.#takeCells({ piece, cells, isBehindBlank });
  }

  *end(): Generator<InputRow> {
    yield* this.#flushTitle();
    if (this.#passedOver.length > 0) this.#options.onPassedOver?.(this.#passedOver);
  }

  #openHeader({ piece, cells }: CsvRecord): void {
    const { source } = this.#options;
    if (piece.kind === 'too-long') throw badHeader(source, piece.line, 'is longer than 1 MiB');
    if (cells === undefined) throw badHeader(source, piece.line, 'has broken quoting');
    this.#startTable(piece, cells);
  }

  #startTable(piece: Piece, cells: readonly string[]): void {
    const isSame = cells.length === this.#header.length && cells.every((cell, at) => cell === this.#header[at]);
    if (!isSame) this.#makeRow = this.#options.openHeader(cells, piece.line);
    this.#header = cells;
    this.#lastLine = piece.kind === 'record' ? piece.lastLine : piece.line;
  }

  *#takeCells(record: { piece: RecordPiece; cells: readonly string[]; isBehindBlank: boolean }): Generator<InputRow> {
    const { piece, cells } = record;
    const place = { source: this.#options.source, line: piece.line };
    const row = this.#makeRow?.(place, cells);
    if (row === undefined) return;
    if (namesSomebody(row) && !this.#repeatsHeader(cells)) {
      const joined = cells.length > this.#header.length ? this.#joined(place, piece.text) : undefined;
      yield* this.#give(...(joined ?? [row]));
      return;
    }
    const isBehindTitle = this.#title !== undefined || this.#inNotes || record.isBehindBlank;
    if (this.#options.isHeader(cells, isBehindTitle)) {
      if (this.#title !== undefined) this.#passOver(this.#title.place.line);
      this.#title = undefined;
      this.#inNotes = false;
      this.#startTable(piece, cells);
    } else if (isSeparatorLine(piece.text)) this.#title = undefined;
    else if (this.#isNote(record)) this.#passOver(piece.line);
    else if (isTitle(cells)) {
      yield* this.#flushTitle();
      this.#inNotes = false;
      this.#title = row;
    } else yield* this.#give(...(this.#joined(place, piece.text) ?? [row]));
  }

  *#give(...rows: readonly InputRow[]): Generator<InputRow> {
    yield* this.#flushTitle();
    this.#inNotes = false;
    yield* rows;
  }

  *#flushTitle(): Generator<InputRow> {
    if (this.#title !== undefined) yield this.#title;
    this.#title = undefined;
  }

  /** With --match-by any text is a value, also the name of the column. */
  #repeatsHeader(cells: readonly string[]): boolean {
    return cells[0] === this.#header[0] && cells.every((cell, at) => cell === this.#header[at]);
  }

  /** A line of text behind blank lines, as reports have it under their table. Not a row that was cut off: that stands behind a row. */
  #isNote({ cells, isBehindBlank }: { cells: readonly string[]; isBehindBlank: boolean }): boolean {
    if (cells.length !== 1 || this.#header.length < 2 || /@/u.test(cells[0] ?? '')) return false;
    this.#inNotes ||= isBehindBlank;
    return this.#inNotes;
  }

  #passOver(line: number): void {
    this.#passedOver.push(line);
    // The numbers are to be said: a dozen is enough.
    if (this.#passedOver.length > MAX_TOLD) this.#passedOver.length = MAX_TOLD;
  }

  /** Files that were joined without a line end between: the mark in the middle of the record tells where. */
  #joined(place: RowPlace, text: string): readonly InputRow[] | undefined {
    const parts = text.split('\uFEFF');
    if (parts.length !== 2) return undefined;
    const [last, first] = parseRecords(parts, this.#options.delimiter);
    if (last === undefined || first === undefined || last.length > this.#header.length) return undefined;
    const before = this.#makeRow?.(place, last);
    if (!this.#options.isHeader(first, false)) return undefined;
    this.#makeRow = this.#options.openHeader(first, place.line);
    this.#header = first;
    return before === undefined ? [] : [before];
  }

  /** A record with broken quoting: perhaps because two files were joined in it. */
  #broken(place: RowPlace, piece: RecordPiece): readonly InputRow[] {
    return this.#joined(place, piece.text) ?? [invalidRow(place, {}, '', brokenQuotes(piece))];
  }
}

const MAX_TOLD = 12;

const namesSomebody = (row: InputRow): boolean => row.kind === 'person';

/** One filled cell of several, or of one: a title as reports have it above each of their tables. */
function isTitle(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isBlankCell(cell));
  return filled.length === 1 && !(filled[0] ?? '').includes('@');
}

function brokenQuotes({ line, lastLine }: RecordPiece): Refusal {
  const where = line === lastLine ? '' : ` Lines ${line} to ${lastLine} were passed over.`;
  const message = `The quoting is broken: a cell that begins with a quote must end with one, and each quote in it must stand twice.${where}`;
  return { code: 'BAD_QUOTES', message };
}

function badHeader(source: string, line: number, what: string): InputError {
  return new InputError('BAD_HEADER', `${sourceName(source)} cannot be read: the header in line ${line} ${what}.`, {
    hint: 'Is it a CSV file? If it is not, say what it is: --input-format ids or jsonl.',
  });
}

function unclosedQuote(source: string, line: number): InputError {
  return new InputError(
    'BROKEN_QUOTE',
    `${sourceName(source)} cannot be read beyond line ${line}: a quote that is opened in it is not closed.`,
    { hint: `Close or double the quote in line ${line}, and run the command again.` },
  );
}
