/** A store that counts what one request writes, and remembers it with its before-image when reads are to lag. */
import type { RowChange } from './late-reads.ts';
import { requireTable, type Schema } from './schema/schema.ts';
import type { Row, RowStore } from './store/row-store.ts';

export type Tracking = {
  work: { rowsWritten: number };
  /** Absent: changes are only counted. */
  changes?: RowChange[];
};

export function trackedStore(store: RowStore, schema: Schema, { work, changes }: Tracking): RowStore {
  const note = (table: string, id: string, before: Row | undefined): void => {
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
      if (isNew) note(table, String(row[requireTable(schema, table).key]), undefined);
      return isNew;
    },
    update(table, id, columns) {
      const old = before(table, id);
      const isThere = store.update(table, id, columns);
      if (isThere) note(table, id, old);
      return isThere;
    },
    remove(table, id) {
      const old = before(table, id);
      const wasThere = store.remove(table, id);
      if (wasThere) note(table, id, old);
      return wasThere;
    },
  };
}
