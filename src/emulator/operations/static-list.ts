/** The list an action works on, and the states in which it refuses. */
import { dynamicList, listLocked, listNotActive } from '../errors/membership-errors.ts';
import type { Row } from '../store/row-store.ts';
import type { OperationContext } from './operation.ts';
import { visibleRow } from './update.ts';

export type PersonTable = 'account' | 'contact' | 'lead';

const TABLE_BY_CODE: Readonly<Record<string, PersonTable>> = { 1: 'account', 2: 'contact', 4: 'lead' };

export type StaticList = {
  id: string;
  /** The table its members are of. */
  table: PersonTable;
  row: Row;
};

export function listToAddTo(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (list.row.statecode !== 0) throw listNotActive();
  if (list.row.lockstatus === true) throw listLocked();
  return list;
}

/** U14 (removeFromLockedList): that adding is refused is documented; removing is not settled. */
export function listToRemoveFrom(context: OperationContext, id: string): StaticList {
  const list = readList(context, id);
  if (context.switches.removeFromLockedList === 'allowed') return list;
  if (list.row.statecode !== 0) throw listNotActive();
  if (list.row.lockstatus === true) throw listLocked();
  return list;
}

function readList(context: OperationContext, id: string): StaticList {
  const row = visibleRow(context, 'list', id);
  if (row.type === true) throw dynamicList();
  return { id, row, table: TABLE_BY_CODE[String(row.createdfromcode)] ?? 'lead' };
}
