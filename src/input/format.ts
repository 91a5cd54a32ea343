/**
 * Detects the format of an input and its header from the first lines. Pure. A line that is one id or address makes it
 * a list of ids, one that begins with { or [ (or is a string in quotes) JSON, a row with a known id or e-mail column CSV. A row of several cells
 * with an address or an id in it is data, which means that there is no header. Inconclusive lines are skipped.
 */
import { parseGuid } from '../guid.ts';
import { withCells } from './cells.ts';
import { isMeetingHeader } from './header-names.ts';
import type { RowReader } from './input-row.ts';
import { looksLikeGuid, parsePersonText } from './person-text.ts';
import { RecordSplitter } from './records.ts';
import { isBlankCell } from './values.ts';

export type InputFormat = 'ids' | 'csv' | 'jsonl';

export type DetectedFormat =
  | { readonly format: 'ids' }
  | { readonly format: 'jsonl' }
  | {
      readonly format: 'csv';
      readonly delimiter: string;
      /** Where the header begins. */
      readonly headerLine: number;
      /** Lines with content before it, which were skipped. */
      readonly passedOver: readonly SeenLine[];
    }
  /** No header: a row of data comes first, or none was found within the limits. */
  | {
      readonly format: 'none';
      readonly seen: readonly SeenLine[];
      /** The first row of data. */
      readonly data?: { readonly line: number; readonly cells: readonly string[] } | undefined;
      /** What looks most like a header. */
      readonly header?: { readonly line: number; readonly names: readonly string[] } | undefined;
    };

export type SeenLine = { readonly line: number; readonly text: string };

export type DetectOptions = {
  readonly wanted?: InputFormat | undefined;
  /** How many cells are known column names; 0 when they are not a header. */
  readonly knownNames: (cells: readonly string[]) => number;
  /** Any text may name a person (--match-by). Default: only ids and addresses. */
  readonly anyTextNames?: boolean | undefined;
  /** No more text will come, or no more is examined. */
  readonly isWhole: boolean;
};

/** How the first lines of an input are examined, and the reader that they lead to. */
export type Opener = Omit<DetectOptions, 'isWhole'> & {
  /** Throws InputError when nobody can be read. */
  open(source: string, detected: DetectedFormat): Promise<RowReader>;
};

/** Design: "Format and header are decided on the first 30 lines or 64 KiB". */
const MAX_DETECT_LINES = 30;
export const MAX_DETECT_LENGTH = 64 * 1024;

/** In order of preference. */
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Excel's first line that names the delimiter; in quotes or padded with delimiters after another program saved the file. */
const SEPARATOR = /^\uFEFF?[ ]*"?[ ]*sep[ ]*=[ ]*(?<delimiter>\\t|tab|[^"\r\n])?[ ]*"?[,;|\t ]*$/iu;

export const isSeparatorLine = (text: string): boolean => SEPARATOR.test(text);

/** Undefined while more text is needed. */
export function detectFormat(text: string, options: DetectOptions): DetectedFormat | undefined {
  if (options.wanted === 'ids' || options.wanted === 'jsonl') return { format: options.wanted };
  const lines = linesOf(text, options.isWhole);
  const isCard = /^BEGIN:V(?:CARD|CALENDAR)/iu.test(lines[0]?.text ?? '');
  if (isCard) return { format: 'none', seen: lines };
  if (options.isWhole && lines.every((line) => isComment(line.text.trim()))) return { format: 'ids' };
  const plain =
    options.wanted === undefined ? lines.find((line) => plainFormat(line.text, options) !== undefined) : undefined;
  const rows = firstRows(text, lines, options);
  const header = rows.find(({ kind }) => kind === 'header');
  const data = rows.find(({ kind }) => kind === 'data');
  const first = Math.min(...[plain, header, data].map((each) => each?.line ?? Number.POSITIVE_INFINITY));
  if (header !== undefined && header.line === first) return csvFrom(header, lines);
  if (plain !== undefined && plain.line === first) return { format: plainFormat(plain.text, options) ?? 'ids' };
  if (data !== undefined) return noHeader(lines, rows, data);
  if (!options.isWhole && lines.length < MAX_DETECT_LINES && text.length <= MAX_DETECT_LENGTH) return undefined;
  if (lines.length > 0 || options.isWhole) return noHeader(lines, rows, undefined);
  // A single line longer than what is examined: JSON, or an over-long line of a list.
  return { format: plainFormat(text.slice(0, MAX_DETECT_LENGTH), options) === 'jsonl' ? 'jsonl' : 'ids' };
}

function linesOf(text: string, isWhole: boolean): readonly SeenLine[] {
  const all = text.slice(0, MAX_DETECT_LENGTH).split(/\r\n|\r|\n/u);
  if (!isWhole || text.length > MAX_DETECT_LENGTH) all.pop();
  return all
    .map((line, index) => ({ line: index + 1, text: line.replace(/^\uFEFF+/u, '') }))
    .filter(({ text: line }) => !isBlankCell(line))
    .slice(0, MAX_DETECT_LINES);
}

/** Starts each text of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = '\u{1E}';

function plainFormat(line: string, options: DetectOptions): 'ids' | 'jsonl' | undefined {
  const text = (line.startsWith(RECORD_SEPARATOR) ? line.slice(1) : line).trim();
  if (text.startsWith('{') && parseGuid(text) === undefined && !/^\{[0-9a-z-]+\}?$/iu.test(text)) return 'jsonl';
  if (/^\[\s*(?:[{["\]]|$)/u.test(text) && !text.includes('](')) return 'jsonl';
  if (isSeparatorLine(line) || isComment(text) || options.knownNames([unquoted(text)]) > 0) return undefined;
  return namesOnePerson(text, options) ? 'ids' : undefined;
}

/** `# …` and `// …`, but not an address that begins with #. */
export const isComment = (text: string): boolean => /^(?:#|\/\/)/u.test(text) && !/^#\S*@\S+$/u.test(text);

/** The text of a line that is one quoted cell or JSON string. */
export function unquoted(line: string): string {
  const text = line.trim();
  if (!/^".*"$/su.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1).replaceAll('""', '"');
  }
}

