/** Judges people before they are added to a list: add, pass over, or refuse. The rules nobody has settled are switches (U1–U6). */

import { type ODataError, refuse } from '../errors/errors.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import type { OperationContext } from './operation.ts';
import type { RowReference } from './parameters.ts';

type PersonRow = { name: Value; isActive: boolean; isMerged: boolean };

type Judged = {
  add: { id: string; name: Value }[];
  /** In the order of the request. */
  refused: ODataError[];
  /** Person → membership row, of those who were in already. */
  existing: ReadonlyMap<string, string>;
};

export function judge(context: OperationContext, list: StaticList, members: readonly RowReference[]): Judged {
  const ids = members.map((member) => member.id);
  const people = readPeople(context, list.table, ids);
  const existing = new Map(memberRows(context, list.id, ids).map(({ id, personId }) => [personId, id]));
  const seen = new Set<string>();
  const judged: Judged = { add: [], refused: [], existing };
  for (const member of members) {
    const isRepeated = seen.has(member.id);
    seen.add(member.id);
    const verdict = judgeOne(context, { list, member, person: people.get(member.id), existing, isRepeated });
    if (verdict === 'add') judged.add.push({ id: member.id, name: people.get(member.id)?.name ?? null });
    else if (verdict !== 'skip') judged.refused.push(verdict);
  }
  return judged;
}

type Case = {
  list: StaticList;
  member: RowReference;
  person: PersonRow | undefined;
  existing: ReadonlyMap<string, string>;
  isRepeated: boolean;
};

type Verdict = 'add' | 'skip' | ODataError;

function judgeOne(context: OperationContext, given: Case): Verdict {
  const { list, member, person, existing, isRepeated } = given;
  const { switches } = context;
  if (member.table !== list.table) return wrongTable(context, list, member.id);
  if (person === undefined) return absent(context, list, member.id);
  if (isRepeated && switches.addSamePersonTwice !== 'two-rows') {
    return switches.addSamePersonTwice === 'error' ? refuse.duplicateInsert() : 'skip';
  }
  if (existing.has(member.id) && switches.addExistingMember !== 'second-row') {
    return switches.addExistingMember === 'error' ? refuse.duplicateInsert() : 'skip';
  }
  return judgeState(context, person);
}

function judgeState({ switches }: OperationContext, person: PersonRow): Verdict {
  if (person.isMerged && switches.addMergedPerson === 'refused') return refuse.partyNotActive();
  if (person.isActive || switches.addInactivePerson === 'accepted') return 'add';
  return switches.addInactivePerson === 'refused' ? refuse.partyNotActive() : 'skip';
}

/** U4 (addWrongTable). */
function wrongTable({ switches }: OperationContext, list: StaticList, id: string): ODataError {
  return switches.addWrongTable === '0x80040301'
    ? refuse.unsupportedListMemberType()
    : refuse.rowAbsent(list.table, id);
}

/** An id that belongs to a person of another table is a wrong type; any other is simply not there. */
function absent(context: OperationContext, list: StaticList, id: string): ODataError {
  const others = (['contact', 'lead', 'account'] as const).filter((table) => table !== list.table);
  const isElsewhere = others.some((table) => context.store.get(table, id) !== undefined);
  return isElsewhere ? wrongTable(context, list, id) : refuse.rowAbsent(list.table, id);
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
