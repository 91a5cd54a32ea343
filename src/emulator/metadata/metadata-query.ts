/**
 * What the service says about itself: `EntityDefinitions`, and `$metadata` beside it. Knows the schema and nothing of rows; what it does not
 * serve it refuses with 501.
 */

import { notEmulated, ODataError, segmentNotFound } from '../errors/errors.ts';
import { badQuery, propertyNotFound } from '../errors/query-errors.ts';
import { type Filter, type Operand, parseFilter } from '../odata/parse-filter.ts';
import { type QueryContext, type QueryOptions, readQueryOptions } from '../odata/query.ts';
import { splitOutside } from '../odata/tokens.ts';
import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import {
  ATTRIBUTE_TYPES,
  commonProperties,
  entityProperties,
  type Json,
  manyToOneRelationships,
  metadataType,
  optionSet,
  typedProperties,
} from './definitions.ts';

const CAST_PREFIX = 'Microsoft.Dynamics.CRM.';
const SERVED_OPTIONS = ['$select', '$filter', '$expand'];

type MetadataContext = Pick<QueryContext, 'schema' | 'apiRoot'>;
type Request = { context: MetadataContext; query: QueryOptions };

/** `EntityDefinitions…`, the path without the API root, percent-decoded. */
export function runMetadataQuery(context: MetadataContext, pathAfterRoot: string, rawQuery: string): unknown {
  const query = readQueryOptions(rawQuery);
  const unserved = [...query.options.keys()].find((name) => name.startsWith('$') && !SERVED_OPTIONS.includes(name));
  if (unserved !== undefined) throw notEmulated(`${unserved} on metadata`);
  const request: Request = { context, query };
  const [definitions = '', ...rest] = pathAfterRoot.replace(/^\/|\/$/g, '').split('/');
  if (definitions === 'EntityDefinitions' && rest.length === 0) return readDefinitions(request);
  const key = /^EntityDefinitions\((.+)\)$/.exec(definitions)?.[1];
  if (key === undefined) throw notEmulated(`'${definitions}'`);
  const table = findTable(context, key);
  return rest.length === 0 ? readDefinition(request, table) : readPart(request, table, rest);
}

function findTable({ schema }: MetadataContext, key: string): Table {
  const name = /^LogicalName='([^']*)'$/.exec(key)?.[1];
  const found = [...schema.tables.values()].find(
    (table) => table.name === name || entityProperties(table).MetadataId === key.toLowerCase(),
  );
  if (found !== undefined) return found;
  const message = `The entity with a name = '${name ?? key}' with namemapping = 'Logical' was not found in the MetadataCache.`;
  throw new ODataError(404, '0x80060888', message);
}

function readDefinitions({ context, query }: Request): Json {
  refuseExpand(query);
  const filter = query.options.get('$filter');
  const all = [...context.schema.tables.values()].map(entityProperties);
  const parsed = filter === undefined ? undefined : parseFilter(filter, query.aliases);
  const found = all.filter((each) => parsed === undefined || matchesFilter(parsed, each, 'EntityMetadata'));
  const select = readSelect(query);
  const columns = select === undefined ? '' : `(${select.join(',')})`;
  return {
    '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions${columns}`,
    value: found.map((each) => project(each, select, 'EntityMetadata')),
  };
}

function readDefinition({ context, query }: Request, table: Table): Json {
  refuseExpand(query);
  const select = readSelect(query);
  const columns = select === undefined ? '' : `(${select.join(',')})`;
  return {
    '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions${columns}/$entity`,
    ...project(entityProperties(table), select, 'EntityMetadata'),
  };
}

function refuseExpand(query: QueryOptions): void {
  if (query.options.has('$expand')) throw notEmulated('$expand on EntityDefinitions');
}

function readSelect(query: QueryOptions): string[] | undefined {
  return query.options
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
}

/** The selected properties; MetadataId comes along unasked. */
function project(object: Json, select: readonly string[] | undefined, type: string): Json {
  if (select === undefined) return object;
  const names = select.includes('MetadataId') ? select : [...select, 'MetadataId'];
  return Object.fromEntries(
    names.map((name) => {
      if (!(name in object)) throw propertyNotFound(name, type);
      return [name, object[name]];
    }),
  );
}

function readPart(request: Request, table: Table, [part = '', cast, ...rest]: readonly string[]): unknown {
  const { context } = request;
  if (part === 'Keys' && cast === undefined) {
    // Alternate keys exist only where an organization defined them: none here.
    return { '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions('${table.name}')/Keys`, value: [] };
  }
  if (part === 'ManyToOneRelationships' && cast === undefined) return readRelationships(request, table);
  const one = /^Attributes\(LogicalName='([^']*)'\)$/.exec(part)?.[1];
  if ((part !== 'Attributes' && one === undefined) || rest.length > 0)
    throw notEmulated(`metadata of '${[part, ...rest].join('/')}'`);
  const type = cast === undefined ? undefined : castType(cast);
  return one === undefined ? readAttributes(request, table, type) : readAttribute(request, table, { name: one, type });
}

function readRelationships({ context, query }: Request, table: Table): Json {
  const select = readSelect(query);
  return {
    '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions('${table.name}')/ManyToOneRelationships`,
    value: manyToOneRelationships(table).map((each) => project(each, select, 'OneToManyRelationshipMetadata')),
  };
}

function castType(segment: string): string {
  const type = segment.slice(CAST_PREFIX.length);
  if (!segment.startsWith(CAST_PREFIX)) throw notEmulated(`metadata of '${segment}'`);
  if (!ATTRIBUTE_TYPES.has(type)) throw segmentNotFound(segment);
  return type;
}

