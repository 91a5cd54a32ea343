/** Reads a list of ids and addresses, one per line, perhaps below comments. */
import { isComment, isSeparatorLine, unquoted } from './format.ts';
import type { InputRow, RowReader } from './input-row.ts';
import { makeRowOfText, tooLongRow } from './make-row.ts';
import { parsePersonText } from './person-text.ts';
import { type Piece, RecordSplitter } from './records.ts';

export function createIdsReader(source: string, matchBy: string | undefined): RowReader {
  const splitter = new RecordSplitter();
  let isAbove = true;
  function* rows(pieces: readonly Piece[]): Generator<InputRow> {
    for (const piece of pieces) {
      const place = { source, line: piece.line };
      isAbove &&= piece.kind === 'record' && (isComment(piece.text.trim()) || isSeparatorLine(piece.text));
      if (piece.kind !== 'record') yield tooLongRow(place);
      else if (!isAbove) {
        for (const text of textsOf(piece.text)) yield makeRowOfText(place, text, matchBy);
      }
    }
  }
  return {
    push: (text) => rows(splitter.push(text)),
    end: () => rows(splitter.end()),
    line: () => splitter.line(),
  };
}

/** Where files without a final line end were joined, a line may hold two people, separated by the second file's byte order mark. */
function textsOf(line: string): readonly string[] {
  const plain = unquoted(line);
  if (!plain.includes('\uFEFF')) return [plain];
  const parts = plain.split('\uFEFF');
  return parts.every((part) => parsePersonText(part).ok) ? parts : [plain];
}
