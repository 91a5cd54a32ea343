/** Collections page by page: OData by `@odata.nextLink`, FetchXML by its cookie. */
import { DataverseError, SettingsError } from '../errors.ts';
import { FETCH_ANNOTATIONS, nextFetchPage } from './fetch-pages.ts';
import { fetchPath } from './fetchxml.ts';
import { API_ROOT } from './limits.ts';
import type { JsonObject, JsonValue, Operation } from './operation.ts';

export type PageOptions = {
  /** Rows per page, at most 5,000; default: the service's 5,000. For FetchXML set `count` in the query instead. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
};

export type Pager = {
  readonly origin: string;
  /** Reads or throws. */
  readonly read: (operation: Operation, signal?: AbortSignal) => Promise<JsonObject>;
};

function isRow(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows of a collection's answer. @throws DataverseError when it is none. */
export function rowsOf(body: JsonObject): readonly JsonObject[] {
  if (!Array.isArray(body.value))
    throw new DataverseError('NO_COLLECTION', 'Dataverse answered a query with something that is no collection.');
  return body.value.filter(isRow);
}

/**
 * The path of the next page, to be requested unchanged; undefined on the last page.
 * @throws SettingsError FOREIGN_ORIGIN: no token goes to a host that an answer names.
 */
export function nextPath(body: JsonObject, origin: string): string | undefined {
  const link = body['@odata.nextLink'];
  if (typeof link !== 'string') return undefined;
  const root = link.indexOf(API_ROOT);
  const isOurs = URL.canParse(link) && new URL(link).origin === origin && new URL(link).pathname.startsWith(API_ROOT);
  if (isOurs) return link.slice(root + API_ROOT.length);
  const host = URL.canParse(link) ? new URL(link).origin : 'something that is no URL';
  throw new SettingsError(
    'FOREIGN_ORIGIN',
    `A page of results from ${origin} points to ${host} for the next one; it was not followed.`,
    {
      hint: 'Check the organization URL and any proxy in between.',
    },
  );
}

async function* odataPages(pager: Pager, path: string, options: PageOptions): AsyncGenerator<readonly JsonObject[]> {
  // The size must be asked for again on every page.
  const headers = options.pageSize === undefined ? {} : { prefer: `odata.maxpagesize=${options.pageSize}` };
  for (let next: string | undefined = path; next !== undefined; ) {
    const body: JsonObject = await pager.read({ method: 'GET', path: next, headers }, options.signal);
    yield rowsOf(body);
    next = nextPath(body, pager.origin);
  }
}

async function* fetchPages(
  pager: Pager,
  set: string,
  xml: string,
  options: PageOptions,
): AsyncGenerator<readonly JsonObject[]> {
  const headers = { prefer: FETCH_ANNOTATIONS };
  for (let next: string | undefined = xml; next !== undefined; ) {
    const body: JsonObject = await pager.read({ method: 'GET', path: fetchPath(set, next), headers }, options.signal);
    yield rowsOf(body);
    next = nextFetchPage(next, body);
  }
}

/** All pages of a query made by odata-query.ts or fetchxml.ts, one at a time as they are asked for. */
export function pages(pager: Pager, path: string, options: PageOptions = {}): AsyncGenerator<readonly JsonObject[]> {
  const fetch = /^([^?]*)\?fetchXml=([^&]*)$/.exec(path);
  if (fetch === null) return odataPages(pager, path, options);
  return fetchPages(pager, fetch[1] ?? '', decodeURIComponent(fetch[2] ?? ''), options);
}
