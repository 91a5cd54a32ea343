/**
 * What the service says about itself: `EntityDefinitions`. Knows the schema and nothing of rows; what it does not serve it refuses with 501.
 */

import { refuse } from '../errors/errors.ts';
import { type Filter, type Operand, parseFilter } from '../odata/parse-filter.ts';
import { type QueryContext, type QueryOptions, readQueryOptions } from '../odata/query.ts';
import { isSecured } from '../odata/sql.ts';
import { splitOutside } from '../odata/tokens.ts';
import type { Column } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import {
  ATTRIBUTE_TYPES,
  attributeType,
  commonProperties,
  entityProperties,
  type Json,
  manyToOneRelationships,
  optionSet,
  WITH_OPTIONS,
} from './definitions.ts';

const CAST_PREFIX = 'Microsoft.Dynamics.CRM.';
const SERVED_OPTIONS = ['$select', '$filter', '$expand'];

type MetadataContext = Pick<QueryContext, 'schema' | 'apiRoot' | 'switches'>;

type Request = {
  context: MetadataContext;
  query: QueryOptions;
  select: readonly string[] | undefined;
  /** Whether `$filter` lets an object through; the type names it in error texts. */
  keeps: (object: Json, type: string) => boolean;
};

/** `EntityDefinitions…`, the path without the API root, percent-decoded. */
export function runMetadataQuery(context: MetadataContext, pathAfterRoot: string, rawQuery: string): unknown {
  const query = readQueryOptions(rawQuery);
  const unserved = [...query.options.keys()].find((name) => name.startsWith('$') && !SERVED_OPTIONS.includes(name));
  if (unserved !== undefined) throw refuse.notEmulated(`${unserved} on metadata`);
  const text = query.options.get('$filter');
  const filter = text === undefined ? undefined : parseFilter(text, query.aliases);
  const request: Request = {
    context,
    query,
    select: query.options
      .get('$select')
      ?.split(',')
      .map((name) => name.trim()),
    keeps: (object, type) => filter === undefined || matchesFilter(filter, object, type),
  };
  const [definitions = '', ...rest] = pathAfterRoot.replace(/^\/|\/$/g, '').split('/');
  if (definitions === 'EntityDefinitions' && rest.length === 0) return readDefinitions(request);
  const key = /^EntityDefinitions\((.+)\)$/.exec(definitions)?.[1];
  if (key === undefined) throw refuse.notEmulated(`'${definitions}'`);
  const name = /^LogicalName='([^']*)'$/.exec(key)?.[1];
  const table = [...context.schema.tables.values()].find(
    (each) => each.name === name || entityProperties(each).MetadataId === key.toLowerCase(),
  );
  if (table === undefined) throw refuse.tableUndefined(name ?? key);
  return rest.length === 0 ? readDefinitions(request, table) : readPart(request, table, rest);
}

/** Of one table, or of all that `$filter` lets through. */
function readDefinitions({ context, query, select, keeps }: Request, table?: Table): Json {
  if (query.options.has('$expand')) throw refuse.notEmulated('$expand on EntityDefinitions');
  const type = 'EntityMetadata';
  const url = `${context.apiRoot}$metadata#EntityDefinitions${selected(select)}`;
  if (table !== undefined)
    return { '@odata.context': `${url}/$entity`, ...project(entityProperties(table), select, type) };
  const found = [...context.schema.tables.values()].map(entityProperties).filter((each) => keeps(each, type));
  return { '@odata.context': url, value: found.map((each) => project(each, select, type)) };
}

/** The part of a context URL in parentheses. */
function selected(select: readonly string[] | undefined, expand: readonly MetadataExpand[] = []): string {
  const parts = [...(select ?? []), ...expand.map(({ name, select: inner }) => `${name}(${(inner ?? []).join(',')})`)];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}

/** The selected properties, and MetadataId, which is always there. */
function project(object: Json, select: readonly string[] | undefined, type: string): Json {
  if (select === undefined) return object;
  const names = select.includes('MetadataId') ? select : [...select, 'MetadataId'];
  return Object.fromEntries(
    names.map((name) => {
      if (!(name in object)) throw refuse.propertyNotFound(name, type);
      return [name, object[name]];
    }),
  );
}

function readPart(request: Request, table: Table, [part = '', cast, ...rest]: readonly string[]): unknown {
  const { context, query, select } = request;
  const root = `${context.apiRoot}$metadata#EntityDefinitions('${table.name}')`;
  // Alternate keys exist only where an organization defined them: none here.
  if (part === 'Keys' && cast === undefined) return { '@odata.context': `${root}/Keys`, value: [] };
  if (part === 'ManyToOneRelationships' && cast === undefined) {
    if (query.options.has('$filter')) throw refuse.notEmulated('$filter on ManyToOneRelationships');
    const all = manyToOneRelationships(table);
    return {
      '@odata.context': `${root}/ManyToOneRelationships`,
      value: all.map((each) => project(each, select, 'OneToManyRelationshipMetadata')),
    };
  }
  const name = /^Attributes\(LogicalName='([^']*)'\)$/.exec(part)?.[1];
  if ((part !== 'Attributes' && name === undefined) || rest.length > 0)
    throw refuse.notEmulated(`metadata of '${[part, ...rest].join('/')}'`);
  return readAttributes(request, table, { root: `${root}/Attributes`, name, cast });
}

