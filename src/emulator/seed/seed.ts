/** What a new data folder starts with: rows by wire or logical column names, and what the organization changed on its tables. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../odata/values.ts';
import { COLUMN_TYPES, isColumnType, REQUIRED_LEVELS } from '../schema/column.ts';
import type { ColumnOverride, ExtraColumn } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import defaultSeed from './default-organization.data.json' with { type: 'json' };

export const SEED_TABLES = {
  businessunits: 'businessunit',
  systemusers: 'systemuser',
  campaigns: 'campaign',
  lists: 'list',
  leads: 'lead',
  contacts: 'contact',
  accounts: 'account',
  listmembers: 'listmember',
  campaignitems: 'campaignitem',
  solutions: 'solution',
} as const;

export type SeedSection = keyof typeof SEED_TABLES;

export type Seed = Partial<Record<SeedSection, readonly Row[]>> & {
  /** Columns the organization added. */
  extraColumns?: readonly ExtraColumn[];
  /** Columns that are required beyond the usual, e.g. `{"table":"lead","column":"subject","requiredLevel":"SystemRequired"}`. */
  requiredColumns?: readonly ColumnOverride[];
  /** By systemuserid: privileges that differ from Global, by name. */
  privileges?: Readonly<Record<string, unknown>>;
};

// Reads a seed file and says where it is wrong: section, row, column.

export class SeedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SeedError';
  }
}

export function parseSeed(text: string): Seed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SeedError(`the seed is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return readSeed(value);
}

/** "default": small, realistic, and with one of everything that can go wrong. */
export function defaultOrganization(): Seed {
  const { _note: _, ...seed } = defaultSeed;
  return readSeed(seed);
}

function readSeed(value: unknown): Seed {
  if (!isJsonObject(value)) throw new SeedError('the seed must be a JSON object');
  const unknown = Object.keys(value).find((name) => !isSection(name) && !OTHERS.includes(name));
  if (unknown !== undefined) {
    throw new SeedError(
      `unknown section "${unknown}"; known are ${[...Object.keys(SEED_TABLES), ...OTHERS].join(', ')}`,
    );
  }
  const seed: Seed = {};
  for (const [name, rows] of Object.entries(value)) {
    const read = name === 'solutions' ? readSolution : readColumns;
    if (isSection(name)) seed[name] = list(name, rows).map((row, index) => read(`${name}[${index}]`, row));
  }
  const { extraColumns, requiredColumns, privileges } = value;
  if (extraColumns !== undefined) {
    const needs = `needs table, name and a type of ${COLUMN_TYPES.join(', ')}`;
    seed.extraColumns = checked('extraColumns', extraColumns, isExtraColumn, needs);
  }
  if (requiredColumns !== undefined) {
    const needs = `needs table, column and one of ${REQUIRED_LEVELS.join(', ')}`;
    const overrides = checked('requiredColumns', requiredColumns, isOverride, needs);
    seed.requiredColumns = overrides.map((override) => ({ requiredLevel: 'SystemRequired', ...override }));
  }
  if (privileges === undefined) return seed;
  if (!isJsonObject(privileges)) throw new SeedError('privileges must be an object by systemuserid');
  return { ...seed, privileges };
}

const OTHERS = ['extraColumns', 'requiredColumns', 'privileges'];

function isSection(name: string): name is SeedSection {
  return Object.hasOwn(SEED_TABLES, name);
}

/** A solution may be given by its unique name alone; what else Dataverse requires of one is filled in. */
function readSolution(place: string, value: unknown): Row {
  const given = typeof value === 'string' ? { uniquename: value } : readColumns(place, value);
  const name = given.uniquename ?? given.friendlyname ?? null;
  return { uniquename: name, friendlyname: name, version: '1.0.0.0', ...given };
}

function readColumns(place: string, value: unknown): Row {
  if (!isJsonObject(value)) throw new SeedError(`${place} must be an object`);
  const entries = Object.entries(value).map(([column, cell]): [string, Value] => {
    if (!isValue(cell)) throw new SeedError(`${place}.${column} must be text, a number, true, false or null`);
    return [column, cell];
  });
  return Object.fromEntries(entries);
}

function checked<Item>(name: string, value: unknown, is: (item: unknown) => item is Item, needs: string): Item[] {
  return list(name, value).map((item, index) => {
    if (!is(item)) throw new SeedError(`${name}[${index}] ${needs}`);
    return item;
  });
}

function isExtraColumn(value: unknown): value is ExtraColumn {
  const { table, name, type } = isJsonObject(value) ? value : {};
  return typeof table === 'string' && typeof name === 'string' && isColumnType(type);
}

function isOverride(value: unknown): value is ColumnOverride {
  const { table, column, requiredLevel = 'None' } = isJsonObject(value) ? value : {};
  return (
    typeof table === 'string' && typeof column === 'string' && REQUIRED_LEVELS.some((known) => known === requiredLevel)
  );
}

function list(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new SeedError(`${name} must be an array`);
  return value;
}

function isValue(value: unknown): value is Value {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

// What an organization changed on its tables stays with its data folder, so that later starts need not name it again.

type TableChanges = { extraColumns: readonly ExtraColumn[]; requiredColumns: readonly ColumnOverride[] };

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