/** One id or address, with nothing but delimiters after it. A malformed id counts too, so that its error is reported. */
function namesOnePerson(text: string, { anyTextNames = false }: DetectOptions): boolean {
  if (anyTextNames) return !/[,;\t|]/u.test(text);
  const plain = unquoted(text.replace(/[\s,;|]+$/u, '')).trim();
  if (/^[^<>]*<[^<>\s]+@[^<>\s]+>$/u.test(plain)) return true;
  return !/[,;\t|]/u.test(plain) && plain.split('\uFEFF').every(namesPersonText);
}

function namesPersonText(text: string): boolean {
  if (parsePersonText(text).ok) return true;
  const id = text.replace(/^[a-z]+\s*:\s*/iu, '');
  return looksLikeGuid(id) || /^(?:lead|contact)\s*:/iu.test(text);
}

type FoundRow = {
  readonly kind: 'header' | 'data' | 'other';
  readonly line: number;
  readonly delimiter: string;
  readonly cells: readonly string[];
  readonly known: number;
};

/** The rows up to the first conclusive one, split by the delimiter that fits best. */
function firstRows(text: string, lines: readonly SeenLine[], options: DetectOptions): readonly FoundRow[] {
  const named = lines.map((line) => SEPARATOR.exec(line.text)?.groups?.delimiter).find((found) => found !== undefined);
  const delimiters = named === undefined ? DELIMITERS : [delimiterNamed(named), ...DELIMITERS];
  const lastLine = lines.at(-1)?.line ?? 0;
  let best: readonly FoundRow[] = [];
  for (const delimiter of new Set(delimiters)) {
    const rows = rowsBy(delimiter, text, { ...options, lastLine });
    if (isBetter(rows, best)) best = rows;
  }
  return best;
}

const delimiterNamed = (name: string): string => (/^(?:\\t|tab)$/iu.test(name) ? '\t' : name);

function rowsBy(
  delimiter: string,
  text: string,
  options: DetectOptions & { readonly lastLine: number },
): readonly FoundRow[] {
  const splitter = new RecordSplitter(delimiter);
  const head = text.slice(0, MAX_DETECT_LENGTH);
  const pieces = [...splitter.push(head), ...(options.isWhole && head === text ? splitter.end() : [])];
  const rows: FoundRow[] = [];
  let isOfMeeting = false;
  for (const { piece, cells = [] } of withCells(pieces, delimiter)) {
    if (piece.kind !== 'record' || piece.line > options.lastLine) continue;
    if (isSeparatorLine(piece.text) || cells.every(isBlankCell)) continue;
    const known = isComment(piece.text.trim()) ? 0 : options.knownNames(cells);
    const isMeetings: boolean = known > 0 && isMeetingHeader(cells);
    const kind = isMeetings || isOfMeeting ? 'other' : kindOf(cells, known);
    isOfMeeting = isMeetings;
    rows.push({ kind, line: piece.line, delimiter, cells, known });
    if (kind !== 'other') break;
  }
  return rows;
}

function kindOf(cells: readonly string[], known: number): FoundRow['kind'] {
  const filled = cells.filter((cell) => !isBlankCell(cell));
  const namesSomebody = filled.some((cell) => parsePersonText(cell).ok);
  if (known > 0 && !namesSomebody) return 'header';
  return namesSomebody && filled.length > 1 ? 'data' : 'other';
}

/** Better: an earlier conclusive row; on the same line a header rather than data, more known names, more cells. */
function isBetter(rows: readonly FoundRow[], best: readonly FoundRow[]): boolean {
  const [mine, other] = [rows.at(-1), best.at(-1)];
  if (mine === undefined || other === undefined) return mine !== undefined;
  if (mine.kind === 'other' || other.kind === 'other')
    return mine.kind === other.kind ? mostCells(rows) > mostCells(best) : mine.kind !== 'other';
  const differences = [
    other.line - mine.line,
    Number(mine.kind === 'header') - Number(other.kind === 'header'),
    mine.known - other.known,
    mine.cells.length - other.cells.length,
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}

const mostCells = (rows: readonly FoundRow[]): number => Math.max(0, ...rows.map(({ cells }) => cells.length));

function csvFrom({ line, delimiter }: FoundRow, lines: readonly SeenLine[]): DetectedFormat {
  const passedOver = lines.filter(
    (each) => each.line < line && !isSeparatorLine(each.text) && /[\p{L}\p{N}]/u.test(each.text),
  );
  return { format: 'csv', delimiter, headerLine: line, passedOver };
}

function noHeader(lines: readonly SeenLine[], rows: readonly FoundRow[], data: FoundRow | undefined): DetectedFormat {
  const others = rows.filter(
    ({ kind, cells }) => kind === 'other' && cells.filter((cell) => !isBlankCell(cell)).length > 1,
  );
  const header =
    data === undefined
      ? others.toSorted((one, other) => other.cells.length - one.cells.length)[0]
      : others.findLast(({ cells }) => cells.length === data.cells.length);
  return {
    format: 'none',
    seen: lines,
    data,
    header: header === undefined ? undefined : { line: header.line, names: header.cells },
  };
}
