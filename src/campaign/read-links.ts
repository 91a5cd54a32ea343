/**
 * Which lists are linked to which campaigns, for many at once: by a join through the table of the relationship, as Advanced Find writes it;
 * where an organization refuses that, by a small read for each. Where a read was refused, the refusal takes the place of its rows.
 */
import { type CapabilityTracker, learnedFrom } from '../dataverse/capabilities.ts';
import { fetchXml } from '../dataverse/fetchxml.ts';
import { groupBy, slicesOf } from '../dataverse/groups.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { fetchRows, readInTurn, refusedBy, rowsOf } from '../dataverse/reads.ts';
import { LIST_COLUMNS, type MarketingList, marketingListFromRow } from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { LinkedCampaign } from './own-lists.ts';
import { linkedListsQuery, listsCampaignsQuery } from './queries.ts';

type Access = { readonly dataverse: Dataverse; readonly capabilities: CapabilityTracker };
type ByParent<Linked> = ReadonlyMap<string, readonly Linked[] | DataverseError>;

export async function readLinkedLists(
  access: Access,
  campaignIds: readonly string[],
): Promise<ByParent<MarketingList>> {
  const rows = await readLinks(access, { parent: 'campaign', one: linkedListsQuery }, campaignIds);
  return mapped(rows, marketingListFromRow);
}

/** By list. A missing list has no links. */
export async function readLinkedCampaigns(
  access: Access,
  listIds: readonly string[],
): Promise<ByParent<LinkedCampaign>> {
  const rows = await readLinks(access, { parent: 'list', one: listsCampaignsQuery }, listIds);
  return mapped(rows, (row) => ({
    id: textOf(row[CAMPAIGN_ID] ?? row.campaignid).toLowerCase(),
    name: textOf(row[CAMPAIGN_NAME] ?? row.name),
    code: textOf(row[CAMPAIGN_CODE] ?? row.codename),
  }));
}

/** Aliases of the campaign's columns in a row of a join. */
const CAMPAIGN_ID = 'c_id';
const CAMPAIGN_NAME = 'c_name';
const CAMPAIGN_CODE = 'c_code';

/** Below the caps on values that are reported (U29); the lists of a campaign have many columns each. */
const PARENTS = {
  campaign: { perJoin: 50, key: CAMPAIGN_ID },
  list: { perJoin: 250, key: 'listid' },
} as const;

type Way = { readonly parent: keyof typeof PARENTS; readonly one: (id: string) => Read };

async function readLinks(access: Access, { parent, one }: Way, ids: readonly string[]): Promise<ByParent<JsonObject>> {
  const { dataverse, capabilities } = access;
  const found = new Map<string, readonly JsonObject[] | DataverseError>();
  const { perJoin, key } = PARENTS[parent];
  const groups = capabilities.current().linkJoin ? slicesOf(ids, perJoin) : [];
  const results = await readInTurn(
    dataverse,
    groups.map((group) => joinRead(parent, group)),
  );
  for (const [place, group] of groups.entries()) {
    const refusal = refusedBy(results[place]);
    const learned = refusal && learnedFrom({ what: 'links' }, refusal, capabilities.current());
    if (learned !== undefined) capabilities.learn(learned);
    else if (refusal !== undefined) for (const id of group) found.set(id, refusal);
    else {
      const rows = groupBy(rowsOf(results[place]), (row) => textOf(row[key]).toLowerCase());
      for (const id of group) found.set(id, rows.get(id) ?? []);
    }
  }
  const left = ids.filter((id) => !found.has(id));
  for (const [place, result] of (await readInTurn(dataverse, left.map(one))).entries())
    found.set(left[place] ?? '', rowsOrRefusal(result));
  return found;
}

function rowsOrRefusal(result: OperationResult): readonly JsonObject[] | DataverseError {
  const refusal = refusedBy(result);
  if (refusal === undefined) return rowsOf(result);
  return refusal.status === 404 ? [] : refusal;
}

/** One row per link. */
function joinRead(parent: Way['parent'], values: readonly string[]): Read {
  const filterOf = (table: Way['parent']) =>
    table === parent ? { conditions: [{ attribute: `${table}id`, operator: 'in', values }] as const } : undefined;
  const campaign = {
    entity: 'campaign',
    from: 'campaignid',
    to: 'campaignid',
    kind: 'inner',
    alias: 'c',
    attributes: [
      { name: 'campaignid', alias: CAMPAIGN_ID },
      { name: 'name', alias: CAMPAIGN_NAME },
      { name: 'codename', alias: CAMPAIGN_CODE },
    ],
    filter: filterOf('campaign'),
  } as const;
  const xml = fetchXml({
    entity: 'list',
    attributes: LIST_COLUMNS,
    filter: filterOf('list'),
    links: [{ entity: 'campaignitem', from: 'entityid', to: 'listid', kind: 'inner', alias: 'i', links: [campaign] }],
  });
  return fetchRows('lists', xml, 'listid', CAMPAIGN_ID);
}

function mapped<Linked>(rows: ByParent<JsonObject>, from: (row: JsonObject) => Linked): ByParent<Linked> {
  return new Map([...rows].map(([id, some]) => [id, some instanceof DataverseError ? some : some.map(from)]));
}