/** All attributes or the named one, of any type or of the one they are cast to. */
function readAttributes(
  { context: { switches }, query, select, keeps }: Request,
  table: Table,
  { root, name, cast }: { root: string; name: string | undefined; cast: string | undefined },
): Json {
  const type = cast === undefined ? undefined : castType(cast);
  const expand = readExpand(query, type);
  const ofType = [...table.columns.values()].filter(
    (column) => type === undefined || attributeType(column).type === type,
  );
  const context = `${root}${cast === undefined ? '' : `/${cast}`}${selected(select, expand)}`;
  const propertiesOf = (column: Column): Json => commonProperties(table, column, isSecured(switches, table, column));
  // Without a cast only common properties may be selected, and each attribute names its type.
  const toJson = (column: Column): Json => {
    const own = attributeType(column);
    const isCommonOnly = type === undefined && select !== undefined;
    const object = { ...propertiesOf(column), ...(isCommonOnly ? {} : own.more(column)) };
    return {
      ...(type === undefined ? { '@odata.type': `#${CAST_PREFIX}${own.type}` } : {}),
      ...project(object, select, type ?? 'AttributeMetadata'),
      ...Object.fromEntries(expand.map((each) => [each.name, expandedSet(table, column, each)])),
    };
  };
  if (name === undefined) {
    const found = ofType.filter((column) => keeps(propertiesOf(column), 'AttributeMetadata'));
    return { '@odata.context': context, value: found.map(toJson) };
  }
  const column = ofType.find((each) => each.logical === name);
  if (column === undefined) throw refuse.attributeUndefined(name, table.name);
  return { '@odata.context': `${context}/$entity`, ...toJson(column) };
}

function castType(segment: string): string {
  const type = segment.slice(CAST_PREFIX.length);
  if (!segment.startsWith(CAST_PREFIX)) throw refuse.notEmulated(`metadata of '${segment}'`);
  if (!ATTRIBUTE_TYPES.has(type)) throw refuse.segmentNotFound(segment);
  return type;
}

/** All option sets here are local ones. */
function expandedSet(table: Table, column: Column, { name, select }: MetadataExpand): Json | null {
  const set = optionSet(table, column);
  if (name === 'GlobalOptionSet' || set === undefined) return null;
  if (select === undefined) return set;
  return project(set, ['MetadataId', ...select.filter((each) => each !== 'MetadataId')], 'OptionSetMetadata');
}

type MetadataExpand = { name: string; select: readonly string[] | undefined };

const EXPANDABLE = ['OptionSet', 'GlobalOptionSet'];

/** `$expand=OptionSet($select=Options),GlobalOptionSet`: only attributes cast to a type with options have these. */
function readExpand(query: QueryOptions, type: string | undefined): MetadataExpand[] {
  const text = query.options.get('$expand');
  if (text === undefined) return [];
  return splitOutside(text, ',').map((item) => {
    const match = /^(\w+)(?:\(\$select=([\w,\s]*)\))?$/.exec(item.trim());
    if (match === null) throw refuse.badTerm(item);
    const [, name = '', select] = match;
    const isKnown = EXPANDABLE.includes(name) && type !== undefined && WITH_OPTIONS.includes(type);
    if (!isKnown) throw refuse.propertyNotFound(name, type ?? 'AttributeMetadata');
    return { name, select: select?.split(',').map((each) => each.trim()) };
  });
}

/** `$filter` over metadata: equality of plain properties, and/or. `type` names the objects in error texts. */
function matchesFilter(filter: Filter, object: Json, type: string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, object, type));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, object, type));
    case 'compare':
      if (filter.operator !== 'eq') break;
      return valueOfOperand(filter.left, object, type) === valueOfOperand(filter.right, object, type);
  }
  throw refuse.notEmulated('anything but eq, and, or in a filter over metadata');
}

function valueOfOperand(operand: Operand, object: Json, type: string): unknown {
  if (operand.kind === 'null') return null;
  if (operand.kind !== 'path') return operand.value;
  let value: unknown = object;
  for (const segment of operand.segments) {
    const members: Map<string, unknown> = new Map(Object.entries(value ?? {}));
    if (!members.has(segment)) throw refuse.propertyNotFound(segment, type);
    value = members.get(segment);
  }
  return value;
}
