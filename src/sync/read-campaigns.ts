/**
 * Reads for the campaign checks: which active campaigns have own lists, their facts, and who added their members. Many
 * campaigns share a few requests; for those without own lists only the lists are read.
 */

import { readCampaignFacts } from '../campaign/facts.ts';
import { ownListId, spareOwnListId } from '../campaign/ids.ts';
import { parseOwnListName } from '../campaign/list-name.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from '../campaign/own-lists.ts';
import { linkedListsQuery, ownListsQuery, readMembersOfList } from '../campaign/queries.ts';
import { eq, odataGuid, query } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { fetchRows, readRows } from '../dataverse/reads.ts';
import { TOO_MANY_TO_AGGREGATE } from '../dataverse/refusal-codes.ts';
import { rowsOf } from '../dataverse/rows-of.ts';
import type { Campaign } from '../dataverse/wire.ts';
import {
  CAMPAIGN_COLUMNS,
  campaignFromRow,
  listMemberFromRow,
  marketingListFromRow,
  PERSON_TYPES,
} from '../dataverse/wire.ts';
import { CampaignError, DataverseError, type DyncampError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { gatherBatches } from './gather-batches.ts';

/** Two small reads each in one request, then up to five for each with own lists. */
const CAMPAIGNS_PER_BATCH = 50;

type CampaignBatch = { readonly looked: number; readonly withLists: readonly Campaign[] };

/** Yields batches of active campaigns as they are read. Throws the refusal when no lists at all may be read. */
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
  const refused = results.flatMap((result) => (result.kind === 'refused' && !isGone(result) ? [result.error] : []));
  if (refused[0] !== undefined && refused.length === results.length) throw refused[0];
  const withLists = campaigns.filter((_, place) => {
    const [linked, ours] = results.slice(2 * place, 2 * place + 2);
    if (isGone(linked)) return false;
    // Read again below: the checks report the refusal.
    if (linked?.kind === 'refused' || ours?.kind === 'refused') return true;
    const isNamedSo = rowsOf(linked)
      .map(marketingListFromRow)
      .some((list) => parseOwnListName(list.name) !== undefined);
    return isNamedSo || rowsOf(ours).length > 0;
  });
  return { looked: campaigns.length, withLists };
}

/** Deleted since it was listed. */
const isGone = (result: OperationResult | undefined): boolean =>
  result?.kind === 'refused' && result.error.status === 404;

export type CampaignRead =
  | { readonly facts: CampaignFacts; readonly lists: OwnLists; readonly creators: MembersByCreator | DyncampError }
  | { readonly refusal: DyncampError };

/** One per campaign, in order. */
export async function readCampaigns(
  dataverse: Dataverse,
  organizationId: string,
  campaigns: readonly Campaign[],
): Promise<readonly CampaignRead[]> {
  const knownCampaignIds = new Map<string, boolean>();
  return gatherBatches(
    dataverse,
    campaigns.map(({ id }) => async (gathered): Promise<CampaignRead> => {
      try {
        const facts = await readCampaignFacts({
          dataverse: gathered,
          organizationId,
          campaignId: id,
          knownCampaignIds,
        });
        const lists = classifyOwnLists(facts);
        const listIds = lists.all.map((list) => list.id);
        return { facts, lists, creators: await countByCreator(gathered, listIds).catch(refusalIn) };
      } catch (error) {
        return { refusal: refusalIn(error) };
      }
    }),
  );
}

/** Refused, or deleted since it was listed. Temporary errors and sign-in errors end the whole check. */
function refusalIn(error: unknown): DyncampError {
  if (error instanceof CampaignError || error instanceof DataverseError) return error;
  throw error;
}

/** Numbers of members by the user who added them; the key is empty when the server does not say. */
export type MembersByCreator = ReadonlyMap<string, number>;

/** Sums over these lists, counted by the server, or by us when a list is too long for it. Throws refusals. */
export async function countByCreator(dataverse: Dataverse, listIds: readonly string[]): Promise<MembersByCreator> {
  const total = new Map<string, number>();
  const results = listIds.length === 0 ? [] : await dataverse.batch(listIds.map(countOperation));
  for (const [place, listId] of listIds.entries()) {
    for (const [creator, members] of await countOf(dataverse, listId, results[place]))
      total.set(creator, (total.get(creator) ?? 0) + members);
  }
  return total;
}

function countOperation(listId: string): Read {
  const id = odataGuid(listId).literal;
  const xml = `<fetch aggregate='true'><entity name='listmember'><attribute name='createdby' alias='creator' groupby='true'/><attribute name='listmemberid' alias='members' aggregate='count'/><filter><condition attribute='listid' operator='eq' value='${id}'/></filter></entity></fetch>`;
  return fetchRows('listmembers', xml, 'members');
}

async function countOf(
  dataverse: Dataverse,
  listId: string,
  result: OperationResult | undefined,
): Promise<MembersByCreator> {
  const isTooMany = result?.kind === 'refused' && result.error.dataverseCode === TOO_MANY_TO_AGGREGATE;
  if (!isTooMany) return new Map(rowsOf(result).map(readGroup));
  const counts = new Map<string, number>();
  for await (const page of dataverse.pages(readMembersOfList(listId))) {
    for (const { createdBy = '' } of page.map(listMemberFromRow))
      counts.set(createdBy, (counts.get(createdBy) ?? 0) + 1);
  }
  return counts;
}

function readGroup({ creator, members }: JsonObject): readonly [string, number] {
  return [typeof creator === 'string' ? creator.toLowerCase() : '', typeof members === 'number' ? members : 0];
}
