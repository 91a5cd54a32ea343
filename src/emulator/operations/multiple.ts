/** CreateMultiple, UpdateMultiple, UpsertMultiple: on standard tables any error rolls the whole call back and names no index. [documented] */

import { invalidArgument, rowAbsent } from '../errors/row-errors.ts';
import { readGuid } from '../odata/values.ts';
import { requireTable } from '../schema/schema.ts';
import { type BoundRequest, complexAnswer, type NamedOperation, type OperationContext } from './operation.ts';
import { isJsonObject, type JsonObject, readReference } from './parameters.ts';
import { createRow, updateRow } from './rows.ts';

export const createMultiple: NamedOperation = (context, request) => {
  const table = request.boundTo?.table ?? '';
  const ids = context.store.transaction(() =>
    targets(context, request).map((body) => createRow(context, { table, body, headers: request.headers })),
  );
  return complexAnswer(context, 'CreateMultipleResponse', { Ids: ids });
};

export const updateMultiple: NamedOperation = (context, request) => {
  const table = request.boundTo?.table ?? '';
  context.store.transaction(() => {
    for (const target of targets(context, request)) {
      const { id, body } = keyed(context, table, target);
      if (id === undefined) throw invalidArgument();
      if (context.store.get(table, id) === undefined) throw rowAbsent(table, id);
      updateRow(context, { table, id, body, headers: request.headers });
    }
  });
  return { status: 204 };
};

export const upsertMultiple: NamedOperation = (context, request) => {
  const table = request.boundTo?.table ?? '';
  context.store.transaction(() => {
    const rows = targets(context, request).map((target) => ({ target, ...keyed(context, table, target) }));
    const ids = rows.flatMap(({ id }) => (id === undefined ? [] : [id]));
    // The same key twice in one call is an error. [documented]
    if (new Set(ids).size < ids.length) throw invalidArgument();
    for (const row of rows) upsertOne(context, request, row);
  });
  return { status: 204 };
};

type Keyed = { target: JsonObject; id: string | undefined; body: JsonObject };

function upsertOne(context: OperationContext, { boundTo, headers }: BoundRequest, { target, id, body }: Keyed): void {
  const table = boundTo?.table ?? '';
  const exists = id !== undefined && context.store.get(table, id) !== undefined;
  if (exists) updateRow(context, { table, id, body, headers });
  else createRow(context, { table, body: target, headers });
}

function targets(context: OperationContext, { parameters, boundTo }: BoundRequest): JsonObject[] {
  if (!Array.isArray(parameters.Targets) || parameters.Targets.length === 0) throw invalidArgument();
  return parameters.Targets.map((target: unknown) => {
    if (!isJsonObject(target)) throw invalidArgument();
    // Each target names its type. [documented]
    if (target['@odata.type'] === undefined) readReference(context.schema, target);
    const { '@odata.type': type, ...row } = target;
    if (String(type).replace(/^#?Microsoft\.Dynamics\.CRM\./, '') !== boundTo?.table) throw invalidArgument();
    return row;
  });
}

function keyed(
  context: OperationContext,
  table: string,
  target: JsonObject,
): { id: string | undefined; body: JsonObject } {
  const { key } = requireTable(context.schema, table);
  const { [key]: rawId, ...body } = target;
  return { id: rawId === undefined ? undefined : readGuid(String(rawId)), body };
}
