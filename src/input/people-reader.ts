/** Opens the reader for an input's format, and reports on it: unused columns, skipped lines, why it cannot be read. */
import { InputError } from '../errors.ts';
import { columnNotifier } from './column-notices.ts';
import { createCsvReader } from './csv.ts';
import type { DetectedFormat, InputFormat, Opener, SeenLine } from './format.ts';
import { headerKey } from './header-names.ts';
import {
  type ColumnPlan,
  type ColumnProblem,
  knownNames,
  missingHeaders,
  type NameOptions,
  noIdColumn,
  planColumns,
} from './headers.ts';
import { createIdsReader } from './ids.ts';
import { type RowReader, sourceName } from './input-row.ts';
import { createJsonReader, type JsonReaderOptions } from './jsonl.ts';
import { makeRow, type RowPlace } from './make-row.ts';
import { type InputNotice, notifyOnce } from './notices.ts';
import { isResultsHeader } from './outcome.ts';
import { parsePersonText, quote } from './person-text.ts';

export type ReadOptions = Omit<JsonReaderOptions, 'dynamicsColumns'> & {
  /** Asks the organization for `dynamicsColumns`: only where input has names of columns. Default: none. */
  readonly askDynamicsColumns?: (() => Promise<NameOptions['dynamicsColumns']>) | undefined;
  /** Default: detected from the first lines of each input. */
  readonly inputFormat?: InputFormat | undefined;
  /** The origin that a results file must have. Without a campaign: any campaign. Default: not checked. */
  readonly wantedOrigin?: WantedOrigin | undefined;
};

export type WantedOrigin = {
  readonly command: string;
  readonly organizationId: string;
  readonly campaignId?: string | undefined;
  /** People may have to be created: rows need their columns. */
  readonly mayCreate?: boolean | undefined;
};

export function openPeopleReader(options: ReadOptions): Opener {
  return {
    wanted: options.inputFormat,
    knownNames: (cells) => knownNames(cells, options),
    anyTextNames: options.matchBy !== undefined,
    async open(source, detected) {
      if (detected.format === 'none') throw nobodyIn(source, detected, options);
      if (detected.format === 'ids') return createIdsReader(source, options.matchBy);
      // At once: each line of JSON may have other names, and so may a file that was joined on. What their header is, and which values are whose,
      // must not depend on the names of the first one.
      const named = { ...options, dynamicsColumns: await options.askDynamicsColumns?.() };
      return detected.format === 'jsonl' ? createJsonReader(source, named) : openCsv(source, detected, named);
    },
  };
}

type NamedOptions = ReadOptions & NameOptions;

function openCsv(
  source: string,
  { delimiter, headerLine, passedOver }: Extract<DetectedFormat, { format: 'csv' }>,
  options: NamedOptions,
): RowReader {
  const { onNotice } = options;
  const notify = notifyOnce(onNotice);
  const notifyColumns = columnNotifier(source, onNotice);
  if (passedOver.length > 0) onNotice?.(beforeHeader(source, headerLine, passedOver));
  let header: readonly string[] = [];
  return createCsvReader({
    source,
    delimiter,
    headerLine,
    openHeader(names, line) {
      const plan = planColumns(names, options);
      if (plan.problem !== undefined) throw headerError({ source, line }, plan, plan.problem);
      notifyColumns(plan);
      const missing = missingHeaders(names, options);
      if (missing.length > 0) onNotice?.(notInHeader(source, missing));
      header = names.map(headerKey);
      return (place, cells) => makeRow(place, plan, cells, notify);
    },
    /**
     * Whether a row that names nobody is a header: of a joined file (names of the one before, or most of them names that mean something),
     * or of a report's next table, behind its title. One cell that says `Email`, as a preferred way of contact may, makes none.
     */
    isHeader(cells, isBehindTitle) {
      const filled = cells.filter((cell) => cell.trim() !== '');
      if (filled.length === 1 && header.length > 1) return false;
      const known = knownNames(cells, options);
      if (known === 0) return false;
      const same = filled.filter((cell) => header.includes(headerKey(cell))).length;
      return isBehindTitle || same * 2 > filled.length || (known > 1 && known * 2 >= filled.length);
    },
    onPassedOver: (lines) => onNotice?.(besideTable(source, lines)),
  });
}

