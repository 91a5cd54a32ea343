/** Puts a seed into a new store, once, also when several processes start on one folder at the same moment. */

import { randomUUID } from 'node:crypto';
import { ODataError } from '../errors/errors.ts';
import { readBodyValue } from '../odata/read-body.ts';
import { memberCreator } from '../operations/members.ts';
import { newRow, type RowMaker } from '../operations/new-row.ts';
import { APPLICATION_USER_ID, ORGANIZATION, SYSTEM_USER_ID } from '../organization/organization.ts';
import { PRIVILEGE_NAMES, parsePrivileges, privilegeId, writePrivileges } from '../organization/privileges.ts';
import { requireTable, type Schema } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import type { Switches } from '../switches.ts';
import { SEED_TABLES, type Seed, SeedError, type SeedSection } from './seed.ts';

type Seeding = { store: RowStore; schema: Schema; now: () => Date; switches: Switches };

const SETTING = 'seeded';
const SECTIONS = Object.keys(SEED_TABLES).filter((name): name is SeedSection => Object.hasOwn(SEED_TABLES, name));

export function applySeed(seeding: Seeding, seeds: readonly Seed[]): void {
  const { store, schema, now } = seeding;
  store.transaction(() => {
    if (store.getSetting(SETTING) !== undefined) return;
    for (const seed of seeds) {
      for (const section of SECTIONS) insertSection(seeding, section, seed[section] ?? []);
      for (const [userId, privileges] of Object.entries(seed.privileges ?? {})) {
        writePrivileges(store, userId.toLowerCase(), parsePrivileges(privileges));
      }
    }
    // Clients read here which actions there are, and the names of privileges.
    for (const name of new Set(schema.operations.map((operation) => operation.name)))
      store.insert('sdkmessage', { sdkmessageid: randomUUID(), name });
    for (const name of PRIVILEGE_NAMES) store.insert('privilege', { privilegeid: privilegeId(name), name });
    store.setSetting(SETTING, now().toISOString());
  });
}

function insertSection(seeding: Seeding, section: SeedSection, rows: readonly Row[]): void {
  const table = SEED_TABLES[section];
  for (const [index, row] of rows.entries()) {
    const place = `${section}[${index}]`;
    try {
      const complete = completeRow(seeding, table, named(seeding.schema, { table, place, row }));
      if (!seeding.store.insert(table, complete)) throw new SeedError(`${place}: its id is taken`);
    } catch (cause) {
      // A row that the API would refuse makes the seed invalid.
      if (cause instanceof ODataError) throw new SeedError(`${place}: ${cause.message}`);
      throw cause;
    }
  }
}

/** Logical names become wire names: `listid` of a member is `_listid_value`. */
function named(schema: Schema, { table, place, row }: { table: string; place: string; row: Row }): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    const column = schema.column(table, name);
    if (column === undefined) throw new SeedError(`${place}: table ${table} has no column "${name}"`);
    return [column.name, readBodyValue(requireTable(schema, table), column, value)];
  });
  return Object.fromEntries(entries);
}

function completeRow({ store, schema, now, switches }: Seeding, table: string, row: Row): Row {
  const maker: RowMaker = {
    schema,
    now,
    caller: {},
    newId: randomUUID,
    userId: String(row._createdby_value ?? row._ownerid_value ?? APPLICATION_USER_ID),
    businessUnitId: ORGANIZATION.businessUnitId,
  };
  if (table === 'listmember') {
    // The stored count of a seeded list is right from the start.
    const listId = String(row._listid_value);
    const list = store.get('list', listId);
    if (list === undefined) throw new SeedError(`listmembers: list ${listId} does not exist`);
    store.update('list', listId, { membercount: Number(list.membercount ?? 0) + 1 });
  }
  const complete = { ...newRow(maker, table, row), ...row };
  if (table === 'listmember') complete._createdby_value = memberCreator(switches, maker.userId);
  const { key } = requireTable(schema, table);
  return { ...complete, [key]: String(complete[key]).toLowerCase() };
}

/** The base language goes with the collation (U39). [documented: "Dataverse language collations"] */
const LANGUAGES = { CI_AI: 1033, CI_AS: 2057, turkish: 1055 } satisfies Record<Switches['collation'], number>;

/** The row of the organization, with the language of its collation: at every start, and when the switch changes. */
export function writeOrganization(store: RowStore, { collation }: Switches): void {
  const { id: organizationid, uniqueName: name } = ORGANIZATION;
  const languagecode = LANGUAGES[collation];
  const known = store.get('organization', organizationid);
  if (known === undefined)
    store.insert('organization', { organizationid, name, languagecode, systemuserid: SYSTEM_USER_ID });
  else if (known.languagecode !== languagecode) store.update('organization', organizationid, { languagecode });
}

// People by number, for size: even numbers are contacts, odd ones leads; e-mail `person<N>@people.example`.
// Ids: `1ead0000-0000-4000-8000-<N in 12 digits>` and `c0de0000-0000-4000-8000-<N in 12 digits>`.

const CHUNK = 5000;
const PEOPLE_SETTING = 'generatedPeople';
const SINCE = '2025-01-01T00:00:00Z';

/** Continues where it, or another process, stopped; each chunk is one transaction. */
export function generatePeople(store: RowStore, count: number): void {
  for (let made = -1; made < count; ) {
    made = store.transaction(() => {
      const first = Number(store.getSetting(PEOPLE_SETTING) ?? 0) + 1;
      const last = Math.min(count, first + CHUNK - 1);
      for (let number = first; number <= last; number += 1) {
        store.insert(number % 2 === 0 ? 'contact' : 'lead', generatedPerson(number));
      }
      if (last >= first) store.setSetting(PEOPLE_SETTING, String(last));
      return last;
    });
  }
}

function generatedPerson(number: number): Row {
  const isContact = number % 2 === 0;
  const prefix = isContact ? 'c0de0000' : '1ead0000';
  return {
    [isContact ? 'contactid' : 'leadid']: `${prefix}-0000-4000-8000-${String(number).padStart(12, '0')}`,
    firstname: 'Person',
    lastname: `Number ${number}`,
    fullname: `Person Number ${number}`,
    emailaddress1: `person${number}@people.example`,
    statecode: 0,
    statuscode: 1,
    donotbulkemail: false,
    donotemail: false,
    merged: false,
    createdon: SINCE,
    modifiedon: SINCE,
    _createdby_value: APPLICATION_USER_ID,
    _modifiedby_value: APPLICATION_USER_ID,
    _ownerid_value: APPLICATION_USER_ID,
    _owninguser_value: APPLICATION_USER_ID,
    _owningbusinessunit_value: ORGANIZATION.businessUnitId,
    ...(isContact ? {} : { subject: 'Generated' }),
  };
}
