/** Reads collections page by page: OData by `@odata.nextLink`, FetchXML by its cookie. */

import { DataverseError, SettingsError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { fetchCookie, fetchPath, nextFetchPage } from './fetchxml.ts';
import { API_ROOT } from './limits.ts';
import type { OperationResult, Read } from './operation.ts';
import { bodyOf } from './reads.ts';

export type Pager = {
  readonly origin: string;
  /** Reads one page, until it is answered or refused. */
  readonly readPage: (read: Read) => Promise<OperationResult>;
};

/** A page may be empty (hidden rows, joins). This many empty pages in a row mean that paging does not end. */
const MAX_EMPTY_PAGES = 100;
const LINK = '@odata.nextLink';

export const pageRows = (body: JsonObject): readonly JsonObject[] => arrayOf(body.value).filter(isJsonObject);
const arrayOf = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);

/**
 * The path of a next link, to be requested unchanged; undefined without a link.
 * @throws SettingsError FOREIGN_ORIGIN: an answer must not direct the token to another host.
 */
function linkedPath(link: JsonValue | undefined, origin: string): string | undefined {
  if (typeof link !== 'string') return undefined;
  const root = link.indexOf(API_ROOT);
  const isOurs = URL.canParse(link) && new URL(link).origin === origin && new URL(link).pathname.startsWith(API_ROOT);
  if (isOurs) return link.slice(root + API_ROOT.length);
  const host = URL.canParse(link) ? new URL(link).origin : 'something that is not a URL';
  throw new SettingsError(
    'FOREIGN_ORIGIN',
    `A page of results from ${origin} links to ${host} for the next page; dyncamp did not follow it.`,
    { hint: 'Check the organization URL and any proxy in between.' },
  );
}

function endless(what: string): DataverseError {
  return new DataverseError('ENDLESS_PAGES', `A query has no last page: ${what}.`, {
    hint: 'Try again later. If it persists, report it to the administrator of the organization or of the proxy in front of it.',
  });
}

/** For one query: returns the read of the next page, or undefined after the last, and throws when paging does not end. */
export function startPaging(origin: string): (read: Read, body: JsonObject) => Read | undefined {
  let emptyPages = 0;
  let pages = 0;
  // Brent's cycle detection: remembers one link, renewed at every power of two.
  let remembered: string | undefined;
  return (read, body) => {
    const link = linkedPath(body[LINK], origin);
    const path = link ?? nextFetchPath(read.path, body);
    if (path === undefined) return undefined;
    const mark = link ?? fetchCookie(body) ?? path;
    if (mark === remembered) throw endless('the link to the next one repeats');
    pages += 1;
    if (Number.isInteger(Math.log2(pages))) remembered = mark;
    emptyPages = pageRows(body).length > 0 ? 0 : emptyPages + 1;
    if (emptyPages >= MAX_EMPTY_PAGES) throw endless(`${MAX_EMPTY_PAGES} in a row had no row`);
    return { ...read, path };
  };
}

function nextFetchPath(path: string, body: JsonObject): string | undefined {
  const fetch = /^([^?]*)\?fetchXml=([^&]*)$/.exec(path);
  if (fetch === null) return undefined;
  const xml = nextFetchPage(decodeURIComponent(fetch[2] ?? ''), body);
  return xml === undefined ? undefined : fetchPath(fetch[1] ?? '', xml);
}

export async function* pages(pager: Pager, read: Read): AsyncGenerator<readonly JsonObject[]> {
  const next = startPaging(pager.origin);
  for (let page: Read | undefined = read; page !== undefined; ) {
    const body: JsonObject = bodyOf(await pager.readPage(page));
    yield pageRows(body);
    page = next(page, body);
  }
}

/** A read's answer with the pages behind its first one; a refusal of one of those is the refusal of the whole. */
export async function withAllPages(pager: Pager, read: Read, first: OperationResult): Promise<OperationResult> {
  if (first.kind !== 'ok' || first.body === undefined) return first;
  const next = startPaging(pager.origin);
  let page = read.expects.kind === 'rows' ? next(read, first.body) : undefined;
  if (page === undefined) return first;
  const value = [...arrayOf(first.body.value)];
  while (page !== undefined) {
    const result: OperationResult = await pager.readPage(page);
    if (result.kind !== 'ok') return result;
    value.push(...arrayOf(result.body?.value));
    page = next(page, result.body ?? {});
  }
  return { ...first, body: { ...first.body, value } };
}
