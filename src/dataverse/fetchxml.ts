/** FetchXML queries, for joins that OData cannot express, and their pages. Without white space and with single quotes, because URLs are limited. */
import { DataverseError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { percentEncode } from './odata-query.ts';

/** An alias has no dot: a linked column without one comes back as `m.column`, or `m_x002e_column` from older versions. */
export type FetchAttribute =
  | string
  | {
      readonly name: string;
      readonly alias: string;
      /** In a query with `aggregate` each attribute is one or the other. */
      readonly groupby?: true;
      readonly aggregate?: 'count';
    };

type FetchCondition = { readonly attribute: string } & (
  | { readonly operator: 'eq'; readonly value: string | number | boolean }
  | { readonly operator: 'in'; readonly values: readonly string[] }
);

export type FetchFilter = {
  /** Default `and`. */
  readonly type?: 'and' | 'or' | undefined;
  readonly conditions: readonly FetchCondition[];
};

export type FetchLink = {
  readonly entity: string;
  /** Column of the linked table. */
  readonly from: string;
  /** Column of the outer table. */
  readonly to: string;
  readonly kind: 'inner' | 'outer';
  readonly alias: string;
  readonly attributes?: readonly FetchAttribute[] | undefined;
  readonly filter?: FetchFilter | undefined;
  readonly links?: readonly FetchLink[] | undefined;
};

type FetchQuery = {
  readonly entity: string;
  readonly attributes: readonly FetchAttribute[];
  readonly filter?: FetchFilter | undefined;
  readonly links?: readonly FetchLink[] | undefined;
  readonly orders?: readonly string[] | undefined;
  /** Not together with paging. */
  readonly top?: number | undefined;
  readonly distinct?: boolean | undefined;
  readonly aggregate?: boolean | undefined;
};

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}='${escapeXml(String(value))}'`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

function attributeXml(attribute: FetchAttribute): string {
  return element('attribute', typeof attribute === 'string' ? { name: attribute } : attribute);
}

function conditionXml(condition: FetchCondition): string {
  const { attribute, operator } = condition;
  const attributes = { attribute, operator };
  if ('values' in condition) {
    const values = condition.values.map(escapeXml).join('</value><value>');
    return element('condition', attributes, condition.values.length === 0 ? '' : `<value>${values}</value>`);
  }
  return element('condition', { ...attributes, value: condition.value });
}

function filterXml(filter: FetchFilter | undefined): string {
  if (filter === undefined) return '';
  return element('filter', { type: filter.type }, filter.conditions.map(conditionXml).join(''));
}

function linkXml(link: FetchLink): string {
  const { entity: name, from, to, kind, alias, attributes = [], filter, links = [] } = link;
  const inside = [...attributes.map(attributeXml), filterXml(filter), ...links.map(linkXml)].join('');
  return element('link-entity', { name, from, to, 'link-type': kind, alias }, inside);
}

/** @throws DataverseError NOT_XML_TEXT when a value holds characters that XML cannot carry; check with isXmlText first. */
export function fetchXml(query: FetchQuery): string {
  const { entity: name, attributes, filter, links = [], orders = [], top, distinct, aggregate } = query;
  const inside = [
    ...attributes.map(attributeXml),
    ...orders.map((attribute) => element('order', { attribute })),
    filterXml(filter),
    ...links.map(linkXml),
  ].join('');
  return element('fetch', { top, distinct, aggregate }, element('entity', { name }, inside));
}

export function fetchPath(set: string, xml: string): string {
  return `${set}?fetchXml=${percentEncode(xml)}`;
}

/** XML 1.0: most control characters, lone surrogates and U+FFFE/U+FFFF are not allowed even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export const isXmlText = (text: string): boolean => !NOT_XML.test(text);

/** Line ends and tabs too, because a parser would normalize them. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const PLAIN = /^[\w.@-]*$/;

/** Needs no escaping in XML or a URL: ids and nearly all addresses. */
export const isPlain = (text: string): boolean => PLAIN.test(text);

/** For element content and attribute values. @throws DataverseError NOT_XML_TEXT; check with isXmlText first. */
export function escapeXml(text: string): string {
  if (isPlain(text)) return text;
  if (!isXmlText(text))
    throw new DataverseError('NOT_XML_TEXT', 'The text has characters that are not allowed in a FetchXML query.');
  return text.replace(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** "Page results using FetchXml": the cookie comes as an annotation and goes back inside the query. */
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

/**
 * The query for the page after `body`, the answer to `xml` (made by fetchXml or by this function); undefined after the last page.
 * The annotation is `<cookie pagenumber="2" pagingcookie="…" …/>` with the cookie proper percent-encoded twice.
 */
export function nextFetchPage(xml: string, body: JsonObject): string | undefined {
  const more = body[MORE];
  if (more !== true && more !== 'true') return undefined;
  const annotation = body[COOKIE];
  const text = typeof annotation === 'string' ? annotation : '';
  const current = Number(/^<fetch[^>]*? page='(\d+)'/.exec(xml)?.[1] ?? '1');
  const page = Number(/pagenumber="(\d+)"/.exec(text)?.[1] ?? current + 1);
  const cookie = /pagingcookie="([^"]*)"/.exec(text)?.[1];
  const plain = xml.replace(/^<fetch[^>]*>/, (tag) => tag.replace(/ (?:page|paging-cookie)='[^']*'/g, ''));
  const attributes = cookie === undefined ? '' : ` paging-cookie='${escapeXml(decoded(decoded(cookie)))}'`;
  return plain.replace(/^<fetch/, () => `<fetch page='${page}'${attributes}`);
}
