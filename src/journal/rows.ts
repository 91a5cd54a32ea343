/** Reads columns of journal rows. A column of another type than the schema's is a fault of ours or a damaged file. */
import type { SqliteRow } from '../sqlite.ts';

export function text(row: SqliteRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrongColumn(column, value);
  return value;
}

export function optionalText(row: SqliteRow, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function integer(row: SqliteRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrongColumn(column, value);
  return value;
}

export function optionalInteger(row: SqliteRow, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}

/** A text column that holds one of the given words. */
export function word<const T extends string>(row: SqliteRow, column: string, words: readonly T[]): T {
  const value = row[column];
  const known = words.find((candidate) => candidate === value);
  if (known === undefined) throw wrongColumn(column, value);
  return known;
}

function wrongColumn(column: string, value: unknown): Error {
  return new Error(
    `The journal's column ${column} holds a ${value === null ? 'null' : typeof value} that does not belong there`,
  );
}
