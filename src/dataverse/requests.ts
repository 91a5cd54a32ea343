/** Turns operations into HTTP: URLs, headers, names for messages. */
import type { HttpRequest } from '../transport/http.ts';
import { API_ROOT } from './limits.ts';
import type { BatchPart, Operation, Read } from './operation.ts';

/**
 * "Compose HTTP requests and handle errors". `If-None-Match: null` keeps caches from answering GETs with expanded collections.
 * OData-Version is always sent (unsettled U26: whether requests without it are taken).
 */
export function operationHeaders(operation: Operation): Record<string, string> {
  return {
    accept: 'application/json',
    'odata-maxversion': '4.0',
    'odata-version': '4.0',
    ...(operation.method === 'GET' ? { 'if-none-match': 'null' } : {}),
    ...(operation.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...operation.headers,
  };
}

/** For messages and the log: `GET leads`, `AddListMembersList`, `PATCH lists`. No ids, no values. */
export function operationName(operation: Pick<Operation, 'method' | 'path'>): string {
  const [path = ''] = operation.path.split('?');
  const segments = path.split('/').map((segment) => segment.replace(/\(.*\)$/, ''));
  const last = segments.at(-1) ?? path;
  const action = /^(?:Microsoft\.Dynamics\.CRM\.)?([A-Z]\w*)$/.exec(last)?.[1];
  if (action !== undefined && operation.method === 'POST') return action;
  return `${operation.method} ${segments.join('/').replaceAll('Microsoft.Dynamics.CRM.', '')}`;
}

export function isRead(part: BatchPart): part is Read {
  return !('changeSet' in part) && part.method === 'GET';
}

export function operationRequest(origin: string, operation: Operation): HttpRequest {
  return {
    method: operation.method,
    url: `${origin}${API_ROOT}${operation.path}`,
    headers: operationHeaders(operation),
    body: operation.body && JSON.stringify(operation.body),
    repeatable: operation.method === 'GET',
    operation: operationName(operation),
  };
}
