/** What a request asks for, read from its path alone. */

export type BoundTo = { table: string; id: string } | { table: string; id?: undefined };

export type Route =
  | { kind: 'root' }
  | { kind: 'batch' }
  | { kind: 'metadata' }
  | { kind: 'definitions'; path: string }
  | { kind: 'collection'; table: string }
  | { kind: 'count'; table: string }
  | { kind: 'row'; table: string; id: string }
  | { kind: 'column'; table: string; id: string; column: string; raw: boolean }
  | {
      kind: 'navigation';
      table: string;
      id: string;
      property: string;
      ref: boolean;
      /** `/$count` at its end. */
      count?: true;
      relatedId?: string;
    }
  | { kind: 'operation'; name: string; boundTo?: BoundTo; inlineArguments: string };

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
