/** Route and verb → operation. */
import { methodNotAllowed, noHttpResource, notEmulated } from './errors/path-errors.ts';
import { metadataXml, runMetadataQuery } from './metadata/metadata.ts';
import type { QueryTarget } from './odata/query-context.ts';
import { noJsonObject, readActionParameters, readFunctionParameters } from './operations/action-parameters.ts';
import { writeReference } from './operations/associate.ts';
import { requireBypassPrivileges } from './operations/authorize.ts';
import { create } from './operations/create.ts';
import { deleteRow } from './operations/delete-row.ts';
import { NAMED_OPERATIONS } from './operations/named-operations.ts';
import type { OperationContext, OperationRequest } from './operations/operation.ts';
import { query } from './operations/query.ts';
import { updateRow } from './operations/update.ts';
import { upsert } from './operations/upsert.ts';
import type { Route, RouteKind } from './route.ts';
import type { Operation, Schema } from './schema/schema.ts';
import { absentOperations } from './switches.ts';
import type { Answer } from './wire.ts';

type RouteOf<Kind extends RouteKind> = Extract<Route, { kind: Kind }>;

export function dispatch(context: OperationContext, request: OperationRequest, route: Route): Answer {
  requireBypassPrivileges(context, request.headers);
  if (route.kind === 'operation') return callNamed(context, request, route);
  if (request.method === 'GET') return read(context, request, route);
  if (route.kind === 'collection' && request.method === 'POST') return create(context, request, route.table);
  if (route.kind === 'row' && request.method === 'PATCH') return upsert(context, request, route);
  if (route.kind === 'row' && request.method === 'DELETE') return deleteRow(context, request, route);
  if (route.kind === 'column') return writeColumn(context, request, route);
  if (route.kind === 'navigation') return writeReference(context, request, route);
  throw methodNotAllowed(request.method);
}

function read(
  context: OperationContext,
  request: OperationRequest,
  route: Exclude<Route, RouteOf<'operation'>>,
): Answer {
  if (route.kind === 'root') return { status: 200, body: serviceDocument(context) };
  if (route.kind === 'metadata') {
    return {
      status: 200,
      body: metadataXml(context.schema, absentOperations(context.switches)),
      headers: { 'Content-Type': 'application/xml' },
    };
  }
  if (route.kind === 'definitions') {
    return { status: 200, body: runMetadataQuery(context, route.path, request.rawQuery) };
  }
  if (route.kind === 'batch') throw methodNotAllowed('GET');
  return query(context, request, queryTarget(route));
}

function queryTarget(route: RouteOf<'collection' | 'count' | 'row' | 'column' | 'navigation'>): QueryTarget {
  if (route.kind === 'navigation' && route.relatedId !== undefined) {
    throw notEmulated('reading one row through a navigation property');
  }
  return route;
}

function serviceDocument(context: OperationContext): unknown {
  const value = [...context.schema.tables.values()].map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return { '@odata.context': `${context.apiRoot}$metadata`, value };
}

/** `PUT leads(P)/lastname {"value":"X"}` and `DELETE leads(P)/lastname`. [documented] */
function writeColumn(context: OperationContext, request: OperationRequest, route: RouteOf<'column'>): Answer {
  const { table, id, column } = route;
  const isClearing = request.method === 'DELETE';
  if (!isClearing && request.method !== 'PUT') throw methodNotAllowed(request.method);
  if (!isClearing && request.body.value === undefined) throw noJsonObject();
  const body = { [column]: isClearing ? null : request.body.value };
  context.store.transaction(() => updateRow(context, { table, id, body, headers: request.headers }));
  return { status: 204 };
}

function callNamed(context: OperationContext, request: OperationRequest, route: RouteOf<'operation'>): Answer {
  const declared = declaration(context.schema, route);
  const run = NAMED_OPERATIONS.get(route.name);
  if (declared === undefined || run === undefined) throw notEmulated(`the operation '${route.name}'`);
  const verb = declared.kind === 'action' ? 'POST' : 'GET';
  if (request.method !== verb) throw noHttpResource(`${context.apiRoot}${route.name}`);
  const parameters =
    declared.kind === 'action'
      ? readActionParameters(declared, request.body)
      : readFunctionParameters(declared, route.inlineArguments, request.rawQuery);
  return run(context, { ...request, boundTo: route.boundTo, parameters });
}

function declaration(schema: Schema, { name, boundTo }: RouteOf<'operation'>): Operation | undefined {
  const type = boundTo === undefined ? null : `mscrm.${boundTo.table}`;
  const binding = boundTo !== undefined && boundTo.id === undefined ? `Collection(${type})` : type;
  return schema.operation(name).find((operation) => operation.bound === binding);
}
