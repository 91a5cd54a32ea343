/** --only-failed: turns the rows of a finished results file that failed, were not attempted or are not confirmed back into input rows. */
import { InputError, UsageError } from '../errors.ts';
import { OUTCOME_KINDS } from '../events.ts';
import { isJsonObject, parseJson } from '../json.ts';
import { createCsvReader } from './csv.ts';
import type { DetectedFormat, Opener } from './format.ts';
import { listNames, type NameOptions, planColumns } from './headers.ts';
import { type InputRow, type RowReader, sourceName } from './input-row.ts';
import { type JsonPiece, ValueSplitter } from './json-values.ts';
import { notAnObject, scalarFields } from './jsonl.ts';
import { EXTRA_COLUMN, invalidRow, makeRow, makeRowOfText, OVER_LONG, type RowPlace, tooLongRow } from './make-row.ts';
import { type NotifyOnce, notifyOnce } from './notices.ts';
import { INPUT_COLUMN_PREFIX, isResultsHeader, RESULTS_COLUMNS, TAKEN_AGAIN } from './outcome.ts';
import type { ReadOptions } from './people-reader.ts';
import { quote, shorten } from './person-text.ts';
import { cellValue } from './values.ts';

type ResultsOptions = ReadOptions & NameOptions & { readonly notify: NotifyOnce };
type Fields = ReadonlyMap<string, string>;

/** Reads results files, CSV or JSON Lines by their first line, also as saved again by Excel. Throws InputError NO_RESULTS for other files. */
export function openResultsReader(given: ReadOptions): Opener {
  return {
    knownNames: (cells) => (isResultsHeader(cells.map((cell) => cell.trim())) ? cells.length : 0),
    async open(source, detected) {
      const dynamicsColumns = await given.askDynamicsColumns?.();
      const options = { ...given, dynamicsColumns, notify: notifyOnce(given.onNotice) };
      if (detected.format === 'jsonl') return openJsonResults(source, options);
      if (detected.format !== 'csv') throw noResults(source, seenNames(detected));
      const { delimiter, headerLine } = detected;
      return createCsvReader({
        source,
        delimiter,
        headerLine,
        openHeader: (rawNames) => {
          const names = rawNames.map((name) => name.trim());
          return (place, cells) => rowOf(place, fieldsOf(source, names, cells), options);
        },
        isHeader: (cells) => isResultsHeader(cells.map((cell) => cell.trim())),
      });
    },
  };
}

function openJsonResults(source: string, options: ResultsOptions): RowReader {
  const splitter = new ValueSplitter();
  function* rows(pieces: readonly JsonPiece[]): Generator<InputRow> {
    for (const piece of pieces) {
      const place = { source, line: piece.line };
      const row = piece.kind === 'too-long' ? tooLongRow(place) : rowOfJson(place, piece.text, options);
      if (row !== undefined) yield row;
    }
  }
  return { push: (text) => rows(splitter.push(text)), end: () => rows(splitter.end()), line: () => splitter.line() };
}

function rowOfJson(place: RowPlace, text: string, options: ResultsOptions): InputRow | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return invalidRow(place, {}, '', notAnObject(value, text));
  const { names, cells } = scalarFields(value);
  return rowOf(place, fieldsOf(place.source, names, cells), options);
}

function seenNames(detected: DetectedFormat): readonly string[] {
  if (detected.format !== 'none') return [];
  return detected.header?.names ?? detected.data?.cells ?? detected.seen.slice(0, 1).map(({ text }) => text);
}

function fieldsOf(source: string, names: readonly string[], cells: readonly string[]): Fields {
  if (!isResultsHeader(names)) throw noResults(source, names);
  return new Map(names.map((name, index) => [name, cells[index] ?? '']));
}

function noResults(source: string, names: readonly string[]): InputError {
  const has = names.length === 0 ? 'a list of people' : listNames(names);
  return new InputError('NO_RESULTS', `${sourceName(source)} is not a results file: it has ${has}.`, {
    hint: `--only-failed takes a file that --results wrote (${RESULTS_COLUMNS.slice(0, 4).join(', ')}, …). For any other file, leave it out.`,
  });
}

/** The outcome was overwritten. Skipping the row could leave out a person who failed. */
function unknownOutcome({ source, line }: RowPlace, outcome: string): InputError {
  return new InputError('NO_RESULTS', `${sourceName(source)}, line ${line}: ${quote(outcome)} is not an outcome.`, {
    hint: 'Put back what --results wrote there (added, not-found, …), or take the row out.',
  });
}

function rowOf(place: RowPlace, fields: Fields, options: ResultsOptions): InputRow | undefined {
  const outcome = (fields.get('outcome') ?? '').trim().toLowerCase();
  if (outcome !== '' && !Object.hasOwn(OUTCOME_KINDS, outcome)) throw unknownOutcome(place, outcome);
  if (!TAKEN_AGAIN.has(outcome)) return undefined;
  refuseOtherOrigin(place, fields, options);
  refuseWithoutColumns(place, fields, options);
  const ref = fields.get('ref') ?? '';
  const own = [...fields]
    .filter(([name, text]) => name.startsWith(INPUT_COLUMN_PREFIX) && text !== '')
    .map(([name, text]) => [name.slice(INPUT_COLUMN_PREFIX.length), text] as const);
  const row = rowOfColumns(place, own, options);
  // Rows of lists and arguments have no columns: the ref is the whole input.
  if (row === undefined) return makeRowOfText(place, ref, options.matchBy);
  checkRef(place, { ref, outcome, row, own }, options);
  return { ...row, place: { ...row.place, ref: ref || row.place.ref } };
}

