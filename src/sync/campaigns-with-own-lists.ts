/** The active campaigns that have lists of the own kind, found without reading more of the others than their lists. */
import { eq, query } from '../dataverse/odata-query.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import type { Campaign } from '../membership/campaign.ts';
import { linkedListsQuery, ownListsQuery } from '../membership/campaign-queries.ts';
import { ownListId, spareOwnListId } from '../membership/derived-ids.ts';
import { parseOwnListName } from '../membership/list-name.ts';
import { PERSON_TYPES } from '../membership/person.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { CAMPAIGN_COLUMNS, campaignFromRow, marketingListFromRow } from '../membership/wire.ts';

/** Two small reads each in one request, and up to five for each that has own lists in the next. */
const CAMPAIGNS_PER_BATCH = 50;

export type CampaignBatch = { readonly looked: number; readonly withLists: readonly Campaign[] };

/** Yields what each batch of active campaigns gave, as they are read. */
export async function* campaignsWithOwnLists(
  dataverse: Dataverse,
  organizationId: string,
): AsyncGenerator<CampaignBatch> {
  let batch: Campaign[] = [];
  for await (const campaign of activeCampaigns(dataverse)) {
    batch.push(campaign);
    if (batch.length < CAMPAIGNS_PER_BATCH) continue;
    yield await look(dataverse, organizationId, batch);
    batch = [];
  }
  if (batch.length > 0) yield await look(dataverse, organizationId, batch);
}

async function* activeCampaigns(dataverse: Dataverse): AsyncGenerator<Campaign> {
  const path = query('campaigns', { select: CAMPAIGN_COLUMNS, filter: eq('statecode', 0), orderby: ['name'] });
  for await (const page of dataverse.pages(readRows(path, 'campaignid'))) {
    yield* page.map(campaignFromRow).filter((campaign) => !campaign.isTemplate);
  }
}

async function look(
  dataverse: Dataverse,
  organizationId: string,
  campaigns: readonly Campaign[],
): Promise<CampaignBatch> {
  const results = await dataverse.batch(
    campaigns.flatMap(({ id }) => {
      const derived = PERSON_TYPES.flatMap((type) => [
        ownListId(organizationId, id, type),
        spareOwnListId(organizationId, id, type),
      ]);
      return [linkedListsQuery(id), ownListsQuery(id, derived)];
    }),
  );
  const withLists = campaigns.filter((_, place) => {
    const [linked, ours] = results.slice(2 * place, 2 * place + 2);
    if (linked?.kind === 'refused' && linked.error.status === GONE) return false;
    const isNamedSo = rowsOf(linked)
      .map(marketingListFromRow)
      .some((list) => parseOwnListName(list.name) !== undefined);
    return isNamedSo || rowsOf(ours).length > 0;
  });
  return { looked: campaigns.length, withLists };
}

/** Deleted since it was listed. */
const GONE = 404;
