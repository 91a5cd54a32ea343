import { payloadError } from '../errors/path-errors.ts';
import { alternateKeyNotDefined, rowAbsent } from '../errors/row-errors.ts';
import type { Navigation, Table } from '../schema/schema.ts';
import { undeclaredLookup, unparsedBind } from './body-errors.ts';
import { readGuid } from './literal.ts';
import type { QueryContext } from './query-context.ts';
import { badQuery } from './query-errors.ts';

type BindContext = Pick<QueryContext, 'store' | 'schema' | 'apiRoot'>;

/** `"campaignid@odata.bind": "/campaigns(K)"`: the lookup's column, and the id of a row that is there. Null clears the lookup. */
export function readBind(
  context: BindContext,
  table: Table,
  property: string,
  value: unknown,
): { column: string; id: string | null } {
  const navigation = table.navigation.get(property);
  if (navigation === undefined) throw undeclaredLookup(property, table);
  if (navigation.kind !== 'single') throw notSingle(property, table);
  if (value === null) return { column: navigation.column, id: null };
  if (typeof value !== 'string') throw unparsedBind();
  const target = readReference(context, value);
  if (!allows(navigation, target.table)) throw wrongTable(property, table.set);
  if (context.store.get(target.table, target.id) === undefined) throw rowAbsent(target.table, target.id);
  return { column: navigation.column, id: target.id };
}

function allows(navigation: Navigation, table: string): boolean {
  if (navigation.target === 'principal') return table === 'systemuser' || table === 'team';
  return navigation.target === table;
}

/** `/campaigns(K)`, `campaigns(K)`, `/api/data/v9.2/campaigns(K)` or an absolute URL, as `@odata.id` has it too. */
export function readReference(context: BindContext, url: string): { table: string; id: string } {
  if (url.startsWith('$'))
    throw badQuery(`Content-ID Reference: '${url.split('/')[0]}' does not exist in the batch context.`);
  const [origin = '', host] = /^https?:\/\/([^/]+)/i.exec(url) ?? [];
  if (host !== undefined && host.toLowerCase() !== new URL(context.apiRoot).host) throw unparsedBind();
  const path = url
    .slice(origin.length)
    .replace(/^\/?api\/data\/v\d+(\.\d+)?\//i, '')
    .replace(/^\//, '');
  const match = /^(\w+)\(([^)]*)\)$/.exec(path);
  const table = context.schema.tableBySet(match?.[1] ?? '');
  if (match === null || table === undefined) throw unparsedBind();
  const inside = match[2] ?? '';
  const id = readGuid(inside.replace(/^(?:\w+=)?'?([^']*)'?$/, '$1'));
  if (id !== undefined) return { table: table.name, id };
  throw inside.includes('=') ? alternateKeyNotDefined(table.name) : unparsedBind();
}

function notSingle(property: string, table: Table): Error {
  return payloadError(
    table.set,
    `Microsoft.OData.ODataException: The navigation property '${property}' is a collection and cannot be bound to a single entity.`,
  );
}

/** `set`: whose property it is. */
export function wrongTable(property: string, set: string): Error {
  return payloadError(
    set,
    `Microsoft.OData.ODataException: The reference given for '${property}' is to an entity of another type.`,
  );
}
