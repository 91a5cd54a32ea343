/** U31 (reusedId): remembers which ids were deleted, as an organization that keeps deleted records does. */
import type { RowStore } from '../store/row-store.ts';

export function rememberDeleted(store: RowStore, table: string, id: string): void {
  store.setSetting(settingName(table, id), '1');
}

export function wasDeleted(store: RowStore, table: string, id: string): boolean {
  return store.getSetting(settingName(table, id)) !== undefined;
}

function settingName(table: string, id: string): string {
  return `deleted:${table}:${id}`;
}
