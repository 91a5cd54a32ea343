/**
 * Reads everything that decides whether a campaign is usable: its state, its lists, their links. The same small reads go with
 * every batch of people, in the same request, so that a long run notices a change.
 */

import type { OperationResult } from '../dataverse/operation.ts';
import { refusedBy, rowsOf } from '../dataverse/reads.ts';
import { campaignFromRow, type MarketingList, marketingListFromRow, PERSON_TYPES } from '../dataverse/wire.ts';
import { CampaignError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { CampaignAccess } from './access.ts';
import { ownListId, ownListIds } from './ids.ts';
import { parseOwnListName } from './list-name.ts';
import { type CampaignFacts, classifyOwnLists, type LinkedCampaign } from './own-lists.ts';
import { campaignQuery, linkedListsQuery, listsCampaignsQuery, memberOfListQuery, ownListsQuery } from './queries.ts';

/** Before an unlinked own list with members is called detached: another run may have linked it a moment ago (U22, U28). */
export const DETACHED_WAITS_MS = [100, 300, 1_000];

/** `read` takes the results of exactly these operations. `knownListIds`: own lists found earlier, whose links are read in the same request, as those of the first derived ids always are. */
export function factsRead(access: CampaignAccess, knownListIds: readonly string[]) {
  const { organizationId, campaignId } = access;
  const first = PERSON_TYPES.map((type) => ownListId(organizationId, campaignId, type));
  const listIds = [...new Set([...first, ...knownListIds])];
  const operations = [
    campaignQuery(campaignId),
    linkedListsQuery(campaignId),
    ownListsQuery(campaignId, ownListIds(organizationId, campaignId)),
    ...listIds.map(listsCampaignsQuery),
  ];
  return {
    operations,
    async read(results: readonly OperationResult[]): Promise<CampaignFacts> {
      let facts = await readFacts(access, listIds, results);
      for (const waitMs of DETACHED_WAITS_MS) {
        if (facts.listsWithMembers.size === 0) break;
        await access.clock.sleep(waitMs);
        facts = await readFacts(access, listIds, await access.dataverse.batch(operations));
      }
      return facts;
    },
  };
}

async function readFacts(
  access: CampaignAccess,
  listIds: readonly string[],
  results: readonly OperationResult[],
): Promise<CampaignFacts> {
  const [campaignResult, linkedResult, oursResult, ...linkResults] = results;
  const campaign = campaignFromRow(campaignRow(access, campaignResult));
  const linked = rowsOf(linkedResult).map(marketingListFromRow);
  const ours = rowsOf(oursResult).map(marketingListFromRow);
  const links = new Map(listIds.map((id, place) => [id, campaignsIn(linkResults[place])]));
  const otherCampaignIds = await campaignsInNames(access, linked);
  const facts = {
    organizationId: access.organizationId,
    campaign,
    linked,
    ours,
    campaignsOfList: links,
    otherCampaignIds,
    listsWithMembers: new Set<string>(),
  };
  return completeFacts(access, facts);
}

/** A new or unlinked list needs another read: its links, and whether it has members. */
async function completeFacts(access: CampaignAccess, facts: CampaignFacts): Promise<CampaignFacts> {
  const own = classifyOwnLists(facts).all;
  const unread = own.filter((list) => !facts.campaignsOfList.has(list.id));
  const loose = own.filter((list) => !list.isLinked);
  if (unread.length + loose.length === 0) return facts;
  const results = await access.dataverse.batch([
    ...unread.map((list) => listsCampaignsQuery(list.id)),
    ...loose.map((list) => memberOfListQuery(list.id)),
  ]);
  const links = unread.map((list, place) => [list.id, campaignsIn(results[place])] as const);
  const filled = loose.filter((_, place) => rowsOf(results[unread.length + place]).length > 0);
  return {
    ...facts,
    campaignsOfList: new Map([...facts.campaignsOfList, ...links]),
    listsWithMembers: new Set(filled.map((list) => list.id)),
  };
}

const isAbsent = (result: OperationResult | undefined) => refusedBy(result)?.status === 404;

function campaignRow(access: CampaignAccess, result: OperationResult | undefined): JsonObject {
  if (isAbsent(result)) {
    throw new CampaignError(
      'CAMPAIGN_NOT_FOUND',
      `Campaign ${access.campaignId} no longer exists, or you may not read it.`,
      {
        hint: '`dyncamp campaigns list --all` shows the campaigns that you can read.',
        cause: refusedBy(result),
      },
    );
  }
  return rowsOf(result)[0] ?? {};
}

/** A missing list has no links: a 404 is an answer here. */
function campaignsIn(result: OperationResult | undefined): readonly LinkedCampaign[] {
  return isAbsent(result) ? [] : rowsOf(result).map(campaignFromRow);
}

/** Which GUIDs in the names of lists are ids of campaigns, except for the one that is open; read once per GUID and run. */
export async function campaignsInNames(
  access: CampaignAccess,
  lists: readonly MarketingList[],
): Promise<ReadonlySet<string>> {
  const { knownCampaignIds } = access;
  const guids = new Set(lists.flatMap((list) => parseOwnListName(list.name)?.uniqueGuid ?? []));
  guids.delete(access.campaignId);
  const unknown = [...guids].filter((guid) => !knownCampaignIds.has(guid));
  if (unknown.length > 0) {
    const results = await access.dataverse.batch(unknown.map(campaignQuery));
    // Another refusal means a campaign that we may not read: its list must not be written to.
    unknown.forEach((guid, place) => {
      knownCampaignIds.set(guid, !isAbsent(results[place]));
    });
  }
  return new Set([...guids].filter((guid) => knownCampaignIds.get(guid) === true));
}

export async function readCampaignFacts(access: CampaignAccess): Promise<CampaignFacts> {
  const read = factsRead(access, []);
  return read.read(await access.dataverse.batch(read.operations));
}
