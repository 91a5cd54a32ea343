/** What an operation is given and what it gives back. Operations know rows and rules; nothing of sockets, batches or faults. */
import { type Caller, type Depth, type PrivilegeVerb, privilegeName, requirePrivilege } from '../caller.ts';
import { refuse } from '../errors/errors.ts';
import type { QueryContext } from '../odata/query.ts';
import { formatTime } from '../odata/values.ts';
import type { Row } from '../store/row.ts';
import type { Answer, RequestPreferences } from '../wire.ts';

/** What one request has done so far, for the simulated latency and for reads that lag. */
export type Work = {
  rowsRead: number;
  rowsWritten: number;
  tablesRead: string[];
  /** Simulated time that has passed already. */
  sleptMs: number;
  /** U36: the time of the whole request is up. */
  isOutOfTime: boolean;
};

export type OperationContext = QueryContext & {
  request: OperationRequest;
  caller: Caller;
  preferences: RequestPreferences;
  work: Work;
  isInChangeSet: boolean;
  /** A new row id. */
  newId: () => string;
};

export type OperationRequest = {
  method: string;
  /** The query string as it came, without the question mark. */
  rawQuery: string;
  /** The JSON body; empty object when there was none. */
  body: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string>>;
};

/** An action or function: its parameters are read and checked. */
export type BoundRequest = {
  /** What it is bound to; empty texts where it is not, and an empty id where it is bound to the table as a whole. */
  table: string;
  id: string;
  parameters: Readonly<Record<string, unknown>>;
};

export type NamedOperation = (context: OperationContext, request: BoundRequest) => Answer;

export function contextUrl(context: OperationContext, fragment: string): string {
  return `${context.apiRoot}$metadata#${fragment}`;
}

export function complexAnswer(context: OperationContext, type: string, values: Record<string, unknown>): Answer {
  return {
    status: 200,
    body: { '@odata.context': contextUrl(context, `Microsoft.Dynamics.CRM.${type}`), ...values },
  };
}

/** Who acts, and when. */
type Acting = { userId: string; caller: { onBehalfBy?: string }; now: () => Date };

/** Who and when, for a row that is new. */
export function createdColumns(context: Acting): Row {
  const time = formatTime(context.now());
  return {
    createdon: time,
    modifiedon: time,
    _createdby_value: context.userId,
    _modifiedby_value: context.userId,
    _createdonbehalfby_value: context.caller.onBehalfBy ?? null,
    _modifiedonbehalfby_value: context.caller.onBehalfBy ?? null,
  };
}

export function modifiedColumns(context: Acting): Row {
  return {
    modifiedon: formatTime(context.now()),
    _modifiedby_value: context.userId,
    _modifiedonbehalfby_value: context.caller.onBehalfBy ?? null,
  };
}

// Section 9 of the reference as checks: which privileges an operation needs, and how deep for the row at hand.

export function requirePrivileges(context: OperationContext, names: readonly string[]): void {
  const holder = {
    userId: context.userId,
    callerId: context.caller.onBehalfBy ?? context.userId,
    depth: context.caller.depth,
  };
  for (const name of names) requirePrivilege(context.schema, holder, name);
}

/** The privilege on the table, and enough depth for this row when one is given. */
export function requireAccess(context: OperationContext, verb: PrivilegeVerb, table: string, row?: Row): void {
  const name = privilegeName(verb, table);
  if (name === undefined) return;
  requirePrivileges(context, [name]);
  if (row !== undefined && !reaches(context, { table, depth: context.caller.depth(name), row }))
    throw refuse.accessDenied();
}

type Question = { table: string; depth: Depth; row: Row };

function reaches(context: OperationContext, { table, depth, row }: Question): boolean {
  const wanted = reach(context, table, depth);
  return Object.entries(wanted ?? {}).every(([column, value]) => row[column] === value);
}

type OwnerColumns = { user: string; unit: string };

const OWNED: OwnerColumns = { user: '_ownerid_value', unit: '_owningbusinessunit_value' };
const INTERSECT: OwnerColumns = { user: '_ownerid_value', unit: 'owningbusinessunit' };

/** Tables that are not listed belong to the organization: any depth reaches all their rows. */
const OWNER_COLUMNS: Readonly<Record<string, OwnerColumns>> = {
  campaign: OWNED,
  list: OWNED,
  lead: OWNED,
  contact: OWNED,
  account: OWNED,
  listmember: INTERSECT,
  campaignitem: INTERSECT,
  systemuser: { user: 'systemuserid', unit: '_businessunitid_value' },
};

/** Which rows a depth reaches: undefined for all of them. */
function reach(context: { userId: string; businessUnitId: string }, table: string, depth: Depth): Row | undefined {
  const columns = OWNER_COLUMNS[table];
  if (depth === 'Global' || columns === undefined) return undefined;
  // Differs: one business unit, so Local and Deep are the same.
  const isWholeUnit = depth === 'Local' || depth === 'Deep';
  return isWholeUnit ? { [columns.unit]: context.businessUnitId } : { [columns.user]: context.userId };
}

/** What the caller may see of a table; undefined for everything. */
export function visibleRows(
  context: { userId: string; businessUnitId: string; depth: (privilege: string) => Depth },
  table: string,
): Row | undefined {
  const name = privilegeName('Read', table);
  return name === undefined ? undefined : reach(context, table, context.depth(name));
}

function canSee(context: OperationContext, table: string, row: Row): boolean {
  const name = privilegeName('Read', table);
  return name === undefined || reaches(context, { table, depth: context.caller.depth(name), row });
}

export function visibleRow(context: OperationContext, table: string, id: string): Row {
  const row = context.store.get(table, id);
  if (row === undefined || !canSee(context, table, row)) throw refuse.rowAbsent(table, id);
  return row;
}
