import { notEmulated, segmentNotFound } from '../errors/path-errors.ts';
import { ODataError } from '../errors.ts';
import { parseFilter } from '../odata/parse-filter.ts';
import type { QueryContext } from '../odata/query-context.ts';
import { propertyNotFound } from '../odata/query-errors.ts';
import { type QueryOptions, readQueryOptions } from '../odata/query-options.ts';
import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { ATTRIBUTE_TYPES, commonProperties, type Json, metadataType, typedProperties } from './attribute-metadata.ts';
import { entityProperties } from './entity-metadata.ts';
import { manyToOneRelationships } from './many-to-one.ts';
import { type MetadataExpand, readExpand } from './metadata-expand.ts';
import { matchesFilter } from './metadata-filter.ts';
import { optionSet } from './option-set.ts';

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
