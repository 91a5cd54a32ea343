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
    const [listKey, inputKey, campaignKey] = [remembered(list), remembered(input), remembered(campaign)];
    return {
      list: (id, name) => listKey([id, name]),
      input: (source) => inputKey([source]),
      campaign: ({ id, name, code }, eventSource) => campaignKey([id, name, code, eventSource]),
    };
  };
}

type KeyOf = (names: readonly string[]) => number;

/** Of each first name, such as an id, it remembers the last others: they are the next ones too, as a rule. */
function remembered(keyOf: KeyOf): KeyOf {
  const known = new Map<string | undefined, { readonly names: readonly string[]; readonly key: number }>();
  return (names) => {
    const last = known.get(names[0]);
    if (last !== undefined && names.every((name, place) => name === last.names[place])) return last.key;
    const key = keyOf(names);
    known.set(names[0], { names, key });
    return key;
  };
}

function keysIn(database: Sqlite, table: string, columns: readonly string[]): KeyOf {
  const find = database.prepare(`SELECT key FROM ${table} WHERE ${columns.map((name) => `${name} = ?`).join(' AND ')}`);
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (names) => {
    const found = find.get(names);
    return found === undefined ? insert.run(names).lastId : integer(found, 'key');
  };
}
