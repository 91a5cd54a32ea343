/** Rows of the input that failed or were not attempted: kept with their run, for people to read. */

import type { FailedRow } from './journal.ts';
import type { Names } from './names.ts';
import { integer, optionalText, text } from './rows.ts';
import type { Sqlite, SqliteRow } from './sqlite.ts';

export type FailedRows = ReturnType<typeof failedRowsTable>;

/** More than anybody reads; --results has all of them. */
export const MAX_FAILED_ROWS = 10_000;

const PAGE = 500;

export function failedRowsTable(database: Sqlite, names: () => Names) {
  const insert = database.prepare(
    `INSERT INTO failed_rows (run_key, number, input_key, line, ref, outcome, code, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const page = database.prepare(
    `SELECT failed_rows.*, inputs.source FROM failed_rows JOIN inputs ON inputs.key = failed_rows.input_key
     WHERE run_key = (SELECT key FROM runs WHERE id = ?) AND number > ? ORDER BY number LIMIT ${PAGE}`,
  );
  return {
    /** `first`: the number of the first of them in its run, from 1. */
    insert: (runKey: number, rows: readonly FailedRow[], first: number): void => {
      const keys = names();
      for (const [place, { source, line, ref, outcome, code, message }] of rows.entries())
        insert.run([runKey, first + place, keys.input(source), line, ref, outcome, code ?? null, message ?? null]);
    },
    /** In the order in which they were kept. */
    *list(runId: string): IterableIterator<FailedRow> {
      for (let last = 0; ; ) {
        const rows = page.all([runId, last]);
        yield* rows.map(toFailedRow);
        if (rows.length < PAGE) return;
        last = integer(rows.at(-1) ?? {}, 'number');
      }
    },
  };
}

const toFailedRow = (row: SqliteRow): FailedRow => ({
  source: text(row, 'source'),
  line: integer(row, 'line'),
  ref: text(row, 'ref'),
  outcome: text(row, 'outcome'),
  code: optionalText(row, 'code'),
  message: optionalText(row, 'message'),
});
