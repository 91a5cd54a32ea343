/** Cells to a line of CSV by RFC 4180. Pure. */

const CSV_LINE_END = '\r\n';

/**
 * Quotes only what RFC 4180 asks for. Cells that begin with `=`, `+`, `-` or `@` are left as they are: a results file is data that is
 * read back (--only-failed) and by other programs, and an apostrophe before such a cell, as spreadsheets would need it, would change it.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',') + CSV_LINE_END;
}

function csvCell(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Where the cells of a file grow in number: from this record on (0-based) a record has so many. */
export type Growth = { readonly fromRecord: number; readonly cells: number };

/**
 * Appends empty cells to the records of a file that csvLine wrote, so that each has as many as the last ones. `growths` begins with
 * record 0. Takes and gives text in any pieces.
 */
export async function* padRecords(texts: AsyncIterable<string>, growths: readonly Growth[]): AsyncGenerator<string> {
  const padding = paddingByRecord(growths);
  let quoted = false;
  for await (const text of texts) {
    let padded = '';
    let from = 0;
    for (let index = 0; index < text.length; index += 1) {
      const character = text[index];
      if (character === '"') quoted = !quoted;
      if (character !== '\r' || quoted) continue;
      padded += text.slice(from, index) + padding();
      from = index;
    }
    yield padded + text.slice(from);
  }
}

/** What the next record lacks, at each call. */
function paddingByRecord(growths: readonly Growth[]): () => string {
  const total = growths.at(-1)?.cells ?? 0;
  let record = 0;
  let current = 0;
  return () => {
    while ((growths[current + 1]?.fromRecord ?? Number.POSITIVE_INFINITY) <= record) current += 1;
    record += 1;
    return ','.repeat(total - (growths[current]?.cells ?? total));
  };
}
