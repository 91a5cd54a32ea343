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

/** The privilege on the table, and enough depth for this row when one is given. */
export function requireAccess(context: OperationContext, verb: PrivilegeVerb, table: string, row?: Row): void {
  const name = privilegeName(verb, table);
  if (name === undefined) return;
  requirePrivileges(context, [name]);
  if (row !== undefined && !reaches(context, context.caller.depth(name), row)) throw accessDenied();
}

function reaches(context: OperationContext, depth: Depth, row: Row): boolean {
  const wanted = reach(context, depth);
  return Object.entries(wanted ?? {}).every(([column, value]) => row[column] === value);
}

/** Which rows a depth reaches: undefined for all of them. */
function reach(context: { userId: string; businessUnitId: string }, depth: Depth): Row | undefined {
  if (depth === 'Global') return undefined;
  if (depth === 'Basic') return { _ownerid_value: context.userId };
  // Differs: one business unit, so Local and Deep are the same.
  return { _owningbusinessunit_value: context.businessUnitId };
}

/** What the caller may see of a table; undefined for everything. */
export function visibleRows(
  context: { userId: string; businessUnitId: string; depth: (privilege: string) => Depth },
  table: string,
): Row | undefined {
  const name = privilegeName('Read', table);
  return name === undefined ? undefined : reach(context, context.depth(name));
}

export function canSee(context: OperationContext, table: string, row: Row): boolean {
  const name = privilegeName('Read', table);
  return name === undefined || reaches(context, context.caller.depth(name), row);
}
