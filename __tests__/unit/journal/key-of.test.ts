/** The short keys of the journal's big indexes: ids that were made in a row must not fall onto one key, or every insert reads them all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf } from '../../../src/journal/schema.ts';
import { openSqlite } from '../../../src/sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'dyncamp-key-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const counted = (format: (number: string) => string): readonly string[] =>
  Array.from({ length: 1000 }, (_, number) => format(number.toString(16).padStart(8, '0')));

describe('keyOf', () => {
  it.each([
    [
      'ids that count at the front, as Dynamics makes them',
      counted((number) => `${number}-36ab-ec11-b6e6-000d3a4b5c6d`),
    ],
    ['ids that count at the back, as imports make them', counted((number) => `00000000-0000-4000-8000-0000${number}`)],
  ])('tells apart %s', (_, ids) => {
    const database = openSqlite({ path: join(directory, 'keys.sqlite'), timeoutMs: 1000, mode: 0o600 });
    const row = database
      .prepare(`SELECT count(DISTINCT ${keyOf('value')}) AS keys FROM json_each(?)`)
      .get([JSON.stringify(ids)]);
    database.close();
    expect(row?.keys).toBe(1000);
  });
});
