/**
 * Reads that lag behind writes (U16, U22, a fault): a late read runs inside a transaction in which the pending changes were taken back,
 * and which is then rolled back. What other processes wrote shows at once: each server lags by itself, as replicas do.
 */
import type { Row, RowStore } from './store/row-store.ts';

export type RowChange = { table: string; id: string; before: Row | undefined; after: Row | undefined };

export type LateReads = {
  /** From now on everything that was written shows. */
  settle(): void;
  /** Keeps these changes out of sight until each of their tables was read so often. */
  hold(changes: readonly RowChange[], reads: number): void;
  /** Runs a read; `tablesRead` tells afterwards which tables it was about. */
  read<Result>(store: RowStore, run: () => Result, tablesRead: () => readonly string[]): Result;
};

type Held = { change: RowChange; readsLeft: number };

export function openLateReads(): LateReads {
  let held: Held[] = [];
  const countDown = (tables: readonly string[]): void => {
    for (const each of held) if (tables.includes(each.change.table)) each.readsLeft -= 1;
    held = held.filter((each) => each.readsLeft > 0);
  };
  return {
    settle() {
      held = [];
    },
    hold(changes, reads) {
      held = [...held, ...changes.map((change) => ({ change, readsLeft: reads }))];
    },
    read(store, run, tablesRead) {
      if (held.length === 0) return run();
      const outcome = runInThePast(
        store,
        held.map((each) => each.change),
        run,
      );
      countDown(tablesRead());
      return outcome();
    },
  };
}

/** Carries the outcome out of a transaction that must not be kept. */
class PastLeft extends Error {}

function runInThePast<Result>(store: RowStore, changes: readonly RowChange[], run: () => Result): () => Result {
  let outcome: () => Result = run;
  try {
    store.transaction(() => {
      for (const change of changes.toReversed()) takeBack(store, change);
      outcome = settle(run);
      throw new PastLeft();
    });
  } catch (error) {
    if (!(error instanceof PastLeft)) throw error;
  }
  return outcome;
}

function settle<Result>(run: () => Result): () => Result {
  try {
    const result = run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function takeBack(store: RowStore, { table, id, before, after }: RowChange): void {
  if (before === undefined) store.remove(table, id);
  else if (after === undefined) store.insert(table, before);
  else store.update(table, id, { ...emptied(after), ...before });
}

function emptied(row: Row): Row {
  return Object.fromEntries(Object.keys(row).map((column) => [column, null]));
}
