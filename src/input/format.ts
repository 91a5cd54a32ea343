/**
 * Which of the three forms an input has and where its header stands, told by its first lines. Pure. A line that is one id or address makes it
 * a list of ids, one that begins with { or [ (or is a text in quotes) JSON, a row with a known id or e-mail column CSV. A row of several cells
 * with an address or an id in it is data: then there is no header. Lines that tell nothing are passed over.
 */
import { parseGuid } from '../guid.ts';
import { parseRecords } from './cells.ts';
import { isMeetingHeader } from './header-names.ts';
import { looksLikeGuid, parsePersonText } from './person-text.ts';
import { createRecordSplitter, type RecordPiece } from './records.ts';
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
      /** Lines before it that say something and were passed over. */
      readonly passedOver: readonly SeenLine[];
    }
  /** No header: a row of data comes first, or nothing was found within the limits. */
  | {
      readonly format: 'none';
      readonly seen: readonly SeenLine[];
      /** The first row of data, and the row before it that may be its header. */
      readonly data?: { readonly line: number; readonly cells: readonly string[] } | undefined;
      /** What looks most like a header. */
      readonly header?: { readonly line: number; readonly names: readonly string[] } | undefined;
    };

export type SeenLine = { readonly line: number; readonly text: string };

export type DetectOptions = {
  /** --input-format. */
  readonly wanted?: InputFormat | undefined;
  /** How many of the cells are names of columns that mean something; 0 when they are no header. */
  readonly knownNames: (cells: readonly string[]) => number;
  /** Any text names somebody (--match-by). Default: ids and addresses do. */
  readonly anyTextNames?: boolean | undefined;
  /** The text is all there is, or all that is looked at. */
  readonly isWhole: boolean;
};

/** Design: "Format and header are decided on the first 30 lines or 64 KiB". */
export const MAX_DETECT_LINES = 30;
export const MAX_DETECT_LENGTH = 64 * 1024;

/** In order of preference. */
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Excel's first line that names the delimiter, in quotes or padded with delimiters when something saved the file again. */
const SEPARATOR = /^\uFEFF?[ ]*"?[ ]*sep[ ]*=[ ]*(?<delimiter>\\t|tab|[^"\r\n])?[ ]*"?[,;|\t ]*$/iu;

export const isSeparatorLine = (text: string): boolean => SEPARATOR.test(text);

/** Undefined while the text does not tell: then more of it is to be waited for. */
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
  // One line that is longer than what is looked at: JSON, or a line that is too long, of whatever it may be a list of.
  return { format: plainFormat(text.slice(0, MAX_DETECT_LENGTH), options) === 'jsonl' ? 'jsonl' : 'ids' };
}

/** The first complete lines that are not blank. */
function linesOf(text: string, isWhole: boolean): readonly SeenLine[] {
  const all = text.slice(0, MAX_DETECT_LENGTH).split(/\r\n|\r|\n/u);
  if (!isWhole || text.length > MAX_DETECT_LENGTH) all.pop();
  return all
    .map((line, index) => ({ line: index + 1, text: line.replace(/^\uFEFF+/u, '') }))
    .filter(({ text: line }) => !isBlankCell(line))
    .slice(0, MAX_DETECT_LINES);
}

/** RFC 7464 begins each text of a JSON text sequence with it. */
const RECORD_SEPARATOR = '\u{1E}';

/** What a line tells by itself. */
function plainFormat(line: string, options: DetectOptions): 'ids' | 'jsonl' | undefined {
  const text = (line.startsWith(RECORD_SEPARATOR) ? line.slice(1) : line).trim();
  if (text.startsWith('{') && parseGuid(text) === undefined && !/^\{[0-9a-z-]+\}?$/iu.test(text)) return 'jsonl';
  if (/^\[\s*(?:[{["\]]|$)/u.test(text) && !text.includes('](')) return 'jsonl';
  if (isSeparatorLine(line) || isComment(text) || options.knownNames([unquoted(text)]) > 0) return undefined;
  return namesOnePerson(text, options) ? 'ids' : undefined;
}

/** `# …` and `// …`: no address begins so that is not in a list of them. */
export const isComment = (text: string): boolean => /^(?:#|\/\/)/u.test(text) && !/^#\S*@\S+$/u.test(text);

/** The text of a line that is one cell or one text of JSON in quotes. */
export function unquoted(line: string): string {
  const text = line.trim();
  if (!/^".*"$/su.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1).replaceAll('""', '"');
  }
}

/** One id or address, and nothing beside it but what closes a cell. Something that was meant as an id counts: it is told what is wrong with it. */
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

/** The rows up to the one that tells, split by the delimiter that makes most of it. */
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
  const splitter = createRecordSplitter(delimiter);
  const head = text.slice(0, MAX_DETECT_LENGTH);
  const pieces = [...splitter.push(head), ...(options.isWhole && head === text ? splitter.end() : [])];
  const records = pieces.filter(
    (piece): piece is RecordPiece => piece.kind === 'record' && piece.line <= options.lastLine,
  );
  const parsed = parseRecords(
    records.map((record) => record.text),
    delimiter,
  );
  const rows: FoundRow[] = [];
  let isOfMeeting = false;
  for (const [index, record] of records.entries()) {
    const cells = parsed[index] ?? [];
    if (isSeparatorLine(record.text) || cells.every(isBlankCell)) continue;
    const known = isComment(record.text.trim()) ? 0 : options.knownNames(cells);
    const isMeetings: boolean = known > 0 && isMeetingHeader(cells);
    const kind = isMeetings || isOfMeeting ? 'other' : kindOf(cells, known);
    isOfMeeting = isMeetings;
    rows.push({ kind, line: record.line, delimiter, cells, known });
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

/** An earlier row that tells; of the same line a header rather than data, more names that mean something, more cells. */
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
