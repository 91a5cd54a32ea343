/** Reads columns of journal rows. A column of another type than the schema's means a bug of ours or a damaged file. */
import type { SqliteRow, SqliteValue } from './sqlite.ts';

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

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id as stored: a GUID as its 16 bytes (less than half the size), anything else unchanged. */
export function idKey(id: string): SqliteValue {
  return GUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : id;
}

export function id(row: SqliteRow, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  // libsql returns bytes as a Buffer from get() and as an ArrayBuffer from all().
  const bytes = value instanceof ArrayBuffer ? Buffer.from(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 16) throw wrongColumn(column, value);
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function optionalId(row: SqliteRow, column: string): string | undefined {
  return row[column] === null ? undefined : id(row, column);
}

function wrongColumn(column: string, value: unknown): Error {
  return new Error(
    `The journal's column ${column} holds a ${value === null ? 'null' : typeof value} that does not belong there`,
  );
}
