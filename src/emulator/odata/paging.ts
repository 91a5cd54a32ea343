/** Pages: sizes, and the cookie that carries the place where the next one begins, in the recorded form. */

import type { Value } from '../store/row.ts';
import type { Wanted } from './reader.ts';
import { keySql, type Source, type Sql, sql } from './sql.ts';

/** Rows per page, default and maximum. */
export const MAX_PAGE_SIZE = 5000;

/** `last` is the key of the last row of the page before; without it the place is found by counting. */
export type PageStart = { pageNumber: number; last?: string };

export function pageSizeOf(wanted: number | undefined, most: number): number {
  return wanted === undefined || wanted < 1 ? most : Math.min(wanted, most);
}

export function readCookie(text: string): PageStart | undefined {
  const pageNumber = Number(/pagenumber="(\d+)"/.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isInteger(pageNumber) || pageNumber < 1) return undefined;
  const inner = decodeFully(/pagingcookie="([^"]*)"/.exec(text)?.[1] ?? '');
  return { pageNumber, ...lastOf(inner) };
}

/** The inner cookie: `<cookie page="1"><leadid last="{…}" first="{…}" /></cookie>`. */
export function lastOf(inner: string): { last?: string } {
  const last = /<\w+ last="\{([0-9A-Fa-f-]{36})\}"/.exec(inner)?.[1];
  return last === undefined ? {} : { last: last.toLowerCase() };
}

/** Encoded once or twice, depending on where it came from. */
function decodeFully(text: string): string {
  let decoded = text;
  for (let round = 0; round < 2 && decoded.includes('%'); round += 1) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      return decoded;
    }
  }
  return decoded;
}

/** `keyed`: the name of the key column in the rows. */
type Page = { pageNumber: number; key: string; rows: readonly Readonly<Record<string, Value>>[]; keyed: string };

/** `rounds`: how many times the inner cookie is percent-encoded inside the outer. */
export function outerCookie({ pageNumber, key, rows, keyed }: Page, rounds: 1 | 2): string {
  const [first, last] = [rows[0], rows.at(-1)].map((row) => String(row?.[keyed] ?? '').toUpperCase());
  const once = encodeLower(`<cookie page="${pageNumber}"><${key} last="{${last}}" first="{${first}}" /></cookie>`);
  const inner = rounds === 1 ? once : encodeLower(once);
  return `<cookie pagenumber="${pageNumber + 1}" pagingcookie="${inner}" istracking="False" />`;
}

function encodeLower(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** Where the page starts: after the last key where rows come in key order, else by the rows before it. */
export function pagePlace(
  start: PageStart,
  source: Source,
  page: { size: number; isKeyOrder: boolean },
): { where: Sql[]; offset: number } {
  if (page.isKeyOrder && start.last !== undefined)
    return { where: [sql(`${keySql(source)} > ?`, start.last)], offset: 0 };
  return { where: [], offset: (start.pageNumber - 1) * page.size };
}

/** Any fixed number will do: it changes with every publication of customizations. */
const METADATA_VERSION = '6012567';

/** Annotations of a page. `found`: rows counted up to one beyond a page; the total is -1 unless the request wants it. */
export function pageAnnotations(wanted: Wanted, found: number | undefined): Record<string, unknown> {
  const all = {
    'Microsoft.Dynamics.CRM.totalrecordcount': Math.min(found ?? -1, MAX_PAGE_SIZE),
    'Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': (found ?? 0) > MAX_PAGE_SIZE,
    'Microsoft.Dynamics.CRM.globalmetadataversion': METADATA_VERSION,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (wanted(name) ? [[`@${name}`, value]] : [])),
  );
}