function readAttributes({ context, query }: Request, table: Table, type: string | undefined): Json {
  const filter = query.options.get('$filter');
  const parsed = filter === undefined ? undefined : parseFilter(filter, query.aliases);
  const select = readSelect(query);
  const expand = readExpand(query, type);
  const columns = [...table.columns.values()].filter((column) => type === undefined || metadataType(column) === type);
  const found = columns.filter(
    (column) => parsed === undefined || matchesFilter(parsed, commonProperties(table, column), 'AttributeMetadata'),
  );
  const cast = type === undefined ? '' : `/${CAST_PREFIX}${type}`;
  return {
    '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions('${table.name}')/Attributes${cast}${contextColumns(select, expand)}`,
    value: found.map((column) => attributeJson(table, column, { select, type, expand })),
  };
}

function readAttribute(
  { context, query }: Request,
  table: Table,
  { name, type }: { name: string; type: string | undefined },
): Json {
  const column = table.byLogicalName.get(name);
  if (column === undefined || (type !== undefined && metadataType(column) !== type)) {
    throw new ODataError(
      404,
      '0x80060888',
      `Could not find an attribute with LogicalName = '${name}' on entity '${table.name}'.`,
    );
  }
  const select = readSelect(query);
  const expand = readExpand(query, type);
  const cast = type === undefined ? '' : `/${CAST_PREFIX}${type}`;
  return {
    '@odata.context': `${context.apiRoot}$metadata#EntityDefinitions('${table.name}')/Attributes${cast}${contextColumns(select, expand)}/$entity`,
    ...attributeJson(table, column, { select, type, expand }),
  };
}

function contextColumns(select: readonly string[] | undefined, expand: readonly MetadataExpand[]): string {
  const parts = [...(select ?? []), ...expand.map(({ name, select: inner }) => `${name}(${(inner ?? []).join(',')})`)];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}

type Shape = { select: readonly string[] | undefined; type: string | undefined; expand: readonly MetadataExpand[] };

/** Without a cast only common properties may be selected, and each attribute names its type. */
function attributeJson(table: Table, column: Column, { select, type, expand }: Shape): Json {
  const common = commonProperties(table, column);
  const isCommonOnly = type === undefined && select !== undefined;
  const object = isCommonOnly ? common : { ...common, ...typedProperties(column) };
  const named = type === undefined ? { '@odata.type': `#${CAST_PREFIX}${metadataType(column)}` } : {};
  const expanded = expand.map(({ name, select: inner }) => [name, expandedSet(table, column, { name, inner })]);
  return { ...named, ...project(object, select, type ?? 'AttributeMetadata'), ...Object.fromEntries(expanded) };
}

/** All option sets here are local ones. */
function expandedSet(
  table: Table,
  column: Column,
  { name, inner }: { name: string; inner: readonly string[] | undefined },
): Json | null {
  const set = optionSet(table, column);
  if (name === 'GlobalOptionSet' || set === undefined) return null;
  if (inner === undefined) return set;
  return project(set, ['MetadataId', ...inner.filter((each) => each !== 'MetadataId')], 'OptionSetMetadata');
}

type MetadataExpand = { name: string; select: readonly string[] | undefined };

const WITH_OPTIONS = [
  'PicklistAttributeMetadata',
  'StateAttributeMetadata',
  'StatusAttributeMetadata',
  'BooleanAttributeMetadata',
];
const EXPANDABLE = ['OptionSet', 'GlobalOptionSet'];

/** `$expand=OptionSet($select=Options),GlobalOptionSet`: only attributes cast to a type with options have these. */
function readExpand(query: QueryOptions, type: string | undefined): MetadataExpand[] {
  const text = query.options.get('$expand');
  if (text === undefined) return [];
  return splitOutside(text, ',').map((item) => {
    const match = /^(\w+)(?:\(\$select=([\w,\s]*)\))?$/.exec(item.trim());
    if (match === null) throw badQuery(`Term '${item}' is not valid in a $select or $expand expression.`);
    const [, name = '', select] = match;
    const isKnown = EXPANDABLE.includes(name) && type !== undefined && WITH_OPTIONS.includes(type);
    if (!isKnown) throw propertyNotFound(name, type ?? 'AttributeMetadata');
    return { name, select: select?.split(',').map((each) => each.trim()) };
  });
}

/** `$filter` over metadata: equality of plain properties, and/or/not. `type` names the objects in error texts. */
function matchesFilter(filter: Filter, object: Json, type: string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, object, type));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, object, type));
    case 'not':
      return !matchesFilter(filter.operand, object, type);
    case 'flag':
      return valueOfOperand(filter.path, object, type) === true;
    case 'compare': {
      const isEqual = valueOfOperand(filter.left, object, type) === valueOfOperand(filter.right, object, type);
      if (filter.operator === 'eq') return isEqual;
      if (filter.operator === 'ne') return !isEqual;
      throw notEmulated(`'${filter.operator}' in a filter over metadata`);
    }
    default:
      throw notEmulated('functions in a filter over metadata');
  }
}

function valueOfOperand(operand: Operand, object: Json, type: string): unknown {
  if (operand.kind === 'null') return null;
  if (operand.kind !== 'path') return operand.value;
  let value: unknown = object;
  for (const segment of operand.segments) {
    const members: Map<string, unknown> = new Map(Object.entries(value ?? {}));
    if (!members.has(segment)) throw propertyNotFound(segment, type);
    value = members.get(segment);
  }
  return value;
}
