/** FetchXML paging ("Page results using FetchXml"): the cookie comes as an annotation and goes back inside the query. */

import type { JsonObject } from '../json.ts';
import { escapeXml } from './xml-text.ts';

const COOKIE = '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie';
const MORE = '@Microsoft.Dynamics.CRM.morerecords';

/** Send it with every FetchXML query that may have a second page. */
export const FETCH_ANNOTATIONS =
  'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"';

/** Unchanged. It differs on every page of a query. */
export function fetchCookie(body: JsonObject): string | undefined {
  const cookie = body[COOKIE];
  return typeof cookie === 'string' ? cookie : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function currentPage(xml: string): number {
  return Number(/^<fetch[^>]*? page='(\d+)'/.exec(xml)?.[1] ?? '1');
}

/**
 * The query for the page after `body`, the answer to `xml` (made by fetchXml or by this function); undefined after the last page.
 * The annotation is `<cookie pagenumber="2" pagingcookie="…" …/>` with the cookie proper percent-encoded twice.
 */
export function nextFetchPage(xml: string, body: JsonObject): string | undefined {
  const more = body[MORE];
  if (more !== true && more !== 'true') return undefined;
  const annotation = body[COOKIE];
  const text = typeof annotation === 'string' ? annotation : '';
  const page = Number(/pagenumber="(\d+)"/.exec(text)?.[1] ?? currentPage(xml) + 1);
  const cookie = /pagingcookie="([^"]*)"/.exec(text)?.[1];
  const plain = xml.replace(/^<fetch[^>]*>/, (tag) => tag.replace(/ (?:page|paging-cookie)='[^']*'/g, ''));
  const attributes = cookie === undefined ? '' : ` paging-cookie='${escapeXml(decoded(decoded(cookie)))}'`;
  return plain.replace(/^<fetch/, () => `<fetch page='${page}'${attributes}`);
}
