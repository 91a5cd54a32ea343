/** What a FetchXML query says, before anything is known of tables and columns. Names are logical names. */

import { refuse } from '../errors/errors.ts';
import { readXml, type XmlElement } from './read-xml.ts';

export type FetchAttribute = {
  name: string;
  alias: string | undefined;
  aggregate: string | undefined;
  isGroup: boolean;
};

export type FetchOrder = { attribute: string | undefined; alias: string | undefined; isDescending: boolean };

type FetchCondition = {
  /** Alias of a linked table; undefined means the table the filter stands in. */
  entityName: string | undefined;
  attribute: string;
  operator: string;
  values: readonly string[];
};

export type FetchFilter = {
  type: 'and' | 'or';
  conditions: readonly FetchCondition[];
  filters: readonly FetchFilter[];
};

export type FetchEntity = {
  name: string;
  attributes: readonly FetchAttribute[];
  hasAllAttributes: boolean;
  orders: readonly FetchOrder[];
  filters: readonly FetchFilter[];
  links: readonly FetchLink[];
};

export type FetchLink = FetchEntity & {
  /** Column of the linked table. */
  from: string;
  /** Column of the table above. */
  to: string;
  alias: string | undefined;
  type: 'inner' | 'outer';
};

export type Fetch = {
  entity: FetchEntity;
  count: number | undefined;
  page: number;
  pagingCookie: string | undefined;
  top: number | undefined;
  isDistinct: boolean;
  isAggregate: boolean;
  returnsTotal: boolean;
};

export function parseFetch(text: string): Fetch {
  const root = readXml(text);
  const [entity, second] = root.children;
  if (root.name !== 'fetch' || entity?.name !== 'entity' || second !== undefined) throw refuse.malformedFetch();
  const fetch: Fetch = {
    entity: parseEntity(entity),
    count: integer(root, 'count'),
    page: integer(root, 'page') ?? 1,
    pagingCookie: root.attributes.get('paging-cookie'),
    top: integer(root, 'top'),
    isDistinct: flag(root, 'distinct'),
    isAggregate: flag(root, 'aggregate'),
    returnsTotal: flag(root, 'returntotalrecordcount'),
  };
  if (fetch.top !== undefined && root.attributes.has('page'))
    throw refuse.badQuery("The top attribute can't be specified with paging attribute page");
  return fetch;
}

const ENTITY_CHILDREN = ['attribute', 'all-attributes', 'order', 'filter', 'link-entity'];

function parseEntity(element: XmlElement): FetchEntity {
  const unknown = element.children.find((child) => !ENTITY_CHILDREN.includes(child.name));
  if (unknown !== undefined) throw refuse.malformedFetch();
  const children = (name: string): XmlElement[] => element.children.filter((child) => child.name === name);
  return {
    name: required(element, 'name'),
    attributes: children('attribute').map(parseAttribute),
    hasAllAttributes: children('all-attributes').length > 0,
    orders: children('order').map(parseOrder),
    filters: children('filter').map(parseFilterElement),
    links: children('link-entity').map(parseLink),
  };
}

function parseLink(element: XmlElement): FetchLink {
  const type = element.attributes.get('link-type') ?? 'inner';
  if (type !== 'inner' && type !== 'outer') throw refuse.notEmulated(`link-type '${type}' of FetchXML`);
  const from = element.attributes.get('from');
  const to = element.attributes.get('to');
  if (from === undefined || to === undefined) throw refuse.notEmulated('a link-entity without from and to');
  return { ...parseEntity(element), from, to, alias: element.attributes.get('alias'), type };
}

function parseAttribute(element: XmlElement): FetchAttribute {
  if (element.attributes.has('dategrouping')) throw refuse.notEmulated('dategrouping of FetchXML');
  return {
    name: required(element, 'name'),
    alias: element.attributes.get('alias'),
    aggregate: element.attributes.get('aggregate'),
    isGroup: flag(element, 'groupby'),
  };
}

function parseOrder(element: XmlElement): FetchOrder {
  const attribute = element.attributes.get('attribute');
  const alias = element.attributes.get('alias');
  if (attribute === undefined && alias === undefined) throw refuse.malformedFetch();
  return { attribute, alias, isDescending: flag(element, 'descending') };
}

function parseFilterElement(element: XmlElement): FetchFilter {
  const type = element.attributes.get('type') ?? 'and';
  if (type !== 'and' && type !== 'or') throw refuse.malformedFetch();
  const unknown = element.children.find((child) => child.name !== 'condition' && child.name !== 'filter');
  if (unknown?.name === 'link-entity') throw refuse.notEmulated('a link-entity inside a filter');
  if (unknown !== undefined) throw refuse.malformedFetch();
  return {
    type,
    conditions: element.children.filter((child) => child.name === 'condition').map(parseCondition),
    filters: element.children.filter((child) => child.name === 'filter').map(parseFilterElement),
  };
}

function parseCondition(element: XmlElement): FetchCondition {
  if (element.attributes.has('valueof')) throw refuse.notEmulated('valueof of FetchXML');
  const value = element.attributes.get('value');
  const nested = element.children.filter((child) => child.name === 'value').map((child) => child.text);
  return {
    entityName: element.attributes.get('entityname'),
    attribute: required(element, 'attribute'),
    operator: required(element, 'operator'),
    values: value === undefined ? nested : [value, ...nested],
  };
}

function required(element: XmlElement, name: string): string {
  const value = element.attributes.get(name);
  if (value === undefined || value === '') throw refuse.malformedFetch();
  return value;
}

function flag(element: XmlElement, name: string): boolean {
  const value = element.attributes.get(name)?.toLowerCase();
  return value === 'true' || value === '1';
}

function integer(element: XmlElement, name: string): number | undefined {
  const text = element.attributes.get(name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < 1) throw refuse.malformedFetch();
  return Number(text);
}
