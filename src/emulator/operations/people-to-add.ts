/** Checks people before they are added to a list: add, skip, or refuse. Unsettled rules are switches (U1–U6). */

import { type ODataError, refuse } from '../errors/errors.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import type { OperationContext } from './operation.ts';
import type { RowReference } from './parameters.ts';

type PersonRow = { name: Value; isActive: boolean; isMerged: boolean };

export type CheckedPeople = {
  add: { id: string; name: Value }[];
  /** In the order of the request. */
  refused: ODataError[];
  /** Person → membership row, of those who were in already. */
  existing: ReadonlyMap<string, string>;
};

export function checkPeople(
  context: OperationContext,
  list: StaticList,
  members: readonly RowReference[],
): CheckedPeople {
  const ids = members.map((member) => member.id);
  const people = readPeople(context, list.table, ids);
  const existing = new Map(memberRows(context, list.id, ids).map(({ id, personId }) => [personId, id]));
  const seen = new Set<string>();
  const checked: CheckedPeople = { add: [], refused: [], existing };
  for (const member of members) {
    const { id } = member;
    const person = member.table === list.table ? people.get(id) : undefined;
    const result =
      person === undefined
        ? refuseAbsent(context, list, member)
        : checkPerson(context, { ...person, isRepeated: seen.has(id), isMember: existing.has(id) });
    seen.add(id);
    if (result === 'add') checked.add.push({ id, name: person?.name ?? null });
    else if (result !== 'skip') checked.refused.push(result);
  }
  return checked;
}

function checkPerson(
  { switches }: OperationContext,
  person: PersonRow & { isRepeated: boolean; isMember: boolean },
): 'add' | 'skip' | ODataError {
  const { addSamePersonTwice, addExistingMember, addMergedPerson, addInactivePerson } = switches;
  if (person.isRepeated && addSamePersonTwice !== 'two-rows')
    return addSamePersonTwice === 'error' ? refuse.duplicateInsert() : 'skip';
  if (person.isMember && addExistingMember !== 'second-row')
    return addExistingMember === 'error' ? refuse.duplicateInsert() : 'skip';
  if (person.isMerged && addMergedPerson === 'refused') return refuse.partyNotActive();
  if (person.isActive || addInactivePerson === 'accepted') return 'add';
  return addInactivePerson === 'refused' ? refuse.partyNotActive() : 'skip';
}

/** The id of a person of another table is the wrong type (U4, addWrongTable); any other does not exist. */
function refuseAbsent(
  { store, switches }: OperationContext,
  list: StaticList,
  { table, id }: RowReference,
): ODataError {
  const others = (['contact', 'lead', 'account'] as const).filter((each) => each !== list.table);
  const isElsewhere = table !== list.table || others.some((each) => store.get(each, id) !== undefined);
  return isElsewhere && switches.addWrongTable === '0x80040301'
    ? refuse.unsupportedListMemberType()
    : refuse.rowAbsent(list.table, id);
}

function readPeople(context: OperationContext, table: PersonTable, ids: readonly string[]): Map<string, PersonRow> {
  const { key, primaryName = 'name', columns } = requireTable(context.schema, table);
  const merged = columns.has('merged') ? 'merged' : 'NULL';
  const sql = `SELECT "${key}" AS id, "${primaryName}" AS name, statecode, ${merged} AS merged FROM "${table}" WHERE "${key}" IN (SELECT value FROM json_each(?))`;
  const people = new Map<string, PersonRow>();
  for (const { id, name, statecode, merged } of context.store.select(sql, [JSON.stringify(ids)])) {
    people.set(String(id), { name: name ?? null, isActive: statecode === 0, isMerged: merged === 1 });
  }
  context.work.rowsRead += people.size;
  return people;
}

/** The rows of these people on a list. */
export function memberRows(
  context: OperationContext,
  listId: string,
  personIds: readonly string[],
): { id: string; personId: string }[] {
  const rows = context.store.select(
    'SELECT listmemberid, _entityid_value AS person FROM listmember WHERE _entityid_value IN (SELECT value FROM json_each(?)) AND _listid_value = ?',
    [JSON.stringify(personIds), listId],
  );
  return [...rows].map((row) => ({ id: String(row.listmemberid), personId: String(row.person) }));
}

export type PersonTable = 'account' | 'contact' | 'lead';

export type StaticList = {
  id: string;
  /** The table its members are of. */
  table: PersonTable;
  row: Row;
};
