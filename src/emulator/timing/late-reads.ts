/**
 * Reads that lag behind writes (U16, U22, a fault): a late read runs inside a transaction in which the pending changes were taken back,
 * and which is then rolled back. What other processes wrote shows immediately: each server lags by itself, as replicas do.
 */

import { requireTable, type Schema } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';

export type RowChange = { table: string; id: string; before: Row | undefined; after: Row | undefined };

export type LateReads = {
  showAll(): void;
  /** Hides these changes until each of their tables was read so many times. */
  hold(changes: readonly RowChange[], reads: number): void;
  /** Runs a read; `tablesRead` names afterwards the tables that it read. */
  read<Result>(store: RowStore, run: () => Result, tablesRead: () => readonly string[]): Result;
};

export function openLateReads(): LateReads {
  let held: { change: RowChange; readsLeft: number }[] = [];
  return {
    showAll() {
      held = [];
    },
    hold(changes, reads) {
      if (reads > 0) held = [...held, ...changes.map((change) => ({ change, readsLeft: reads }))];
    },
    read(store, run, tablesRead) {
      if (held.length === 0) return run();
      try {
        return store.undone(() => {
          for (const { change } of held.toReversed()) takeBack(store, change);
          return run();
        });
      } finally {
        const tables = tablesRead();
        for (const each of held) if (tables.includes(each.change.table)) each.readsLeft -= 1;
        held = held.filter((each) => each.readsLeft > 0);
      }
    },
  };
}

function takeBack(store: RowStore, { table, id, before, after }: RowChange): void {
  if (before === undefined) store.remove(table, id);
  else if (after === undefined) store.insert(table, before);
  else {
    const emptied = Object.fromEntries(Object.keys(after).map((column) => [column, null]));
    store.update(table, id, { ...emptied, ...before });
  }
}

// A store that counts what one request writes, and remembers it with its before-image when reads are to lag.

/** Without `changes` they are only counted. */
export function trackedStore(
  store: RowStore,
  schema: Schema,
  { work, changes }: { work: { rowsWritten: number }; changes?: RowChange[] },
): RowStore {
  const record = (table: string, id: string, before: Row | undefined): void => {
    work.rowsWritten += 1;
    changes?.push({ table, id, before, after: store.get(table, id) });
  };
  const before = (table: string, id: string) => (changes === undefined ? undefined : store.get(table, id));
  return {
    ...store,
    transaction(run) {
      const mark = changes?.length ?? 0;
      try {
        return store.transaction(run);
      } catch (error) {
        changes?.splice(mark);
        throw error;
      }
    },
    insert(table, row) {
      const isNew = store.insert(table, row);
      if (isNew) record(table, String(row[requireTable(schema, table).key]), undefined);
      return isNew;
    },
    update(table, id, columns) {
      const old = before(table, id);
      const isThere = store.update(table, id, columns);
      if (isThere) record(table, id, old);
      return isThere;
    },
    remove(table, id) {
      const old = before(table, id);
      const wasThere = store.remove(table, id);
      if (wasThere) record(table, id, old);
      return wasThere;
    },
  };
}
