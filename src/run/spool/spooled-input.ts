/** The part of the spool that keeps the input: its rows, and the people whom they may mean. */

import type { InputRow } from '../../input/input-row.ts';
import type { Sqlite } from '../../journal/sqlite.ts';
import type { Spool } from '../apply/spool.ts';

/** Rows that are read from the file together. */
export const ROWS_PER_READ = 1000;

export function spooledInput(
  database: Sqlite,
): Pick<
  Spool,
  | 'saveRows'
  | 'rows'
  | 'countRows'
  | 'rowsOf'
  | 'protect'
  | 'isProtected'
  | 'protectAddresses'
  | 'isProtectedAddress'
  | 'protectBeginning'
  | 'protectedBeginnings'
> {
  const insert = database.prepare('INSERT INTO row (source, json) VALUES (?, ?)');
  const page = database.prepare(`SELECT seq, json FROM row WHERE seq > ? ORDER BY seq LIMIT ${ROWS_PER_READ}`);
  const count = database.prepare('SELECT COUNT(*) AS n FROM row WHERE source = ?');
  const countAll = database.prepare('SELECT COUNT(*) AS n FROM row');
  const protectOne = database.prepare('INSERT OR IGNORE INTO protected (id) VALUES (?)');
  const find = database.prepare('SELECT 1 FROM protected WHERE id = ?');
  const protectAddress = database.prepare('INSERT OR IGNORE INTO protected_address (key) VALUES (?)');
  const findAddress = database.prepare('SELECT 1 FROM protected_address WHERE key = ?');
  // One for each input at most.
  const beginnings: string[] = [];
  return {
    saveRows(rows) {
      database.transaction(() => {
        for (const row of rows) insert.run([row.place.source, JSON.stringify(row)]);
      });
    },
    async *rows() {
      for (let last = 0; ; ) {
        const found = page.all([last]);
        if (found.length > 0) yield found.map(({ json }) => parseRow(String(json)));
        if (found.length < ROWS_PER_READ) return;
        last = Number(found.at(-1)?.seq);
      }
    },
    countRows: () => Number(countAll.get()?.n ?? 0),
    rowsOf: (source) => Number(count.get([source])?.n ?? 0),
    protect(personIds) {
      database.transaction(() => {
        for (const id of personIds) protectOne.run([id]);
      });
    },
    isProtected: (personId) => find.get([personId]) !== undefined,
    protectAddresses(lookAlikeKeys) {
      database.transaction(() => {
        for (const key of lookAlikeKeys) protectAddress.run([key]);
      });
    },
    isProtectedAddress: (key) => findAddress.get([key]) !== undefined,
    protectBeginning: (text) => void beginnings.push(text),
    protectedBeginnings: () => beginnings,
  };
}

/** Of our own making, by the same process. */
function parseRow(json: string): InputRow {
  return JSON.parse(json);
}
