/** PATCH on a row: update it, or create it under the id of the URL, as `If-Match` and `If-None-Match` allow. */
import { duplicateKey, rowAbsent } from '../errors/row-errors.ts';
import type { Answer } from '../wire.ts';
import { createRow } from './create.ts';
import type { OperationContext, OperationRequest } from './operation.ts';
import { writtenAnswer } from './row-answer.ts';
import { requireVersion, updateRow } from './update.ts';

export type UpsertTarget = { table: string; id: string };

export function upsert(context: OperationContext, request: OperationRequest, { table, id }: UpsertTarget): Answer {
  const isNew = context.store.transaction(() => upsertRow(context, request, { table, id }));
  return writtenAnswer(context, request, { table, id, isNew });
}

function upsertRow(context: OperationContext, request: OperationRequest, { table, id }: UpsertTarget): boolean {
  const { body, headers } = request;
  const ifMatch = headers['if-match'];
  const row = context.store.get(table, id);
  if (row === undefined) {
    if (ifMatch !== undefined) throw rowAbsent(table, id);
    createRow(context, { table, body, headers, id });
    return true;
  }
  // U24 (createOnlyPatchOnList): untested on lists, where it may update after all.
  const isIgnoredOnList = table === 'list' && context.switches.createOnlyPatchOnList === 'upsert';
  if (headers['if-none-match'] === '*' && !isIgnoredOnList) throw duplicateKey();
  requireVersion(row, ifMatch);
  updateRow(context, { table, id, body, headers });
  return false;
}