type Corrected = {
  readonly ref: string;
  readonly outcome: string;
  readonly row: InputRow;
  readonly own: readonly (readonly [string, string])[];
};

/** A change of `ref` alone has no effect, and the row would fail again. Refuses a row where only `ref` can have been changed. */
function checkRef(place: RowPlace, { ref, outcome, row, own }: Corrected, { matchBy, notify }: ResultsOptions): void {
  if (ref === row.place.ref || own.some(([, text]) => refKey(text) === refKey(ref))) return;
  const named = makeRowOfText(place, ref, matchBy);
  // What stood there before the correction of the columns, as it is meant.
  if (named.kind === 'invalid') return;
  const isById = named.key.by === 'id';
  const isAmbiguous = outcome === 'ambiguous' && row.kind === 'person' && (row.key.by === 'id') !== isById;
  if (isAmbiguous && !isById) return;
  const where = `${sourceName(place.source)}, line ${place.line}:`;
  if (row.kind === 'invalid' || isAmbiguous) {
    const [first = ''] = own.find(([, text]) => text === row.place.ref) ?? [];
    const column =
      first === '' ? `the columns that begin with "${INPUT_COLUMN_PREFIX}"` : `"${INPUT_COLUMN_PREFIX}${first}"`;
    throw new UsageError(
      'RESULTS_REF_CHANGED',
      `${where} "ref" was changed, and it is not read where there are columns that begin with "${INPUT_COLUMN_PREFIX}".`,
      { hint: `Write it into ${column}.` },
    );
  }
  notify('ref', () => ({
    code: 'RESULTS_REF_NOT_READ',
    message: `${where} "ref" is not what is in the columns that begin with "${INPUT_COLUMN_PREFIX}"; those columns are read, here and in all other rows.`,
    hint: 'If you corrected "ref", correct those columns too.',
  }));
}

/** A ref is a cell without a program's marks, shortened where it names nobody. */
const refKey = (text: string): string => shorten(cellValue(text).replaceAll('\0', '').trim()).toLowerCase();

/** What `runs show --failed` prints has the run, and neither kind nor the input's own columns: names to create people with are not there. */
function refuseWithoutColumns({ source }: RowPlace, fields: Fields, { wantedOrigin }: ResultsOptions): void {
  if (wantedOrigin?.mayCreate !== true || !fields.has('run') || fields.has('kind')) return;
  throw new UsageError(
    'RESULTS_WITHOUT_COLUMNS',
    `${sourceName(source)} is from \`runs show --failed\`: it does not have the columns that people are created with.`,
    { hint: 'Use the file that --results wrote. Or add --no-create, where nobody has to be created.' },
  );
}

const ORIGIN_COLUMNS = ['command', 'organizationId', 'campaignId'] as const;

/** A failure in one campaign must not add people to another. */
function refuseOtherOrigin(
  { source, line }: RowPlace,
  fields: Fields,
  { wantedOrigin: wanted, notify }: ResultsOptions,
): void {
  if (wanted === undefined) return;
  const about = (name: string): string => (fields.get(name) ?? '').trim().toLowerCase();
  const [command, organization, campaign] = ORIGIN_COLUMNS.map(about);
  const where = `${sourceName(source)}, line ${line},`;
  if (command !== '' && command !== wanted.command)
    throw new UsageError(
      'RESULTS_OF_OTHER_COMMAND',
      `${where} is of \`${command}\`, and this is \`${wanted.command}\`.`,
      { hint: `To retry its failed people: \`dyncamp ${command}\`.` },
    );
  if (organization !== '' && organization !== wanted.organizationId.toLowerCase())
    throw new UsageError(
      'RESULTS_OF_OTHER_ORGANIZATION',
      `${where} is of organization ${organization}, and this is ${wanted.organizationId}.`,
      { hint: 'Use the profile that it was written with: --profile NAME.' },
    );
  if (wanted.campaignId === undefined || campaign === wanted.campaignId.toLowerCase()) return;
  // Somebody removed the columns: the user's command decides.
  if (!ORIGIN_COLUMNS.some((name) => fields.has(name))) {
    notify('origin', () => ({
      code: 'RESULTS_OF_UNKNOWN_ORIGIN',
      message: `${sourceName(source)} does not say which command and campaign it belongs to; this one is assumed.`,
    }));
    return;
  }
  const other = campaign === '' ? 'does not say which campaign it belongs to' : `is of another campaign (${campaign})`;
  throw new UsageError('RESULTS_OF_OTHER_CAMPAIGN', `${where} ${other}.`, {
    hint: 'If its people are meant for this campaign: --yes.',
  });
}

function rowOfColumns(
  place: RowPlace,
  own: readonly (readonly [string, string])[],
  options: ResultsOptions,
): InputRow | undefined {
  const cells = own.filter(([name]) => !name.startsWith(EXTRA_COLUMN));
  const plan = planColumns(
    cells.map(([name]) => name),
    options,
  );
  if (plan.problem !== undefined) return undefined;
  const row = makeRow(
    place,
    plan,
    cells.map(([, text]) => text),
  );
  if (row === undefined) return undefined;
  const columns = Object.fromEntries(own);
  const overLong = row.kind === 'person' && cells.length < own.length;
  return overLong ? { ...row, columns, neverCreate: OVER_LONG } : { ...row, columns };
}
