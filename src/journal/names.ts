/** The small tables of names that many intents and events share: each name is stored once, under a key. */

import { integer } from './rows.ts';
import type { Sqlite } from './sqlite.ts';

export type Names = {
  /** Each returns the key of a name, and stores the name if it is new. */
  list(id: string, name: string): number;
  input(source: string): number;
  campaign(
    campaign: { readonly id: string; readonly name: string; readonly code: string },
    eventSource: string,
  ): number;
};

/** The result is called once per transaction: keys are cached no longer, because a rollback removes the new ones. */
export function namesTable(database: Sqlite): () => Names {
  const list = keysIn(database, 'lists', ['id', 'name']);
  const input = keysIn(database, 'inputs', ['source']);
  const campaign = keysIn(database, 'campaigns', ['id', 'name', 'code', 'event_source']);
  return () => {
    const known = new Map<string, number>();
    const remembered = (keyOf: (names: readonly string[]) => number, names: readonly string[]): number => {
      const text = JSON.stringify(names);
      const key = known.get(text) ?? keyOf(names);
      known.set(text, key);
      return key;
    };
    return {
      list: (id, name) => remembered(list, [id, name]),
      input: (source) => remembered(input, [source]),
      campaign: ({ id, name, code }, eventSource) => remembered(campaign, [id, name, code, eventSource]),
    };
  };
}

function keysIn(database: Sqlite, table: string, columns: readonly string[]): (names: readonly string[]) => number {
  const find = database.prepare(`SELECT key FROM ${table} WHERE ${columns.map((name) => `${name} = ?`).join(' AND ')}`);
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (names) => {
    const found = find.get(names);
    return found === undefined ? insert.run(names).lastId : integer(found, 'key');
  };
}
