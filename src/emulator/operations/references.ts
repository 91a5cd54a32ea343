/**
 * `$ref` writes. Single-valued properties are set and cleared; of the N:N ones only campaignlist_association may work (U13, linkByRef),
 * the list's member collections refuse. [field]
 */

import { refuse } from '../errors/errors.ts';
import { queryPairs } from '../odata/query.ts';
import { readRowUrl } from '../odata/read-body.ts';
import type { Route } from '../requests/router.ts';
import type { Answer } from '../requests/wire.ts';
import type { Navigation } from '../schema/schema.ts';
import { type Link, link, unlink } from './campaign-items.ts';
import type { OperationContext } from './operation.ts';
import { updateRow } from './rows.ts';

type RefRoute = Extract<Route, { kind: 'navigation' }>;

export function writeReference(context: OperationContext, route: RefRoute): Answer {
  const { method, body: sent } = context.request;
  const { table, id, property } = route;
  const navigation = context.schema.tables.get(table)?.navigation.get(property);
  if (navigation === undefined || !route.ref) throw refuse.methodNotAllowed(method);
  if (navigation.kind === 'many') return writeMany(context, route, navigation);
  if (navigation.kind === 'collection') throw refuse.notEmulated(`$ref on the collection '${property}'`);
  if (method === 'POST') throw refuse.methodNotAllowed(method);
  const target = method === 'DELETE' ? null : sent['@odata.id'];
  if (target === undefined) throw refuse.invalidArgument();
  const body = { [`${property}@odata.bind`]: target };
  context.store.transaction(() => updateRow(context, { table, id, body }));
  return { status: 204 };
}

type ManyNavigation = Extract<Navigation, { kind: 'many' }>;

function writeMany(context: OperationContext, route: RefRoute, navigation: ManyNavigation): Answer {
  const verb = context.request.method === 'DELETE' ? 'Disassociate' : 'Associate';
  if (context.schema.intersect(navigation.intersect)?.table === 'listmember') throw refuse.associateNotSupported(verb);
  if (navigation.intersect !== 'campaignlist_association') throw refuse.notEmulated(`$ref on '${route.property}'`);
  if (context.switches.linkByRef === 'refused') throw refuse.unsupportedTable();
  const relatedId = route.relatedId ?? referencedId(context, route, navigation);
  const [campaignId, itemId] = route.table === 'campaign' ? [route.id, relatedId] : [relatedId, route.id];
  const wanted: Link = { campaignId, itemTable: 'list', itemId };
  const isStrict = context.switches.linkByRef === 'works-strict';
  if (verb === 'Associate') link(context, wanted, isStrict ? 'refuse' : 'accept');
  else if (!unlink(context, wanted) && isStrict) throw refuse.notRelatedToCampaign(404);
  return { status: 204 };
}

/** From the body of a POST or PUT, or the `$id` of a DELETE; absolute or relative. */
function referencedId(context: OperationContext, route: RefRoute, navigation: ManyNavigation): string {
  const { method, rawQuery, body } = context.request;
  const url = method === 'DELETE' ? queryPairs(rawQuery).find(([name]) => name === '$id')?.[1] : body['@odata.id'];
  if (typeof url !== 'string') throw refuse.invalidArgument();
  const { table, id } = readRowUrl(context, url.trim());
  if (table === navigation.target) return id;
  throw refuse.boundToOtherTable(route.property, context.schema.tables.get(route.table)?.set ?? route.table);
}
