/** Bodies of creates and updates as rows for the store. */

import { refuse } from '../errors/errors.ts';
import { type Column, isChoice, isFraction, isLookup } from '../schema/column.ts';
import { requireColumn, requireTable, type Table } from '../schema/schema.ts';
import type { Row, Value } from '../store/row.ts';
import type { QueryContext } from './query.ts';
import { jsonValueFor, readGuid } from './values.ts';

type BodyContext = Pick<QueryContext, 'store' | 'schema' | 'apiRoot'>;
type BodyMode = 'create' | 'update';

const BIND = '@odata.bind';

/**
 * A create or update body as columns for the store. Columns that only the server sets are accepted and ignored, as Dataverse does. What the
 * server fills in is not here: new-row.ts.
 */
export function readRow(
  context: BodyContext,
  tableName: string,
  body: Readonly<Record<string, unknown>>,
  mode: BodyMode,
): Row {
  const table = requireTable(context.schema, tableName);
  const given: Row = {};
  for (const [name, value] of Object.entries(body))
    Object.assign(given, readMember(context, table, { name, value }, mode));
  // SystemRequired is enforced by the API, ApplicationRequired by forms only. [documented]
  const emptied = Object.keys(given)
    .filter((name) => given[name] === null)
    .map((name) => requireColumn(table, name))
    .find((column) => column.requiredLevel === 'SystemRequired' && column.default === undefined);
  if (emptied !== undefined) throw refuse.requiredFieldMissing(emptied.logical, table.name);
  return given;
}

function readMember(
  context: BodyContext,
  table: Table,
  { name, value }: { name: string; value: unknown },
  mode: BodyMode,
): Row {
  if (name.endsWith(BIND)) {
    const { column, id } = readBind(context, table, name.slice(0, -BIND.length), value);
    return isWritable(table.columns.get(column), mode) ? { [column]: id } : {};
  }
  if (name === '@odata.type') {
    // With or without `#`, by the namespace or its alias.
    const named = String(value).replace(/^#?(?:Microsoft\.Dynamics\.CRM|mscrm)\./, '');
    if (named !== table.name) throw refuse.wrongEntityType(table, String(value).replace(/^#/, ''));
  }
  if (name.includes('@')) return {};
  const column = table.columns.get(name);
  if (column === undefined && table.navigation.has(name))
    throw refuse.notEmulated(`related rows inside a body ('${name}')`);
  if (column === undefined) throw refuse.invalidProperty(name, table);
  if (isLookup(column)) throw refuse.directLookup();
  const read = readBodyValue(table, column, value);
  return isWritable(column, mode) && column.name !== (mode === 'update' ? table.key : '') ? { [name]: read } : {};
}

function isWritable(column: Column | undefined, mode: BodyMode): boolean {
  return (mode === 'create' ? column?.validForCreate : column?.validForUpdate) ?? false;
}

/** `"campaignid@odata.bind": "/campaigns(K)"`: the lookup's column, and the id of a row that is there. Null clears the lookup. */
function readBind(
  context: BodyContext,
  table: Table,
  property: string,
  value: unknown,
): { column: string; id: string | null } {
  const navigation = table.navigation.get(property);
  if (navigation === undefined) throw refuse.undeclaredLookup(property, table);
  if (navigation.kind !== 'single') throw refuse.collectionBound(property, table);
  if (value === null) return { column: navigation.column, id: null };
  if (typeof value !== 'string') throw refuse.unparsedBind();
  const target = readRowUrl(context, value);
  const allowed = navigation.target === 'principal' ? ['systemuser', 'team'] : [navigation.target];
  if (!allowed.includes(target.table)) throw refuse.boundToOtherTable(property, table.set);
  if (context.store.get(target.table, target.id) === undefined) throw refuse.rowAbsent(target.table, target.id);
  return { column: navigation.column, id: target.id };
}

/** `/campaigns(K)`, `campaigns(K)`, `/api/data/v9.2/campaigns(K)` or an absolute URL, as `@odata.id` has it too. */
export function readRowUrl(context: BodyContext, url: string): { table: string; id: string } {
  if (url.startsWith('$')) throw refuse.noContentId(`${url.split('/')[0]}`);
  const [origin = '', host] = /^https?:\/\/([^/]+)/i.exec(url) ?? [];
  if (host !== undefined && host.toLowerCase() !== new URL(context.apiRoot).host) throw refuse.unparsedBind();
  const path = url
    .slice(origin.length)
    .replace(/^\/?api\/data\/v\d+(\.\d+)?\//i, '')
    .replace(/^\//, '');
  const [, set = '', inside = ''] = /^(\w+)\(([^)]*)\)$/.exec(path) ?? [];
  const table = context.schema.tableBySet(set);
  if (table === undefined) throw refuse.unparsedBind();
  const id = readGuid(inside.replace(/^(?:\w+=)?'?([^']*)'?$/, '$1'));
  if (id !== undefined) return { table: table.name, id };
  throw inside.includes('=') ? refuse.alternateKeyNotDefined(table.name) : refuse.unparsedBind();
}

const INT32 = 2 ** 31;

export function readBodyValue(table: Table, column: Column, value: unknown): Value {
  if (value === null) return null;
  const read = jsonValueFor(column, value);
  if (read === undefined) throw refuse.wrongType(column.edm, value, table);
  if (typeof read === 'string' && column.maxLength !== undefined && read.length > column.maxLength)
    throw refuse.textTooLong(column, table);
  if (typeof read === 'number') checkRange(column, read);
  return read;
}

function checkRange(column: Column, value: number): void {
  const isKnown = column.options?.some((option) => option.value === value) ?? true;
  if (isChoice(column) && !isKnown) throw refuse.choiceOutOfRange();
  const isInside = value >= (column.min ?? -INT32) && value <= (column.max ?? INT32 - 1);
  if (isFraction(column) && (column.min !== undefined || column.max !== undefined) && !isInside)
    throw refuse.decimalOutOfRange();
  if (column.type === 'integer' && !isInside) throw refuse.integerOutOfRange();
}