const notInHeader = (source: string, names: readonly string[]): InputNotice => ({
  code: 'MAP_WITHOUT_COLUMN',
  message: `${sourceName(source)} has no column ${names.map(quote).join(', ')}, which --map names.`,
  hint: 'Write the header exactly as it is in the file: --map "Header=column".',
});

const beforeHeader = (source: string, headerLine: number, lines: readonly SeenLine[]): InputNotice => ({
  code: 'PASSED_OVER',
  message: `${sourceName(source)}: the header is line ${headerLine}; the lines before it were skipped: ${quoted(lines)}.`,
});

const besideTable = (source: string, lines: readonly number[]): InputNotice => ({
  code: 'PASSED_OVER',
  message: `${sourceName(source)}: skipped, because they are not part of a table: ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}.`,
});

/** The first lines, shortened. They have no addresses: a row with one is data. */
function quoted(lines: readonly SeenLine[]): string {
  const shown = lines.slice(0, 3).map(({ text }) => quote(text.trim().slice(0, 40)));
  return shown.join(', ') + (lines.length > shown.length ? ` and ${lines.length - shown.length} more` : '');
}

function headerError({ source, line }: RowPlace, plan: ColumnPlan, problem: ColumnProblem): InputError {
  const { code, message, hint } = problem;
  if (isResultsHeader(plan.names)) return resultsFile(source, code);
  return new InputError(code, `${sourceName(source)} cannot be read beyond line ${line}: ${message}.`, { hint });
}

const resultsFile = (source: string, code: string): InputError =>
  new InputError(code, `${sourceName(source)} cannot be read: it is a results file.`, {
    hint: 'To retry its failed people: --only-failed.',
  });

/** The error for an input whose first lines show neither format nor header. */
function nobodyIn(
  source: string,
  { seen, data, header }: Extract<DetectedFormat, { format: 'none' }>,
  options: ReadOptions,
): InputError {
  const name = sourceName(source);
  if (header !== undefined) {
    const names = header.names.map((each) => each.trim());
    if (isResultsHeader(names)) return resultsFile(source, 'NO_ID_COLUMN');
    const at = data?.cells.findIndex((cell) => parsePersonText(cell).ok) ?? -1;
    const { code, message, hint } = noIdColumn(names, options, names[at] === '' ? undefined : names[at]);
    return new InputError(code, `${name} cannot be read beyond line ${header.line}: ${message}.`, { hint });
  }
  if (data !== undefined)
    return new InputError('NO_HEADER', `${name} cannot be read: line ${data.line} is a person, not a header.`, {
      hint: 'Add a header line before it, e.g. "email,firstname,lastname".',
    });
  const [first] = seen;
  if (first !== undefined && /^\s*<(?:!doctype|html|\?xml|table|meta|head)/iu.test(first.text))
    return markup(name, first.text);
  if (seen.some(({ text }) => text.includes('\0')))
    return new InputError('NOT_TEXT', `${name} cannot be read: it has NUL bytes, so it is not text in this encoding.`, {
      hint: 'If it is text in UTF-16: --encoding utf-16le, or utf-16be. If it is not text, export the people as CSV.',
    });
  return new InputError(
    'NO_PEOPLE_FOUND',
    `${name} cannot be read: its first ${seen.length === 1 ? 'line is' : `${seen.length} lines are`} neither an id nor an e-mail address nor a header that names such a column: ${quoted(seen)}.`,
    { hint: 'Give one id or e-mail address per line, or CSV with a header such as "email,firstname,lastname".' },
  );
}

/** Some programs write a table of HTML, or Excel's XML of 2003, and call it .xls. */
function markup(name: string, text: string): InputError {
  const isXml = /<\?xml/iu.test(text);
  return new InputError('WORKBOOK', `${name} cannot be read: it is ${isXml ? 'XML' : 'a web page'}, not CSV.`, {
    hint: 'If it is a table, open it in Excel and save it as "CSV UTF-8 (Comma delimited)". If you downloaded it, check that you were signed in.',
  });
}
