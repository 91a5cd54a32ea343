/**
 * Writes a question about people as FetchXML, joined with their rows on the relevant lists, and splits it into paths that fit into a
 * batched GET. Pure.
 */
import { escapeXml, type FetchLink, fetchPath, fetchXml, isPlain } from '../dataverse/fetchxml.ts';
import { encodedLength, MAX_BATCHED_URL } from '../dataverse/limits.ts';
import { percentEncode } from '../dataverse/odata-query.ts';
import type { Read } from '../dataverse/operation.ts';
import { fetchRows } from '../dataverse/reads.ts';
import { MEMBER_ALIASES, PERSON_ATTRIBUTES, TABLES } from '../dataverse/wire.ts';
import type { PeopleQuery } from './queries.ts';

export type FetchOptions = {
  /** Lists whose membership rows are joined; undefined when the organization refuses the join (U30). */
  readonly joinLists: readonly string[] | undefined;
  readonly extraAttribute: string | undefined;
  readonly maxValues: number;
};

/** The next page's query carries the cookie of the one before: two ids and a page number, escaped for XML and then for the URL. */
const PAGING_ROOM = 1500;

export type FetchPlan = {
  readonly query: PeopleQuery;
  readonly extraAttribute: string | undefined;
  readonly read: Read;
};

export function readsForQuery(query: PeopleQuery, options: FetchOptions): readonly FetchPlan[] {
  const room =
    MAX_BATCHED_URL -
    PAGING_ROOM -
    encodedLength(fetchPath(TABLES[query.type].set, xmlOf({ ...query, values: [] }, options)));
  return cut(query.values, room, options.maxValues).map((values) => {
    const part = { ...query, values };
    return { query: part, extraAttribute: options.extraAttribute, read: readOf(part, xmlOf(part, options)) };
  });
}

/** An incomplete membership row does not show whether they are on the list. */
function readOf({ type }: PeopleQuery, xml: string): Read {
  const { set, key } = TABLES[type];
  const { listmemberid, listid, createdon } = MEMBER_ALIASES;
  const together = [listmemberid, listid, createdon];
  return { ...fetchRows(set, xml), expects: { kind: 'rows', names: [key], together } };
}

const VALUE_TAGS = percentEncode('<value></value>').length;
/** Splits by measured length: values differ, and every `<value>` costs its percent-encoded tags. */
function cut(values: readonly string[], room: number, maxValues: number): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let part: string[] = [];
  let left = room;
  for (const value of values) {
    const cost = VALUE_TAGS + (isPlain(value) ? value.length : percentEncode(escapeXml(value)).length);
    if (part.length > 0 && (cost > left || part.length >= maxValues)) {
      parts.push(part);
      part = [];
      left = room;
    }
    part.push(value);
    left -= cost;
  }
  return part.length > 0 ? [...parts, part] : parts;
}

function xmlOf(query: PeopleQuery, options: FetchOptions): string {
  const { type, attribute, values } = query;
  const extra = options.extraAttribute === undefined ? [] : [options.extraAttribute];
  const wanted = { conditions: [{ attribute, operator: 'in', values }] } as const;
  const members =
    options.joinLists === undefined || options.joinLists.length === 0 ? [] : [memberLink(query, options.joinLists)];
  const contact = query.ofParentContact === true ? [{ ...PARENT_CONTACT, filter: wanted }] : [];
  return fetchXml({
    entity: TABLES[type].name,
    attributes: [...new Set([...PERSON_ATTRIBUTES[type], ...extra])],
    filter: query.ofParentContact === true ? undefined : wanted,
    links: [...contact, ...members],
  });
}

const PARENT_CONTACT = {
  entity: 'contact',
  from: 'contactid',
  to: 'parentcontactid',
  kind: 'inner',
  alias: 'p',
} as const;

function memberLink(query: PeopleQuery, listIds: readonly string[]): FetchLink {
  return {
    entity: 'listmember',
    from: 'entityid',
    to: TABLES[query.type].key,
    kind: 'outer',
    alias: 'm',
    attributes: Object.entries(MEMBER_ALIASES).map(([name, alias]) => ({ name, alias })),
    filter: { conditions: [{ attribute: 'listid', operator: 'in', values: listIds }] },
  };
}
