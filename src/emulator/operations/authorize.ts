/** Section 9 of the reference as checks: which privileges an operation needs, and how deep for the row at hand. */
import { accessDenied } from '../errors/security-errors.ts';
import { type Depth, type PrivilegeVerb, privilegeName, requirePrivilege } from '../privileges.ts';
import type { Row } from '../store/row-store.ts';
import type { OperationContext } from './operation.ts';

export function requirePrivileges(context: OperationContext, names: readonly string[]): void {
  const holder = {
    userId: context.userId,
    callerId: context.caller.onBehalfBy ?? context.userId,
    depth: context.caller.depth,
  };
  for (const name of names) requirePrivilege(holder, name);
}

const BYPASSES = [
  ['mscrm.bypasscustompluginexecution', 'prvBypassCustomPlugins'],
  ['mscrm.bypassbusinesslogicexecution', 'prvBypassCustomBusinessLogic'],
] as const;

/** Passing by plug-ins takes a privilege of its own; there are none here to pass by. [documented] */
export function requireBypassPrivileges(context: OperationContext, headers: Readonly<Record<string, string>>): void {
  for (const [header, privilege] of BYPASSES) {
    const value = headers[header]?.toLowerCase() ?? 'false';
    if (value !== 'false') requirePrivileges(context, [privilege]);
  }
}

/** The privilege on the table, and enough depth for this row when one is given. */
export function requireAccess(context: OperationContext, verb: PrivilegeVerb, table: string, row?: Row): void {
  const name = privilegeName(verb, table);
  if (name === undefined) return;
  requirePrivileges(context, [name]);
  if (row !== undefined && !reaches(context, { table, depth: context.caller.depth(name), row })) throw accessDenied();
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

export function canSee(context: OperationContext, table: string, row: Row): boolean {
  const name = privilegeName('Read', table);
  return name === undefined || reaches(context, { table, depth: context.caller.depth(name), row });
}
