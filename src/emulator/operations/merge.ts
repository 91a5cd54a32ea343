/**
 * Merge: a duplicate becomes the subordinate of the row that stays. [documented: "Merge table rows using the Web API"]
 * Differs: only what UpdateContent names is carried over, and rows that point to the subordinate (memberships too) stay as they are.
 */
import { notEmulated } from '../errors/path-errors.ts';
import { invalidArgument, unsupportedTable } from '../errors/row-errors.ts';
import { isJsonObject, readReference } from './action-parameters.ts';
import { requireAccess } from './authorize.ts';
import { modifiedColumns, type NamedOperation } from './operation.ts';
import { updateRow, visibleRow } from './update.ts';

/** How a merged row is closed: a lead as Canceled, others as Inactive. [inferred] */
const CLOSED = {
  account: { statecode: 1, statuscode: 2 },
  contact: { statecode: 1, statuscode: 2 },
  lead: { statecode: 2, statuscode: 7 },
};
type MergedTable = keyof typeof CLOSED;

const isMerged = (table: string): table is MergedTable => Object.hasOwn(CLOSED, table);

export const merge: NamedOperation = (context, { parameters, headers }) => {
  const target = readReference(context.schema, parameters.Target);
  const subordinate = readReference(context.schema, parameters.Subordinate);
  const { table } = target;
  if (!isMerged(table)) throw unsupportedTable();
  if (subordinate.table !== table || subordinate.id === target.id) throw invalidArgument();
  if (parameters.PerformParentingChecks === true) throw notEmulated('the parenting checks of Merge');
  context.store.transaction(() => {
    requireAccess(context, 'Write', table, visibleRow(context, table, target.id));
    requireAccess(context, 'Write', table, visibleRow(context, table, subordinate.id));
    const { UpdateContent: body } = parameters;
    if (isJsonObject(body)) updateRow(context, { table, id: target.id, body, headers });
    context.store.update(table, subordinate.id, {
      ...CLOSED[table],
      merged: true,
      _masterid_value: target.id,
      ...modifiedColumns(context),
    });
  });
  return { status: 204 };
};
