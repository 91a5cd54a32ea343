/** --only-failed: the failed and not-reached rows of a finished results file, as the rows that they were. */
import { InputError } from '../errors.ts';
import { OUTCOME_KINDS } from '../membership/outcome.ts';
import { INPUT_COLUMN_PREFIX, RESULTS_COLUMNS } from '../membership/results/results-columns.ts';
import { listNames, planColumns } from './column-plan.ts';
import type { InputRow } from './input-row.ts';
import { parseJsonObject, scalarFields } from './json-line.ts';
import { EXTRA_COLUMN, invalidRow, makeRow, makeRowOfText, OVER_LONG, type RowPlace } from './make-row.ts';
import type { OpenReader, ReadOptions } from './people-reader.ts';
import { sourceName } from './source-name.ts';

type Fields = ReadonlyMap<string, string>;

/** Outcomes that a further run may better: everything that failed, and what was never reached. */
const TAKEN_AGAIN: ReadonlySet<string> = new Set([
  ...Object.entries(OUTCOME_KINDS)
    .filter(([, kind]) => kind === 'failed')
    .map(([name]) => name),
  'not-reached',
]);

/** A reader of results files, CSV or JSON Lines by their first line. Throws InputError NO_RESULTS for any other file. */
export function openResultsReader(options: ReadOptions): OpenReader {
  return async (source, firstLine) => {
    const readers = await import('./row-readers.ts');
    if (firstLine.startsWith('{')) {
      return readers.createLineReader(source, (place, text) => {
        const parsed = parseJsonObject(text);
        if (!parsed.ok) return invalidRow(place, {}, '', parsed.refusal);
        const { names, cells } = scalarFields(parsed.object);
        return rowOf(place, fieldsOf(source, names, cells), options);
      });
    }
    return readers.createCsvReader({
      source,
      delimiter: ',',
      openHeader: (names) => {
        fieldsOf(source, names, []);
        return (place, cells) => rowOf(place, fieldsOf(source, names, cells), options);
      },
    });
  };
}

function fieldsOf(source: string, names: readonly string[], cells: readonly string[]): Fields {
  if (names.includes('outcome') && names.includes('ref')) {
    return new Map(names.map((name, index) => [name, cells[index] ?? '']));
  }
  throw new InputError(
    'NO_RESULTS',
    `${sourceName(source)} is no results file of dyncamp: it has ${listNames(names)}.`,
    {
      hint: `--only-failed takes a file that --results wrote (${RESULTS_COLUMNS.slice(0, 4).join(', ')}, …). Read any other without it.`,
    },
  );
}

function rowOf(place: RowPlace, fields: Fields, options: ReadOptions): InputRow | undefined {
  if (!TAKEN_AGAIN.has(fields.get('outcome') ?? '')) return undefined;
  const ref = fields.get('ref') ?? '';
  const own = [...fields]
    .filter(([name, text]) => name.startsWith(INPUT_COLUMN_PREFIX) && text !== '')
    .map(([name, text]) => [name.slice(INPUT_COLUMN_PREFIX.length), text] as const);
  const row = rowOfColumns(place, own, options);
  // Rows of ids and arguments have no columns of their own: there the ref is all that was written.
  if (row === undefined) return makeRowOfText(place, ref, options.matchBy);
  return { ...row, place: { ...row.place, ref: ref || row.place.ref } };
}

function rowOfColumns(
  place: RowPlace,
  own: readonly (readonly [string, string])[],
  options: ReadOptions,
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
