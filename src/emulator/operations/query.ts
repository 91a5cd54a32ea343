/** GET on rows: privileges around the query engine, and conditional requests. */
import type { QueryTarget } from '../odata/query-context.ts';
import { runQuery } from '../odata/run-query.ts';
import type { Answer } from '../wire.ts';
import { isJsonObject } from './action-parameters.ts';
import { requireAccess } from './authorize.ts';
import type { OperationContext, OperationRequest } from './operation.ts';

export function query(context: OperationContext, request: OperationRequest, target: QueryTarget): Answer {
  requireAccess(context, 'Read', target.table);
  const { maxPageSize, annotations } = request.preferences;
  const result = runQuery(context, target, request.rawQuery, {
    ...(maxPageSize === undefined ? {} : { maxPageSize }),
    ...(annotations === undefined ? {} : { annotations }),
  });
  context.work.rowsRead += result.rowsRead;
  context.work.tablesRead.push(...result.tables);
  for (const table of result.tables) requireAccess(context, 'Read', table);
  if (result.status === 204) return { status: 204 };
  return answerQuery(request, target, result.body);
}

const JSON_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true';

function answerQuery(request: OperationRequest, target: QueryTarget, body: unknown): Answer {
  const isPlain = typeof body === 'number' || (target.kind === 'column' && target.raw);
  if (isPlain) return { status: 200, body: String(body), headers: { 'Content-Type': 'text/plain' } };
  const etag = target.kind === 'row' && isJsonObject(body) ? body['@odata.etag'] : undefined;
  if (typeof etag !== 'string') return { status: 200, body, headers: { 'Content-Type': JSON_TYPE } };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
  return { status: 200, body, headers: { 'Content-Type': JSON_TYPE, ETag: etag } };
}
