/** Splits CSV records into cells. The only import of csv-parse. */
import { CsvError, parse } from 'csv-parse/sync';
import type { Piece, RecordPiece } from './records.ts';

/** The cells of a record, or undefined when its quoting is broken. */
export type ParsedRecord = readonly string[] | undefined;

/** Only records with quotes need csv-parse. */
const QUOTE = '"';

/**
 * Splits whole records (records.ts) into cells. Without csv-parse's stream: it holds back the end of its input until more comes (it wants
 * the characters after a line end), but a row on an open pipe must come out at once. Records are parsed together, which is ten times
 * as fast as one by one. Only if one is malformed are they parsed singly, with blanks around quotes and quotes inside plain cells allowed
 * (5" or ="0049"). Text after a closing quote stays an error: it is not clear where such a cell ends.
 */
export function parseRecords(records: readonly string[], delimiter: string): readonly ParsedRecord[] {
  if (!records.some((record) => record.includes(QUOTE))) return records.map((record) => record.split(delimiter));
  const together = tryParse(records.join('\n'), { delimiter });
  if (together?.length === records.length) return together;
  return records.map((record) => {
    if (!record.includes(QUOTE)) return record.split(delimiter);
    const strict = tryParse(record, { delimiter });
    const rows = strict?.length === 1 ? strict : tryParse(record, { delimiter, trim: true, relax_quotes: true });
    return rows?.length === 1 ? rows[0] : undefined;
  });
}

export type ParsedPiece = { readonly piece: Piece; readonly cells: ParsedRecord };

/** Pieces with the cells of those that are records, parsed together. */
export function* withCells(pieces: readonly Piece[], delimiter: string): Generator<ParsedPiece> {
  const records = pieces.filter((piece): piece is RecordPiece => piece.kind === 'record');
  const texts = records.map(({ text }) => text);
  const parsed = parseRecords(texts, delimiter).values();
  for (const piece of pieces) yield { piece, cells: piece.kind === 'record' ? parsed.next().value : undefined };
}

type ParseOptions = { readonly delimiter: string; readonly trim?: boolean; readonly relax_quotes?: boolean };

function tryParse(text: string, options: ParseOptions): string[][] | undefined {
  try {
    return parse(text, { ...options, record_delimiter: '\n', relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}
