/** Puts a seed into a new store, once, also when several processes start on one folder at the same moment. */
import { randomUUID } from 'node:crypto';
import { ODataError } from '../errors.ts';
import { readBodyValue } from '../odata/body-value.ts';
import { newRow, type RowMaker } from '../operations/new-row.ts';
import { APPLICATION_USER_ID, ORGANIZATION } from '../organization.ts';
import { parsePrivileges, writePrivileges } from '../privileges.ts';
import { requireTable, type Schema } from '../schema/schema.ts';
import type { Row, RowStore } from '../store/row-store.ts';
import { SeedError } from './parse-seed.ts';
import { SEED_TABLES, type Seed, type SeedSection } from './seed.ts';

export type Seeding = { store: RowStore; schema: Schema; now: () => Date };

const SETTING = 'seeded';
const SECTIONS = Object.keys(SEED_TABLES).filter((name): name is SeedSection => Object.hasOwn(SEED_TABLES, name));

/** False when the store was seeded before; then nothing happens. */
export function applySeed({ store, schema, now }: Seeding, seeds: readonly Seed[]): boolean {
  return store.transaction(() => {
    if (store.getSetting(SETTING) !== undefined) return false;
    for (const seed of seeds) {
      for (const section of SECTIONS) insertSection({ store, schema, now }, section, seed[section] ?? []);
      for (const [userId, privileges] of Object.entries(seed.privileges ?? {})) {
        writePrivileges(store, userId.toLowerCase(), parsePrivileges(privileges));
      }
    }
    insertMessages(store, schema);
    store.setSetting(SETTING, now().toISOString());
    return true;
  });
}

function insertSection(seeding: Seeding, section: SeedSection, rows: readonly Row[]): void {
  const table = SEED_TABLES[section];
  for (const [index, row] of rows.entries()) {
    const place = `${section}[${index}]`;
    if (!insertRow(seeding, { table, place, row })) throw new SeedError(`${place}: its id is taken`);
  }
}

/** What the API would refuse in a row, a seed is refused for, with the place in the file. */
function insertRow(seeding: Seeding, placed: Placed): boolean {
  try {
    return seeding.store.insert(placed.table, completeRow(seeding, placed.table, named(seeding.schema, placed)));
  } catch (cause) {
    if (cause instanceof ODataError) throw new SeedError(`${placed.place}: ${cause.message}`);
    throw cause;
  }
}

type Placed = { table: string; place: string; row: Row };

/** Logical names become wire names: `listid` of a member is `_listid_value`. */
function named(schema: Schema, { table, place, row }: Placed): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    const column = schema.column(table, name);
    if (column === undefined) throw new SeedError(`${place}: table ${table} has no column "${name}"`);
    return [column.name, readBodyValue(requireTable(schema, table), column, value)];
  });
  return Object.fromEntries(entries);
}

function completeRow({ store, schema, now }: Seeding, table: string, row: Row): Row {
  const maker: RowMaker = {
    schema,
    now,
    caller: {},
    newId: randomUUID,
    userId: String(row._createdby_value ?? row._ownerid_value ?? APPLICATION_USER_ID),
    businessUnitId: ORGANIZATION.businessUnitId,
  };
  if (table === 'listmember') noteMember(store, row);
  const complete = { ...newRow(maker, table, row), ...row };
  const { key } = requireTable(schema, table);
  return { ...complete, [key]: String(complete[key]).toLowerCase() };
}

/** The stored count of a seeded list is right from the start. */
function noteMember(store: RowStore, row: Row): void {
  const listId = String(row._listid_value);
  const list = store.get('list', listId);
  if (list === undefined) throw new SeedError(`listmembers: list ${listId} does not exist`);
  store.update('list', listId, { membercount: Number(list.membercount ?? 0) + 1 });
}

/** `sdkmessages` tells clients which actions there are. */
function insertMessages(store: RowStore, schema: Schema): void {
  if (schema.tableByName('sdkmessage') === undefined) return;
  const names = new Set(schema.operations.map((operation) => operation.name));
  for (const name of names) store.insert('sdkmessage', { sdkmessageid: randomUUID(), name });
}
