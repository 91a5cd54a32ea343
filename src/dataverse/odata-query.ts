/**
 * OData paths. The only place where text becomes a literal or a name: what is not made here cannot get into a path, because
 * Literal and Filter are objects that only these functions make.
 */

import { DataverseError } from '../errors.ts';
import { parseGuid } from '../guid.ts';
import type { JsonValue } from '../json.ts';

type Literal = { readonly literal: string };
/** `joinedBy`: inside the other operator it is bracketed. */
export type Filter = { readonly filter: string; readonly joinedBy: 'and' | 'or' | undefined };

/** `'O''Brian'`: a quote is doubled. */
export function odataString(text: string): Literal {
  return { literal: `'${text.replaceAll("'", "''")}'` };
}

/** Unquoted, lower case. @throws DataverseError for text that is not a GUID. */
export function odataGuid(text: string): Literal {
  const literal = parseGuid(text);
  if (literal === undefined) throw new DataverseError('NOT_A_GUID', `"${text}" is not a GUID.`);
  return { literal };
}

export function odataTime(epochMs: number): Literal {
  return { literal: new Date(epochMs).toISOString() };
}

/** A list or object as the parameter of a function, e.g. `["prvReadList"]`. */
export function odataJson(value: JsonValue): Literal {
  return { literal: JSON.stringify(value) };
}

/** `Microsoft.Dynamics.CRM.EndpointAccessType'Default'`. */
export function odataEnum(type: string, member: string): Literal {
  return { literal: `Microsoft.Dynamics.CRM.${odataName(type)}'${odataName(member)}'` };
}

/** A column, property, table or relationship name, with `/` for a path to one. @throws DataverseError for anything else. */
function odataName(text: string): string {
  if (/^[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*$/.test(text)) return text;
  throw new DataverseError('NOT_A_NAME', `"${text}" is not a column or table name.`, {
    hint: 'Column names are logical names such as emailaddress1.',
  });
}

/** `property op value`. Text has to pass odataString, ids odataGuid. */
export function compare(
  property: string,
  operator: 'eq' | 'ne' | 'ge',
  value: Literal | number | boolean | null,
): Filter {
  const literal = typeof value === 'object' && value !== null ? value.literal : String(value);
  return { filter: `${odataName(property)} ${operator} ${literal}`, joinedBy: undefined };
}

export function eq(property: string, value: Literal | number | boolean | null): Filter {
  return compare(property, 'eq', value);
}

/** Text columns; Dataverse ignores case. */
export function contains(property: string, text: string): Filter {
  return { filter: `contains(${odataName(property)},${odataString(text).literal})`, joinedBy: undefined };
}

export function startsWith(property: string, text: string): Filter {
  return { filter: `startswith(${odataName(property)},${odataString(text).literal})`, joinedBy: undefined };
}

/**
 * One of many values. For a lookup `property` is the logical name (`entityid`, not `_entityid_value`); numbers and ids are given as text.
 * JSON double quotes: single-quoted values break on `'` ("Invalid JSON. A comma character ',' was expected").
 */
export function inList(property: string, values: readonly string[]): Filter {
  const name = odataString(odataName(property)).literal;
  return {
    filter: `Microsoft.Dynamics.CRM.In(PropertyName=${name},PropertyValues=${JSON.stringify(values)})`,
    joinedBy: undefined,
  };
}

function join(operator: 'and' | 'or', filters: readonly Filter[]): Filter {
  const [first, ...others] = filters;
  if (first === undefined) throw new RangeError(`${operator}() needs at least one filter`);
  if (others.length === 0) return first;
  const bracketed = filters.map((each) =>
    each.joinedBy === undefined || each.joinedBy === operator ? each.filter : `(${each.filter})`,
  );
  return { filter: bracketed.join(` ${operator} `), joinedBy: operator };
}

export function and(...filters: readonly Filter[]): Filter {
  return join('and', filters);
}

export function or(...filters: readonly Filter[]): Filter {
  return join('or', filters);
}

/** `leads(0f…)`. */
export function row(set: string, id: string): string {
  return `${odataName(set)}(${odataGuid(id).literal})`;
}

type Expand = {
  readonly property: string;
  readonly select: readonly string[];
  readonly filter?: Filter | undefined;
};

type Query = {
  /** Columns; the key comes anyway. */
  readonly select?: readonly string[] | undefined;
  readonly filter?: Filter | undefined;
  readonly orderby?: readonly string[] | undefined;
  /** Does not go together with a page size. */
  readonly top?: number | undefined;
  readonly expand?: readonly Expand[] | undefined;
};

function orderTerm(term: string): string {
  const [name = '', direction = 'asc', ...rest] = term.split(' ');
  const isKnown = rest.length === 0 && (direction === 'asc' || direction === 'desc');
  if (!isKnown) throw new DataverseError('NOT_A_NAME', `"${term}" is not a sort order.`);
  return direction === 'asc' ? odataName(name) : `${odataName(name)} desc`;
}

function names(list: readonly string[] | undefined): string | undefined {
  return list === undefined ? undefined : list.map(odataName).join(',');
}

/** Its own signs stay as they are, as every known client sends them; only text inside the filter is encoded. */
function expandTerm(expand: Expand): string {
  const filter = expand.filter === undefined ? '' : `;$filter=${percentEncode(expand.filter.filter)}`;
  return `${odataName(expand.property)}($select=${names(expand.select) ?? ''}${filter})`;
}

/** `path` is a set, `row(…)`, or `row(…)/relationship`. Gives the encoded path for an Operation. */
export function query(path: string, options: Query = {}): string {
  const encoded = (text: string | undefined) => (text === undefined ? undefined : percentEncode(text));
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['$select', names(options.select)],
    ['$filter', encoded(options.filter?.filter)],
    ['$orderby', encoded(options.orderby?.map(orderTerm).join(','))],
    ['$top', options.top?.toString()],
    ['$expand', options.expand?.map(expandTerm).join(',')],
  ];
  const given = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return given.length === 0 ? path : `${path}?${given.join('&')}`;
}

/** An action or function bound to a row: `lists(L)/Microsoft.Dynamics.CRM.AddMemberList`. */
export function bound(path: string, name: string): string {
  return `${path}/Microsoft.Dynamics.CRM.${odataName(name)}`;
}

/** A function call with parameters by alias: `RetrieveX(A=@p1)?@p1=…`. `name` is an unbound function's, or `bound(…)`. */
export function call(name: string, parameters: Readonly<Record<string, Literal>> = {}): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return `${name}()`;
  const inside = entries.map(([parameter], index) => `${odataName(parameter)}=@p${index + 1}`).join(',');
  const values = entries.map(([, value], index) => `@p${index + 1}=${percentEncode(value.literal)}`).join('&');
  return `${name}(${inside})?${values}`;
}

/** What encodeURI leaves and the query part of a URL would take for its own. */
const DELIMITERS = /[;?&=+#]/g;

/**
 * Percent-encoding for the query part of a URL, kept short: URLs are limited, and , : / @ $ may stand there as they are (RFC 3986 §3.4).
 * Lone halves of a surrogate pair cannot be sent as UTF-8; each becomes U+FFFD, as in every UTF-8 encoder.
 */
export function percentEncode(text: string): string {
  // Half of anything is in hardly any text, and looking for whole code points is slow.
  const sendable = /[\uD800-\uDFFF]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
  return encodeURI(sendable).replace(DELIMITERS, encodeURIComponent);
}
