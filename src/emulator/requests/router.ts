/** URL path → route. Knows the schema's names and the forms a path may have; runs nothing. */
import { refuse } from '../errors/errors.ts';
import type { QueryTarget } from '../odata/query.ts';
import { splitOutside } from '../odata/tokens.ts';
import { readGuid } from '../odata/values.ts';
import type { Operation, Schema, Table } from '../schema/schema.ts';

const ROOT = /^\/api\/data\/(v9\.[0-2])(?=\/|$)/;
const PREFIX = 'Microsoft.Dynamics.CRM.';

export function routePath(schema: Schema, path: string): { version: string; route: Route } {
  const [root = '', version] = ROOT.exec(path) ?? [];
  if (version === undefined) throw refuse.noHttpResource(path);
  return { version, route: routeSegments(schema, path.slice(root.length)) };
}

function routeSegments(schema: Schema, path: string): Route {
  let decoded: string;
  try {
    // In paths `+` is a plus sign.
    decoded = decodeURIComponent(path);
  } catch {
    throw refuse.querySyntax();
  }
  const [first, ...rest] = pathSegments(decoded);
  if (first === undefined) return { kind: 'root' };
  if (first.name === '$batch') return { kind: 'batch' };
  if (first.name === '$metadata') return { kind: 'metadata' };
  if (METADATA_SETS.includes(first.name)) return { kind: 'definitions', path: decoded.replace(/^\//, '') };
  const table = schema.tableBySet(first.name);
  if (table !== undefined) return routeTable(schema, table, first, rest);
  const { name, inside = '' } = first;
  if (schema.unmodelledSets.has(name)) throw refuse.notEmulated(`the entity set '${name}'`);
  const declared = schema.operation(name, null);
  if (declared !== undefined && rest.length === 0)
    return { kind: 'operation', name, declared, inlineArguments: inside };
  if (schema.unmodelledOperations.has(name)) throw refuse.notEmulated(`the operation '${name}'`);
  throw refuse.segmentNotFound(name);
}

type Segment = {
  name: string;
  /** The text between the parentheses, or undefined without any. */
  inside?: string;
};

/** `lists(L)/X(a='b/c')` → `{lists, L}`, `{X, a='b/c'}`. */
function pathSegments(path: string): Segment[] {
  const texts = splitOutside(path, '/').filter((text) => text !== '');
  return texts.map((text) => {
    const open = text.indexOf('(');
    if (open < 0) return { name: text };
    if (!text.endsWith(')')) throw refuse.querySyntax();
    return { name: text.slice(0, open), inside: text.slice(open + 1, -1) };
  });
}

const METADATA_SETS = ['EntityDefinitions', 'RelationshipDefinitions', 'GlobalOptionSetDefinitions'];

function routeTable(schema: Schema, table: Table, first: Segment, rest: readonly Segment[]): Route {
  if (first.inside === undefined) return routeCollection(schema, table, rest);
  const id = readKey(table, first.inside);
  const [second, ...more] = rest;
  if (second === undefined) return { kind: 'row', table: table.name, id };
  if (second.name.startsWith(PREFIX)) return routeBound(schema, { table: table.name, id }, second, more);
  return routeProperty(schema, { table, id }, second, more);
}

function routeCollection(schema: Schema, table: Table, rest: readonly Segment[]): Route {
  const [second, ...more] = rest;
  if (second === undefined) return { kind: 'collection', table: table.name };
  if (second.name === '$count' && more.length === 0) return { kind: 'count', table: table.name };
  if (second.name.startsWith(PREFIX)) return routeBound(schema, { table: table.name }, second, more);
  if (second.name === '$ref') throw refuse.invalidRefSegment(table.set);
  throw refuse.segmentNotFound(second.name);
}

function routeBound(schema: Schema, boundTo: BoundTo, segment: Segment, more: readonly Segment[]): Route {
  const name = segment.name.slice(PREFIX.length);
  const binding = boundTo.id === undefined ? `Collection(mscrm.${boundTo.table})` : `mscrm.${boundTo.table}`;
  const declared = schema.operation(name, binding);
  if (declared !== undefined && more.length === 0)
    return { kind: 'operation', name, declared, boundTo, inlineArguments: segment.inside ?? '' };
  if (name === 'DeleteMultiple') throw refuse.deleteMultiple();
  // What is declared for some tables is not there for others; the bulk messages are, but for rows that only actions make. [documented]
  const isBulk = /^(?:Create|Update|Upsert)Multiple$/.test(name);
  if (isBulk ? !schema.isIntersect(boundTo.table) : schema.unmodelledOperations.has(name))
    throw refuse.notEmulated(`the operation '${name}' on '${boundTo.table}'`);
  throw refuse.segmentNotFound(segment.name);
}

function routeProperty(
  schema: Schema,
  { table, id }: { table: Table; id: string },
  second: Segment,
  more: readonly Segment[],
): Route {
  if (second.name === '$ref') throw refuse.invalidRefSegment(table.set);
  if (table.navigation.has(second.name)) return routeNavigation(table, id, second, more);
  if (table.unmodelledNavigation.has(second.name)) {
    throw refuse.notEmulated(`the navigation property '${second.name}' of '${table.name}'`);
  }
  // The intersect's set in place of the relationship's name. [field]
  if (more[0]?.name === '$ref' && schema.tableBySet(second.name) !== undefined)
    throw refuse.invalidRefSegment(second.name);
  const isColumn = table.columns.has(second.name) && second.inside === undefined;
  if (!isColumn) throw refuse.segmentNotFound(second.name);
  const [beyond] = more;
  if (beyond?.name === '$value') throw refuse.notEmulated(`'$value' of a column`);
  if (beyond !== undefined) throw refuse.segmentNotFound(beyond.name);
  return { kind: 'column', table: table.name, id, column: second.name };
}

function routeNavigation(table: Table, id: string, segment: Segment, more: readonly Segment[]): Route {
  const [end, ...beyond] = more;
  const ref = end?.name === '$ref';
  const isCollection = segment.inside === undefined && table.navigation.get(segment.name)?.kind !== 'single';
  const isCounted = end?.name === '$count' && isCollection;
  if (beyond.length > 0 || (end !== undefined && !ref && !isCounted))
    throw refuse.notEmulated(`paths beyond '${segment.name}'`);
  const property = segment.name;
  const route = { kind: 'navigation', table: table.name, id, property, ref, isCounted } as const;
  if (segment.inside === undefined) return route;
  const relatedId = readQuotedGuid(segment.inside.replace(/^\w+\s*=\s*/, ''));
  if (relatedId === undefined) throw refuse.querySyntax();
  return { ...route, relatedId };
}

/** In paths real organizations take quoted GUIDs. */
function readQuotedGuid(text: string): string | undefined {
  return readGuid(text.trim().replace(/^'(.*)'$/, '$1'));
}

/** `(guid)` or `(leadid=guid)`. Other columns would be an alternate key, and no table has one by default. */
function readKey(table: Table, inside: string): string {
  const named = /^(\w+)\s*=\s*(.*)$/s.exec(inside);
  if (named !== null && named[1] !== table.key) throw refuse.alternateKeyNotDefined(table.name);
  const id = readQuotedGuid(named?.[2] ?? inside);
  if (id === undefined) throw refuse.querySyntax();
  return id;
}

// The routes, and the names of requests.

type BoundTo = { table: string; id: string } | { table: string; id?: undefined };

export type Route =
  | { kind: 'root' }
  | { kind: 'batch' }
  | { kind: 'metadata' }
  | { kind: 'definitions'; path: string }
  | QueryTarget
  | { kind: 'operation'; name: string; declared: Operation; boundTo?: BoundTo; inlineArguments: string };

export type RouteKind = Route['kind'];

/** The name under which logs and faults know a request. */
export function operationName(method: string, route: Route): string {
  if (route.kind === 'operation') return route.name;
  const fixed = FIXED_NAMES[route.kind];
  if (fixed !== undefined) return fixed;
  if (method === 'GET') return route.kind === 'row' || route.kind === 'column' ? 'Retrieve' : 'RetrieveMultiple';
  if (route.kind === 'navigation') return method === 'DELETE' ? 'Disassociate' : 'Associate';
  return WRITES[method] ?? method;
}

const FIXED_NAMES: Partial<Record<RouteKind, string>> = {
  batch: '$batch',
  metadata: '$metadata',
  definitions: 'EntityDefinitions',
};

const WRITES: Readonly<Record<string, string>> = { POST: 'Create', PATCH: 'Upsert', PUT: 'Update', DELETE: 'Delete' };

export function partOperation(schema: Schema, { method, url }: { method: string; url: string }): string {
  const bound = /Microsoft\.Dynamics\.CRM\.(\w+)/.exec(cutTarget(url).path)?.[1];
  if (bound !== undefined) return bound;
  const { path: rooted } = cutTarget(url.replace(/^https?:\/\/[^/]+/i, ''));
  const path = rooted.startsWith('/') ? rooted : `/api/data/v9.2/${rooted}`;
  try {
    return operationName(method, routePath(schema, path).route);
  } catch {
    return method;
  }
}

export function cutTarget(target: string): { path: string; rawQuery: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, rawQuery: '' } : { path: target.slice(0, mark), rawQuery: target.slice(mark + 1) };
}
