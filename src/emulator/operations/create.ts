/** POST on an entity set, and the creating half of PATCH and of the bulk messages. */

import { duplicateInsert, duplicateKey, messageNotSupported, unsupportedTable } from '../errors/row-errors.ts';
import { readRow } from '../odata/read-body.ts';
import { requireTable } from '../schema/schema.ts';
import type { Row } from '../store/row-store.ts';
import type { Answer } from '../wire.ts';
import type { JsonObject } from './action-parameters.ts';
import { requireAccess, requirePrivileges } from './authorize.ts';
import { wasDeleted } from './deleted-ids.ts';
import { refuseDuplicates } from './duplicates.ts';
import { newRow } from './new-row.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { writtenAnswer } from './row-answer.ts';

export function create(context: OperationContext, request: OperationRequest, table: string): Answer {
  const id = context.store.transaction(() =>
    createRow(context, { table, body: request.body, headers: request.headers }),
  );
  return writtenAnswer(context, request, { table, id, isNew: true });
}

export type NewRowRequest = {
  table: string;
  body: JsonObject;
  headers: OperationRequest['headers'];
  /** From the URL of a PATCH; it wins over the body's. */
  id?: string;
};

/** Rows that only actions make. */
export const ACTION_TABLES: readonly string[] = ['listmember', 'campaignitem'];

export function createRow(context: OperationContext, { table, body, headers, id }: NewRowRequest): string {
  // Conflict: table pages list POST for listmember, but no payload could name list and member; the field reports a refusal.
  if (ACTION_TABLES.includes(table)) throw refusedCreate(table);
  requireAccess(context, 'Create', table);
  const key = requireTable(context.schema, table).key;
  const given = readRow(context, table, body, 'create');
  if (id !== undefined) given[key] = id;
  requireReferenceAccess(context, table, given);
  const row = newRow(context, table, given);
  const rowId = String(row[key]);
  if (context.switches.reusedId === 'refused' && given[key] !== undefined && wasDeleted(context.store, table, rowId)) {
    throw duplicateInsert();
  }
  refuseDuplicates(context, { table, row, headers });
  if (!context.store.insert(table, row)) throw duplicateKey();
  return rowId;
}

function refusedCreate(table: string): Error {
  if (table === 'listmember') return messageNotSupported('Create', table);
  return unsupportedTable();
}

/** A lookup on the new row needs Append on the row and AppendTo on its target. */
function requireReferenceAccess(context: OperationContext, table: string, given: Row): void {
  if (table === 'lead' && (given._campaignid_value ?? null) !== null) {
    requirePrivileges(context, ['prvAppendLead', 'prvAppendToCampaign']);
  }
}
