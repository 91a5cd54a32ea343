/** What an input on stdin comes to, for tests of reading it: rows, notices and the error, and all of it in one line. */
import { Readable } from 'node:stream';
import type { InputRow } from '../../../src/input/input-row.ts';
import type { InputNotice } from '../../../src/input/notices.ts';
import { openPeople, type PeopleOptions } from '../../../src/input/open-people.ts';

export type Read = { readonly rows: InputRow[]; readonly notices: readonly InputNotice[]; readonly error: unknown };

export async function read(
  input: string | Uint8Array | Iterable<string | Buffer>,
  options: PeopleOptions = {},
): Promise<Read> {
  const rows: InputRow[] = [];
  const notices: InputNotice[] = [];
  const chunks = typeof input === 'string' || input instanceof Uint8Array ? [Buffer.from(input)] : input;
  const onNotice = (notice: InputNotice) => notices.push(notice);
  try {
    const given = { files: ['-'], stdin: Readable.from(chunks), onNotice, ...options };
    for await (const group of openPeople(given)) rows.push(...group);
  } catch (error) {
    return { rows, notices, error };
  }
  return { rows, notices, error: undefined };
}

/**
 * Each row by its line and whom it names, or the code of its refusal; then the codes of what was said (`~`), then that of the error (`!`).
 * Everybody is at tea.example or x.example.
 */
export function brief({ rows, notices, error }: Read): string {
  const lines = rows.map((row) => {
    if (row.kind === 'invalid') return `${row.place.line} ${row.code}`;
    if (row.key.by === 'id') return `${row.place.line} ${row.key.personType ?? 'id'}:${row.key.id.slice(-1)}`;
    return `${row.place.line} ${row.key.by === 'email' ? row.key.email : `=${row.key.value}`}`;
  });
  const said = notices.map(({ code }) => `~${code}`);
  const all = [...lines, ...said, ...(error === undefined ? [] : [`!${String(Object(error).code)}`])];
  return all.join(', ').replaceAll(/@(?:tea|x)\.example/g, '');
}
