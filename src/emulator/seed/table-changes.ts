/** What an organization changed on its tables stays with its data folder, so that later starts need not name it again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnOverride, ExtraColumn } from '../schema/build-schema.ts';
import { parseSeed } from './parse-seed.ts';

export type TableChanges = { extraColumns: readonly ExtraColumn[]; requiredColumns: readonly ColumnOverride[] };

const FILE = 'table-changes.json';

export function rememberedChanges(dataDir: string | undefined, given: TableChanges): TableChanges {
  if (dataDir === undefined) return given;
  const path = join(dataDir, FILE);
  const kept = existsSync(path) ? parseSeed(readFileSync(path, 'utf8')) : {};
  const changes: TableChanges = {
    extraColumns: merged(kept.extraColumns ?? [], given.extraColumns, (column) => `${column.table}.${column.name}`),
    requiredColumns: merged(
      kept.requiredColumns ?? [],
      given.requiredColumns,
      (each) => `${each.table}.${each.column}`,
    ),
  };
  const isEmpty = changes.extraColumns.length === 0 && changes.requiredColumns.length === 0;
  if (!isEmpty) writeFileSync(path, JSON.stringify(changes), { mode: 0o600 });
  return changes;
}

function merged<Item>(kept: readonly Item[], given: readonly Item[], name: (item: Item) => string): Item[] {
  return [...new Map([...kept, ...given].map((item) => [name(item), item])).values()];
}
