/** Answers of single-row writes: nothing but the row's URL, or the row itself when asked for. */
import { runQuery } from '../odata/run-query.ts';
import { requireTable } from '../schema/schema.ts';
import type { Answer } from '../wire.ts';
import type { OperationContext, OperationRequest } from './operation.ts';

export type WrittenRow = { table: string; id: string; isNew: boolean };

function rowUrl(context: { apiRoot: string; schema: OperationContext['schema'] }, table: string, id: string): string {
  return `${context.apiRoot}${requireTable(context.schema, table).set}(${id})`;
}

export function writtenAnswer(context: OperationContext, request: OperationRequest, written: WrittenRow): Answer {
  const { table, id, isNew } = written;
  const url = rowUrl(context, table, id);
  const headers = { ...(isNew ? { Location: url } : {}), 'OData-EntityId': url };
  if (!request.preferences.returnRepresentation) return { status: 204, headers };
  const { annotations } = request.preferences;
  const { body } = runQuery(
    context,
    { kind: 'row', table, id },
    request.rawQuery,
    annotations === undefined ? {} : { annotations },
  );
  return { status: isNew ? 201 : 200, body, headers };
}
