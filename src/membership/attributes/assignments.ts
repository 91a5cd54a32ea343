/** `column=value` of --set (and of a profile's defaults) → values by column. Pure. */
import { UsageError } from '../../errors.ts';
import { dynamicsName, findMarketoColumn } from './marketo-columns.ts';

/**
 * The column may be named as Dynamics or as Marketo names it. Everything behind the first `=` is the value.
 * Throws UsageError BAD_ASSIGNMENT when there is none, or when a column is named twice.
 */
export function parseAssignments(assignments: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const name = assignment.slice(0, Math.max(at, 0)).trim();
    if (name === '') throw refuse(assignment, 'it is not of the form column=value');
    const known = findMarketoColumn(name);
    const column = known === undefined ? name.toLowerCase() : dynamicsName(known);
    if (values.has(column)) throw refuse(assignment, `${column} has a value already`);
    values.set(column, assignment.slice(at + 1).trim());
  }
  return Object.fromEntries(values);
}

function refuse(assignment: string, why: string): UsageError {
  return new UsageError('BAD_ASSIGNMENT', `Could not use ${JSON.stringify(assignment)}: ${why}.`, {
    hint: 'For example: --set leadsourcecode="Trade Show"',
  });
}
