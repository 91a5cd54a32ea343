/** Chooses the reader for an input by its first complete line, and says what its columns mean. */
import { InputError } from '../errors.ts';
import { type ColumnPlan, type NameOptions, planColumns } from './column-plan.ts';
import { detectFormat, type InputFormat, isJsonArray } from './detect-format.ts';
import { makeRowOfJson } from './json-line.ts';
import { makeRow, makeRowOfText, type RowPlace } from './make-row.ts';
import { parsePersonText } from './person-text.ts';
import type { MakeCsvRow, RowReader } from './row-readers.ts';
import { sourceName } from './source-name.ts';

export type UnknownColumns = { readonly source: string; readonly columns: readonly string[] };

export type ReadOptions = NameOptions & {
  /** Default: told by the first complete line of each input. */
  readonly inputFormat?: InputFormat | undefined;
  /** Columns that mean nothing to dyncamp, named once per input (of JSON Lines: each name when it first comes). */
  readonly onUnknownColumns?: ((unknown: UnknownColumns) => void) | undefined;
  /** An event tells of a change: a file of events is no list of everybody. Default: false. */
  readonly refusesEvents?: boolean | undefined;
};

/** Makes the reader that a first line asks for. */
export type OpenReader = (source: string, firstLine: string) => Promise<RowReader>;

/** Names of JSON fields that are remembered as told, per input; beyond it they may be told again. */
const MAX_REMEMBERED_NAMES = 10_000;

/** A reader of people. Throws InputError when the header cannot name anybody. */
export function openPeopleReader(options: ReadOptions): OpenReader {
  return async (source, firstLine) => {
    if (options.inputFormat !== 'ids' && isJsonArray(firstLine)) throw jsonArray(source);
    const separator = /^sep=(.)$/iu.exec(firstLine.trim())?.[1];
    const wanted = separator === undefined ? options.inputFormat : 'csv';
    const detected = detectFormat(firstLine, wanted, options);
    // The readers, and with them csv-parse, are loaded only when there is something to read.
    const readers = await import('./row-readers.ts');
    if (detected.format === 'ids') {
      return readers.createLineReader(source, (place, text) => makeRowOfText(place, text, options.matchBy));
    }
    if (detected.format === 'jsonl') {
      const plan = createPlanner(source, options);
      return readers.createLineReader(source, (place, text) =>
        makeRowOfJson(place, text, { plan, onEvent: () => refuseEvent(place, options) }),
      );
    }
    const openHeader = (names: readonly string[], line: number) => openPeopleHeader({ source, line }, names, options);
    return readers.createCsvReader({
      source,
      delimiter: separator ?? detected.delimiter,
      openHeader,
      passOverFirst: separator !== undefined,
    });
  };
}

/** What the names mean, planned once for equal names in a row; unknown names are told when they first come. */
function createPlanner(source: string, options: ReadOptions): (names: readonly string[]) => ColumnPlan {
  const told = new Set<string>();
  let last: { readonly key: string; readonly plan: ColumnPlan } | undefined;
  return (names) => {
    const key = JSON.stringify(names);
    if (last?.key === key) return last.plan;
    const plan = planColumns(names, options);
    last = { key, plan };
    const columns = plan.unknown.filter((name) => !told.has(name));
    if (told.size < MAX_REMEMBERED_NAMES) for (const name of columns) told.add(name);
    if (columns.length > 0) options.onUnknownColumns?.({ source, columns });
    return plan;
  };
}

function openPeopleHeader(place: RowPlace, names: readonly string[], options: ReadOptions): MakeCsvRow {
  const { source } = place;
  const plan = planColumns(names, options);
  if (plan.problem !== undefined) throw headerError(place, plan);
  if (plan.unknown.length > 0) options.onUnknownColumns?.({ source, columns: plan.unknown.map((name) => name.trim()) });
  return (rowPlace, cells) => makeRow(rowPlace, plan, cells);
}

function headerError({ source, line }: RowPlace, plan: ColumnPlan): InputError {
  const { code, message, hint } = plan.problem ?? { code: 'NO_ID_COLUMN', message: '', hint: '' };
  if (code === 'NO_ID_COLUMN' && plan.names.some((name) => parsePersonText(name).ok)) {
    return new InputError(
      'NO_HEADER',
      `${sourceName(source)} cannot be read: line ${line} is a person, not a header.`,
      {
        hint: 'Put a line with the names of the columns before it, e.g. "email,firstname,lastname".',
      },
    );
  }
  if (plan.names.includes('outcome') && plan.names.includes('ref')) {
    return new InputError(code, `${sourceName(source)} cannot be read: it is a results file of dyncamp.`, {
      hint: 'To take its failed people again: --only-failed.',
    });
  }
  return new InputError(code, `${sourceName(source)} cannot be read beyond line ${line}: ${message}.`, { hint });
}

function refuseEvent({ source, line }: RowPlace, { refusesEvents }: ReadOptions): void {
  if (refusesEvents !== true) return;
  throw new InputError(
    'EVENTS_ARE_NO_SET',
    `${sourceName(source)} cannot be read beyond line ${line}: it holds events, which tell of changes and not of everybody who is to be in.`,
    {
      hint: 'Give the file that has everybody. To add or remove the people of events: `dyncamp add`, `dyncamp remove`.',
    },
  );
}

function jsonArray(source: string): InputError {
  return new InputError(
    'JSON_ARRAY',
    `${sourceName(source)} cannot be read: it is one JSON list, not an object per line.`,
    {
      hint: "Turn it into JSON Lines: jq -c '.[]' FILE",
    },
  );
}
