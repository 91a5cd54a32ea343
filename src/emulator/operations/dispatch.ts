/** Route and verb → operation. */

import { refuse } from '../errors/errors.ts';
import { metadataXml } from '../metadata/csdl.ts';
import { runMetadataQuery } from '../metadata/metadata-query.ts';
import type { QueryTarget } from '../odata/query.ts';
import { runQuery } from '../odata/run-query.ts';
import { isJsonObject } from '../odata/values.ts';
import { type Caller, requireAccess, requirePrivileges } from '../organization/privileges.ts';
import type { Route, RouteKind } from '../requests/router.ts';
import type { Answer } from '../requests/wire.ts';
import { absentOperations } from '../switches.ts';
import { addItemCampaign, copyCampaign, removeItemCampaign } from './campaign-items.ts';
import { addListMembersList, addMemberList, removeListMembersList, removeMemberList } from './members.ts';
import type { NamedOperation, OperationContext } from './operation.ts';
import {
  retrieveCurrentOrganization,
  retrieveUserSetOfPrivilegesByNames,
  retrieveVersion,
  whoAmI,
} from './organization-functions.ts';
import { readActionParameters, readFunctionParameters } from './parameters.ts';
import { merge, qualifyLead } from './people.ts';
import { writeReference } from './references.ts';
import { create, createMultiple, deleteRow, updateRow, upsert } from './rows.ts';

type RouteOf<Kind extends RouteKind> = Extract<Route, { kind: Kind }>;

export function dispatch(context: OperationContext, route: Route): Answer {
  if (route.kind === 'operation') return callNamed(context, route);
  if (context.request.method === 'GET') return read(context, route);
  const { method } = context.request;
  if (route.kind === 'collection' && method === 'POST') return create(context, route.table);
  if (route.kind === 'row' && method === 'PATCH') return upsert(context, route);
  if (route.kind === 'row' && method === 'DELETE') return deleteRow(context, route);
  if (route.kind === 'column') return writeColumn(context, route);
  if (route.kind === 'navigation') return writeReference(context, route);
  throw refuse.methodNotAllowed(method);
}

function read(context: OperationContext, route: Exclude<Route, RouteOf<'operation'>>): Answer {
  if (route.kind === 'root') throw refuse.notEmulated('the service document');
  if (route.kind === 'metadata') {
    return {
      status: 200,
      body: metadataXml(context.schema, absentOperations(context.switches)),
      headers: { 'Content-Type': 'application/xml' },
    };
  }
  if (route.kind === 'definitions') {
    requireDefinitions(context, route.path);
    return { status: 200, body: runMetadataQuery(context, route.path, context.request.rawQuery) };
  }
  if (route.kind === 'batch') throw refuse.methodNotAllowed('GET');
  if (route.kind === 'navigation' && route.relatedId !== undefined)
    throw refuse.notEmulated('reading one row through a navigation property');
  return query(context, route);
}

/** Each part of a table's definition needs a privilege of its own. [field] */
function requireDefinitions(context: OperationContext, path: string): void {
  const parts = [
    ['prvReadEntity', /^/],
    ['prvReadAttribute', /\/Attributes\b/],
    ['prvReadRelationship', /\/ManyToOneRelationships\b/],
  ] as const;
  const needed = parts.flatMap(([name, part]) => (part.test(path) ? [name] : []));
  // U37 (tableDefinitions).
  const { tableDefinitions } = context.switches;
  if (tableDefinitions === '0x80048306') throw refuse.definitionsDenied();
  if (tableDefinitions === '0x80040256') throw refuse.securityError();
  const caller: Caller = tableDefinitions === 'readable' ? context.caller : { ...context.caller, depth: () => 'None' };
  requirePrivileges({ ...context, caller }, needed);
}

/** `PUT leads(P)/lastname {"value":"X"}` and `DELETE leads(P)/lastname`. [documented] */
function writeColumn(context: OperationContext, route: RouteOf<'column'>): Answer {
  const { table, id, column } = route;
  const { method, body: sent } = context.request;
  if (method !== 'DELETE' && method !== 'PUT') throw refuse.methodNotAllowed(method);
  if (method === 'PUT' && sent.value === undefined) throw refuse.noJsonObject();
  const body = { [column]: method === 'DELETE' ? null : sent.value };
  context.store.transaction(() => updateRow(context, { table, id, body }));
  return { status: 204 };
}

function callNamed(context: OperationContext, route: RouteOf<'operation'>): Answer {
  const { name, boundTo, declared } = route;
  // U9, U10, U11, U28.
  if (absentOperations(context.switches).has(name))
    throw refuse.segmentNotFound(boundTo === undefined ? name : `Microsoft.Dynamics.CRM.${name}`);
  const run = NAMED_OPERATIONS[name];
  if (run === undefined) throw refuse.notEmulated(`the operation '${name}'`);
  const { method, body, rawQuery } = context.request;
  const isAction = declared.kind === 'action';
  if (method !== (isAction ? 'POST' : 'GET')) throw refuse.noHttpResource(`${context.apiRoot}${name}`);
  const parameters = isAction
    ? readActionParameters(declared, body)
    : readFunctionParameters(declared, route.inlineArguments, rawQuery);
  return run(context, { table: boundTo?.table ?? '', id: boundTo?.id ?? '', parameters });
}

/** The actions and functions that are served, by name. Declared ones that are not here are refused with 501. */
const NAMED_OPERATIONS: Readonly<Record<string, NamedOperation | undefined>> = {
  AddItemCampaign: addItemCampaign,
  AddListMembersList: addListMembersList,
  AddMemberList: addMemberList,
  CopyCampaign: copyCampaign,
  CreateMultiple: createMultiple,
  Merge: merge,
  QualifyLead: qualifyLead,
  RemoveItemCampaign: removeItemCampaign,
  RemoveListMembersList: removeListMembersList,
  RemoveMemberList: removeMemberList,
  RetrieveCurrentOrganization: retrieveCurrentOrganization,
  RetrieveUserSetOfPrivilegesByNames: retrieveUserSetOfPrivilegesByNames,
  RetrieveVersion: retrieveVersion,
  WhoAmI: whoAmI,
};

const JSON_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true';

/** GET on rows: privileges around the query engine, and conditional requests. */
function query(context: OperationContext, target: QueryTarget): Answer {
  requireAccess(context, 'Read', target.table);
  const { body, tables } = runQuery(context, target, context.request.rawQuery);
  context.work.tablesRead.push(...tables);
  for (const table of tables) requireAccess(context, 'Read', table);
  if (body === undefined) return { status: 204 };
  if (typeof body === 'number') return { status: 200, body: String(body), headers: { 'Content-Type': 'text/plain' } };
  const etag = target.kind === 'row' && isJsonObject(body) ? body['@odata.etag'] : undefined;
  if (typeof etag !== 'string') return { status: 200, body, headers: { 'Content-Type': JSON_TYPE } };
  if (context.request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
  return { status: 200, body, headers: { 'Content-Type': JSON_TYPE, ETag: etag } };
}
