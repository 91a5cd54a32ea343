/** FetchXML queries, for joins that OData cannot express. Without white space and with single quotes, because URLs are limited. */
import { percentEncode } from './percent-encode.ts';
import { escapeXml } from './xml-text.ts';

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

type Column = {
  readonly attribute: string /** Alias of the link whose column it is; default: the element's own. */;
  readonly link?: string | undefined;
};

export type FetchCondition =
  | (Column & {
      readonly operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'like';
      readonly value: string | number | boolean;
    })
  | (Column & { readonly operator: 'in' | 'not-in'; readonly values: readonly string[] })
  | (Column & { readonly operator: 'null' | 'not-null' });

export type FetchFilter = {
  /** Default `and`. */
  readonly type?: 'and' | 'or' | undefined;
  readonly conditions: readonly (FetchCondition | FetchFilter)[];
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
  readonly orders?: readonly { readonly attribute: string; readonly descending?: boolean | undefined }[] | undefined;
  /** Rows per page, at most 5,000; default: the service's 5,000. */
  readonly count?: number | undefined;
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
  const { attribute, operator, link } = condition;
  const attributes = { entityname: link, attribute, operator };
  if ('values' in condition) {
    const values = condition.values.map(escapeXml).join('</value><value>');
    return element('condition', attributes, condition.values.length === 0 ? '' : `<value>${values}</value>`);
  }
  return element('condition', 'value' in condition ? { ...attributes, value: condition.value } : attributes);
}

function filterXml(filter: FetchFilter | undefined): string {
  if (filter === undefined) return '';
  const inside = filter.conditions.map((each) => ('conditions' in each ? filterXml(each) : conditionXml(each)));
  return element('filter', { type: filter.type }, inside.join(''));
}

function linkXml(link: FetchLink): string {
  const { entity: name, from, to, kind, alias, attributes = [], filter, links = [] } = link;
  const inside = [...attributes.map(attributeXml), filterXml(filter), ...links.map(linkXml)].join('');
  return element('link-entity', { name, from, to, 'link-type': kind, alias }, inside);
}

/** @throws DataverseError NOT_XML_TEXT when a value holds characters that XML cannot carry; check with isXmlText first. */
export function fetchXml(query: FetchQuery): string {
  const { entity: name, attributes, filter, links = [], orders = [], count, top, distinct, aggregate } = query;
  const inside = [
    ...attributes.map(attributeXml),
    ...orders.map(({ attribute, descending }) => element('order', { attribute, descending })),
    filterXml(filter),
    ...links.map(linkXml),
  ].join('');
  return element('fetch', { count, top, distinct, aggregate }, element('entity', { name }, inside));
}

/** Check its length with encodedLength. */
export function fetchPath(set: string, xml: string): string {
  return `${set}?fetchXml=${percentEncode(xml)}`;
}
