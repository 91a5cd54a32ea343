/** Counts the people on the own lists of campaigns, on the server and for many campaigns in one request. */

import { eq, odataGuid, query } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import { TOO_MANY_TO_AGGREGATE } from '../dataverse/refusal-codes.ts';
import { rowsOf } from '../dataverse/rows-of.ts';
import type { Campaign, PersonType } from '../dataverse/wire.ts';
import { type MarketingList, marketingListFromRow } from '../dataverse/wire.ts';
import { derivedListType } from './ids.ts';
import { parseOwnListName } from './list-name.ts';
import { identityOf, WHO_AM_I } from './open-campaign.ts';
import { campaignQuery, linkedListsQuery, readMembersOfList } from './queries.ts';

type CountedCampaign = Campaign & { readonly leads: number; readonly contacts: number };

/** Campaigns whose lists are read in one request. */
const CAMPAIGNS_PER_BATCH = 100;

export async function* countOwnMembers(
  dataverse: Dataverse,
  campaigns: AsyncIterable<Campaign>,
): AsyncGenerator<CountedCampaign> {
  let waiting: Campaign[] = [];
  for await (const campaign of campaigns) {
    waiting.push(campaign);
    if (waiting.length < CAMPAIGNS_PER_BATCH) continue;
    yield* await countBatch(dataverse, waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield* await countBatch(dataverse, waiting);
}

type Owned = { readonly campaignId: string; readonly list: MarketingList };

async function countBatch(dataverse: Dataverse, campaigns: readonly Campaign[]): Promise<readonly CountedCampaign[]> {
  // The derived ids recognize lists that dyncamp made even after a rename.
  const [whoAmI, ...linked] = await dataverse.batch([WHO_AM_I, ...campaigns.map(({ id }) => linkedListsQuery(id))]);
  const { organizationId } = identityOf(whoAmI, undefined);
  const candidates = campaigns.flatMap(({ id }, place) =>
    rowsOf(linked[place]).map((row): Owned => ({ campaignId: id, list: marketingListFromRow(row) })),
  );
  const isDerived = ({ campaignId, list }: Owned): boolean =>
    derivedListType(list.id, organizationId, campaignId) !== undefined;
  const fixed = candidates.filter(({ list }) => !list.isDynamic);
  const named = fixed.filter((own) => !isDerived(own) && parseOwnListName(own.list.name) !== undefined);
  const owned = [...fixed.filter(isDerived), ...(await withoutForeign(dataverse, named))];
  const counts = await countLists(
    dataverse,
    owned.map(({ list }) => list.id),
  );
  const sum = (campaignId: string, type: PersonType): number =>
    owned
      .filter((own) => own.campaignId === campaignId && own.list.personType === type)
      .reduce((total, { list }) => total + (counts.get(list.id) ?? 0), 0);
  return campaigns.map((campaign) => ({
    ...campaign,
    leads: sum(campaign.id, 'lead'),
    contacts: sum(campaign.id, 'contact'),
  }));
}

/** A list with another campaign's id in its name belongs to that campaign. */
async function withoutForeign(dataverse: Dataverse, named: readonly Owned[]): Promise<readonly Owned[]> {
  const guidOf = ({ list }: Owned): string | undefined => parseOwnListName(list.name)?.uniqueGuid;
  const doubtful = named.filter((own) => guidOf(own) !== undefined && guidOf(own) !== own.campaignId);
  if (doubtful.length === 0) return named;
  const found = await dataverse.batch(doubtful.map((own) => campaignQuery(guidOf(own) ?? '')));
  const foreign = new Set(doubtful.filter((_, place) => found[place]?.kind === 'ok'));
  return named.filter((own) => !foreign.has(own));
}

async function countLists(dataverse: Dataverse, listIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ids = [...new Set(listIds)];
  if (ids.length === 0) return new Map();
  const results = await dataverse.batch(ids.map(readCount));
  const counts = new Map<string, number>();
  for (const [place, id] of ids.entries()) counts.set(id, await countOf(dataverse, id, results[place]));
  return counts;
}

async function countOf(dataverse: Dataverse, listId: string, result: OperationResult | undefined): Promise<number> {
  if (result?.kind === 'refused' && result.error.dataverseCode === TOO_MANY_TO_AGGREGATE) {
    let count = 0;
    for await (const page of dataverse.pages(readMembersOfList(listId))) count += page.length;
    return count;
  }
  const value = rowsOf(result)[0]?.members;
  return typeof value === 'number' ? value : 0;
}

function readCount(listId: string): Read {
  const filter = eq('_listid_value', odataGuid(listId));
  return readRows(query('listmembers', { apply: { filter, countAs: 'members' } }), 'members');
}
