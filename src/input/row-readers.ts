/** The three forms of input as readers: text in any pieces goes in, rows come out as soon as their line is complete. */
import { InputError } from '../errors.ts';
import { type ParsedRecord, parseRecords } from './csv.ts';
import type { InputRow } from './input-row.ts';
import { invalidRow, type RowPlace, tooLongRow } from './make-row.ts';
import type { Refusal } from './person-text.ts';
import { sourceName } from './source-name.ts';
import { createRecordSplitter, type Piece, type RecordPiece } from './split-records.ts';

/** `push` and `end` may throw InputError after the good rows before it were given. */
export type RowReader = {
  push(text: string): Iterable<InputRow>;
  end(): Iterable<InputRow>;
  /** The line that is being read. */
  line(): number;
};

/** Rows of one line each. `makeRow` gives undefined for lines that are passed over. */
export function createLineReader(
  source: string,
  makeRow: (place: RowPlace, text: string) => InputRow | undefined,
): RowReader {
  return createReader(createRecordSplitter(), function* (pieces) {
    for (const piece of pieces) {
      const place = { source, line: piece.line };
      const row = piece.kind === 'record' ? makeRow(place, piece.text) : tooLongRow(place);
      if (row !== undefined) yield row;
    }
  });
}

export type MakeCsvRow = (place: RowPlace, cells: readonly string[]) => InputRow | undefined;

export type CsvReaderOptions = {
  readonly source: string;
  readonly delimiter: string;
  /** Says what the columns of the header in this line mean, or throws InputError. */
  readonly openHeader: (names: readonly string[], line: number) => MakeCsvRow;
  /** The first record is Excel's `sep=;` and no header. Default: false. */
  readonly passOverFirst?: boolean;
};

/** CSV whose first record is the header. */
export function createCsvReader(options: CsvReaderOptions): RowReader {
  const { source, delimiter } = options;
  let makeRow: MakeCsvRow | undefined;
  let passOver = options.passOverFirst ?? false;
  /** The first record is the header, or what may stand before it. */
  const takeHeader = (piece: Piece, cells: ParsedRecord): void => {
    if (passOver) {
      passOver = false;
      return;
    }
    if (piece.kind === 'too-long') throw badHeader(source, piece.line, 'is longer than 1 MiB');
    if (cells === undefined) throw badHeader(source, piece.line, 'has broken quoting');
    makeRow = options.openHeader(cells, piece.line);
  };
  return createReader(createRecordSplitter(delimiter), function* (pieces) {
    for (const { piece, cells } of withCells(pieces, delimiter)) {
      if (piece.kind === 'unclosed') throw unclosedQuote(source, piece.line);
      if (makeRow === undefined) {
        takeHeader(piece, cells);
        continue;
      }
      const row = csvRow(source, piece, cells, makeRow);
      if (row !== undefined) yield row;
    }
  });
}

function csvRow(source: string, piece: Piece, cells: ParsedRecord, makeRow: MakeCsvRow): InputRow | undefined {
  const place = { source, line: piece.line };
  if (piece.kind !== 'record') return tooLongRow(place);
  return cells === undefined ? invalidRow(place, {}, '', brokenQuotes(piece)) : makeRow(place, cells);
}

/** The cells of all records of these pieces, parsed together. */
function* withCells(
  pieces: readonly Piece[],
  delimiter: string,
): IterableIterator<{ piece: Piece; cells: ParsedRecord }> {
  const texts: string[] = [];
  for (const piece of pieces) if (piece.kind === 'record') texts.push(piece.text);
  const parsed = parseRecords(texts, delimiter).values();
  for (const piece of pieces) yield { piece, cells: piece.kind === 'record' ? parsed.next().value : undefined };
}

function createReader(
  splitter: ReturnType<typeof createRecordSplitter>,
  rows: (pieces: readonly Piece[]) => Iterable<InputRow>,
): RowReader {
  return {
    push: (text) => rows(splitter.push(text)),
    end: () => rows(splitter.end()),
    line: () => splitter.line(),
  };
}

function brokenQuotes({ line, lastLine }: RecordPiece): Refusal {
  const where = line === lastLine ? '' : ` Lines ${line} to ${lastLine} were passed over.`;
  const message = `The quoting is broken: a cell with a quote in it must stand in quotes, and each quote in it twice.${where}`;
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
