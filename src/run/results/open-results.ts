/** --results: the outcome of each input row, as a file that --only-failed can read back. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type DyncampError, UsageError } from '../../errors.ts';
import { OUTCOME_KINDS, type Result } from '../../events.ts';
import {
  INPUT_COLUMN_PREFIX,
  type Outcome,
  RESULTS_COLUMNS,
  type ResultsColumn,
  type ResultsOrigin,
} from '../../input/outcome.ts';
import {
  attempt,
  type BesideOptions,
  type FileBeside,
  openBeside,
  type Placed,
  type WrittenFile,
} from './file-beside.ts';

export type Results = {
  /** Resolves when there is room for more. Does not throw when the disk fails: `failure` has the error, and the row is written with the next one. */
  write(outcome: Outcome, origin: ResultsOrigin): Promise<void>;
  /** Why rows could not be written. The run has to stop then. */
  failure(): DyncampError | undefined;
  /** Puts the file in its place, or gives the path where it is kept. */
  finish(): Promise<WrittenFile>;
  abandon(): Promise<void>;
};

const BUFFER_CHARACTERS = 64 * 1024;

/** Most input columns in a CSV of results: JSON Lines input may have a new name in every line. Results in .jsonl have no limit. */
const MAX_INPUT_COLUMNS = 1000;

type Values = { readonly [column in ResultsColumn]: Result[column] | undefined };

/** Call it before anything is changed: throws UsageError RESULTS_FORMAT and FILE_UNWRITABLE. */
export async function openResults(path: string, options: BesideOptions = {}): Promise<Results> {
  const extension = /\.(csv|jsonl)$/iu.exec(path)?.[1]?.toLowerCase();
  if (extension === undefined) {
    throw new UsageError('RESULTS_FORMAT', `Could not write results to ${path}: its name must end in .csv or .jsonl.`, {
      hint: 'For example: --results results.csv',
    });
  }
  const file = await openBeside(path, '--results', options);
  if (extension === 'csv') return csvResults(path, file, options);
  return bufferedResults(file, jsonLine, () => file.commit());
}

function jsonLine(outcome: Outcome, origin: ResultsOrigin): string {
  const own = Object.entries(outcome.columns).map(([name, text]) => [INPUT_COLUMN_PREFIX + name, text] as const);
  return `${JSON.stringify({ ...valuesOf(outcome, origin), ...Object.fromEntries(own) })}\n`;
}

/** The header is written when only the first row is known. Where later rows have further columns, the finished file is written again, padded. */
function csvResults(path: string, file: FileBeside, options: BesideOptions): Results {
  const columns = new Set<string>();
  const growths: Growth[] = [];
  let records = 0;
  const line = (outcome: Outcome, origin: ResultsOrigin): string => {
    for (const name of Object.keys(outcome.columns)) {
      if (columns.size < MAX_INPUT_COLUMNS) columns.add(name);
    }
    const cells = RESULTS_COLUMNS.length + columns.size;
    if (growths.at(-1)?.cells !== cells) growths.push({ fromRecord: records, cells });
    const header = records === 0 ? headerLine(columns) : '';
    records += 1;
    return header + rowLine(valuesOf(outcome, origin), outcome, columns);
  };
  const finish = async () => {
    if (growths.length <= 1) {
      if (records === 0) await file.append(headerLine(columns));
      return file.commit();
    }
    const whole = await openBeside(path, '--results', { ...options, part: randomUUID() });
    await rewrite(file.partPath, whole, columns, growths);
    const placed = await whole.commit();
    await file.discard();
    return placed;
  };
  return bufferedResults(file, line, finish);
}

/** Copies the rows under the whole header. Leaves out the first header, which is record 0. */
async function rewrite(
  from: string,
  whole: FileBeside,
  columns: ReadonlySet<string>,
  growths: readonly Growth[],
): Promise<void> {
  const shifted = growths.map(({ fromRecord, cells }) => ({
    cells,
    fromRecord: fromRecord === 0 ? 0 : fromRecord + 1,
  }));
  try {
    let header: string | undefined = '';
    for await (const text of padRecords(createReadStream(from, 'utf8'), shifted)) {
      if (header === undefined) {
        await whole.append(text);
        continue;
      }
      header += text;
      const end = endOfRecord(header);
      if (end === undefined) continue;
      await whole.append(headerLine(columns) + header.slice(end));
      header = undefined;
    }
  } catch (error) {
    await whole.discard();
    throw error;
  }
}

function endOfRecord(text: string): number | undefined {
  const record = /^(?:[^"\r]|"[^"]*")*\r\n/u.exec(text);
  return record?.[0].length;
}

function headerLine(columns: ReadonlySet<string>): string {
  return csvLine([...RESULTS_COLUMNS, ...[...columns].map((name) => INPUT_COLUMN_PREFIX + name)]);
}

function rowLine(values: Values, outcome: Outcome, columns: ReadonlySet<string>): string {
  const ours = RESULTS_COLUMNS.map((column) => String(values[column] ?? ''));
  return csvLine([...ours, ...[...columns].map((name) => outcome.columns[name] ?? '')]);
}

function valuesOf(outcome: Outcome, origin: ResultsOrigin): Values {
  return {
    ...outcome.place,
    outcome: outcome.outcome,
    kind: OUTCOME_KINDS[outcome.outcome],
    personType: outcome.personType,
    personId: outcome.personId,
    created: outcome.created,
    listMemberId: outcome.listMemberId,
    addedBy: outcome.addedBy,
    code: outcome.code,
    message: outcome.message,
    requestId: outcome.requestId,
    dryRun: outcome.dryRun,
    command: origin.command,
    campaignId: origin.campaignId,
    organizationId: origin.organizationId,
  };
}

function bufferedResults(
  file: FileBeside,
  line: (outcome: Outcome, origin: ResultsOrigin) => string,
  finish: () => Promise<Placed>,
): Results {
  let buffer = '';
  let failure: DyncampError | undefined;
  const flush = async (): Promise<void> => {
    const text = buffer;
    if (text !== '') await file.append(text);
    buffer = '';
  };
  return {
    async write(outcome, origin) {
      buffer += line(outcome, origin);
      if (buffer.length >= BUFFER_CHARACTERS) failure ??= (await attempt(flush)).failure;
    },
    failure: () => failure,
    async finish() {
      const finished = await attempt(async () => {
        await flush();
        return finish();
      });
      return { placed: finished.value ?? { path: await file.keep() }, failure: failure ?? finished.failure };
    },
    abandon: () => file.discard(),
  };
}

const CSV_LINE_END = '\r\n';

/**
 * Quotes only what RFC 4180 asks for. Cells that begin with `=`, `+`, `-` or `@` are not protected from spreadsheets by an apostrophe: that
 * would change data that --only-failed and other programs read back.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',') + CSV_LINE_END;
}

function csvCell(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** From this record (0-based) on, the records of a file have this many cells. */
type Growth = { readonly fromRecord: number; readonly cells: number };

/** Appends empty cells to records that csvLine wrote, so that each has as many as the last. Takes and gives text in any pieces. */
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

/** Each call gives the padding of the next record. */
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
