/**
 * Overviews of many campaigns: their facts and who added their members, by joins and grouped counts over fifties of campaigns instead of
 * some small reads for each, so that thousands of campaigns cost some hundred operations. A row that the user may not see is missing
 * here, where facts.ts is refused it.
 */

import { type CapabilityTracker, trackCapabilities } from '../dataverse/capabilities.ts';
import { couldNot } from '../dataverse/errors.ts';
import { fetchXml } from '../dataverse/fetchxml.ts';
import { slicesOf } from '../dataverse/groups.ts';
import type { Dataverse, Read } from '../dataverse/operation.ts';
import { fetchRows, readInTurn, refusedBy, rowsOf } from '../dataverse/reads.ts';
import {
  type Campaign,
  LIST_COLUMNS,
  type MarketingList,
  marketingListFromRow,
  PERSON_TYPES,
} from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import { textOf } from '../json.ts';
import type { Clock } from '../transport/http.ts';
import { countMembers, countOf, type MembersByCreator } from './count-members.ts';
import { DETACHED_WAITS_MS } from './facts.ts';
import { ownListIds } from './ids.ts';
import { ownListName, parseOwnListName } from './list-name.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from './own-lists.ts';
import { readLinkedCampaigns, readLinkedLists } from './read-links.ts';

/** Eight ids of lists each in one `in`: below the caps that are reported (U29). */
const CAMPAIGNS_PER_READ = 30;
const IDS_PER_READ = 250;

/** What was read of one campaign. A refused read leaves its part of the facts empty, and only that. */
export type OverviewOfCampaign = {
  readonly facts: CampaignFacts;
  readonly lists: OwnLists;
  readonly members: ReadonlyMap<string, MembersByCreator | DataverseError>;
  /** Why the lists of the campaign could not be read. */
  readonly unreadLists: DataverseError | undefined;
  /** Why the campaigns that its lists are linked to could not be read. */
  readonly unreadLinks: DataverseError | undefined;
};

export type Overview = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  readonly organizationId: string;
  readonly campaigns: readonly Campaign[];
};

type Access = Omit<Overview, 'clock'> & { readonly capabilities: CapabilityTracker };

/** In the order of the campaigns. A campaign with a detached list is read again first, as in facts.ts. */
export async function readOverview(overview: Overview): Promise<readonly OverviewOfCampaign[]> {
  const access = { ...overview, capabilities: trackCapabilities() };
  let read = await readOnce(access);
  for (const waitMs of DETACHED_WAITS_MS) {
    const detached = read.filter(({ lists }) => lists.problems.some(({ code }) => code === 'LIST_DETACHED'));
    if (detached.length === 0) break;
    await overview.clock.sleep(waitMs);
    const campaigns = detached.map(({ facts }) => facts.campaign);
    const again = new Map((await readOnce({ ...access, campaigns })).map((each) => [each.facts.campaign.id, each]));
    read = read.map((each) => again.get(each.facts.campaign.id) ?? each);
  }
  return read;
}

async function readOnce(access: Access): Promise<readonly OverviewOfCampaign[]> {
  const { dataverse, organizationId } = access;
  const read = await readLists(access);
  const inNames = await campaignsInNames(access, read);
  const before = read.map(({ campaign, linked, ours, refusal }) => {
    const named = guidsInNames(linked);
    const facts: CampaignFacts = {
      organizationId,
      campaign,
      linked,
      ours,
      campaignsOfList: new Map(),
      otherCampaignIds: new Set(named.filter((id) => id !== campaign.id && inNames.found.has(id))),
      listsWithMembers: new Set(),
    };
    const unread = refusal ?? named.map((id) => inNames.refusals.get(id)).find((each) => each !== undefined);
    return { facts, refusal: unread, own: classifyOwnLists(facts).all.map(({ id }) => id) };
  });
  const ownIds = [...new Set(before.flatMap(({ own }) => own))];
  const linkedTo = await readLinkedCampaigns(access, ownIds);
  const campaignsOfList = new Map(
    [...linkedTo].flatMap(([id, linked]) => (linked instanceof DataverseError ? [] : [[id, linked]])),
  );
  const counts = await countMembers(dataverse, ownIds);
  return before.map(({ facts: known, refusal, own }) => {
    const members = new Map(own.map((id) => [id, counts.get(id) ?? new Map<string, number>()]));
    const filled = own.filter((id) => countOf(members.get(id)) > 0);
    const facts = { ...known, campaignsOfList, listsWithMembers: new Set(filled) };
    const unreadLinks = own.map((id) => linkedTo.get(id)).find((each) => each instanceof DataverseError);
    return { facts, lists: classifyOwnLists(facts), members, unreadLists: refusal, unreadLinks };
  });
}

type ListsOfCampaign = Pick<CampaignFacts, 'campaign' | 'linked' | 'ours'> & {
  readonly refusal: DataverseError | undefined;
};

/** Those that are linked, and those that are ours by id or name, linked or not. */
async function readLists(access: Access): Promise<readonly ListsOfCampaign[]> {
  const { dataverse, organizationId, campaigns } = access;
  const linkedTo = await readLinkedLists(
    access,
    campaigns.map(({ id }) => id),
  );
  const derived = new Map(campaigns.map(({ id }) => [id, ownListIds(organizationId, id)]));
  const groups = slicesOf(campaigns, CAMPAIGNS_PER_READ);
  const reads = groups.map((group) =>
    oursRead(
      group,
      group.flatMap(({ id }) => derived.get(id) ?? []),
    ),
  );
  const results = await readInTurn(dataverse, reads);
  return groups.flatMap((group, place) => {
    const refused = refusedBy(results[place]);
    const rows = refused === undefined ? rowsOf(results[place]).map(marketingListFromRow) : [];
    return group.map((campaign): ListsOfCampaign => {
      const linked = linkedTo.get(campaign.id) ?? [];
      const refusal = linked instanceof DataverseError ? linked : refused;
      if (linked instanceof DataverseError || refusal !== undefined) return { campaign, linked: [], ours: [], refusal };
      const isOurs = ({ id, name }: MarketingList): boolean =>
        derived.get(campaign.id)?.includes(id) === true || parseOwnListName(name)?.uniqueGuid === campaign.id;
      return { campaign, linked, ours: rows.filter(isOurs), refusal };
    });
  });
}

function oursRead(campaigns: readonly Campaign[], derivedIds: readonly string[]): Read {
  const names = campaigns.flatMap(({ id }) => PERSON_TYPES.map((type) => ownListName(type, id)));
  const filter = {
    type: 'or',
    conditions: [
      { attribute: 'listid', operator: 'in', values: derivedIds },
      { attribute: 'listname', operator: 'in', values: names },
    ],
  } as const;
  return fetchRows('lists', fetchXml({ entity: 'list', attributes: LIST_COLUMNS, filter }), 'listid');
}

const guidsInNames = (lists: readonly MarketingList[]): readonly string[] =>
  lists.flatMap((list) => parseOwnListName(list.name)?.uniqueGuid ?? []);

/** Which ids in names are campaigns', as such a list belongs to that campaign only; and why that could not be read of the others. */
async function campaignsInNames({ dataverse, campaigns }: Access, read: readonly ListsOfCampaign[]) {
  const found = new Set(campaigns.map(({ id }) => id));
  const refusals = new Map<string, DataverseError>();
  const named = new Set(read.flatMap(({ linked }) => guidsInNames(linked)));
  const unknown = slicesOf(
    [...named].filter((id) => !found.has(id)),
    IDS_PER_READ,
  );
  const reads = unknown.map((values) => {
    const filter = { conditions: [{ attribute: 'campaignid', operator: 'in' as const, values }] };
    return fetchRows('campaigns', fetchXml({ entity: 'campaign', attributes: ['campaignid'], filter }), 'campaignid');
  });
  for (const [place, result] of (await readInTurn(dataverse, reads)).entries()) {
    const refusal = refusedBy(result);
    if (refusal !== undefined) for (const id of unknown[place] ?? []) refusals.set(id, refusal);
    else for (const { campaignid } of rowsOf(result)) found.add(textOf(campaignid).toLowerCase());
  }
  return { found, refusals };
}

/** People on the linked own lists. Throws what was refused: a count is right, or there is none. */
export function countPeople(overview: OverviewOfCampaign): Readonly<Record<PersonType, number>> {
  const { lists, members, unreadLists } = overview;
  if (unreadLists !== undefined) throw couldNot('read the lists of the campaigns', unreadLists);
  const people = { lead: 0, contact: 0 };
  for (const { id, personType, isLinked } of lists.all) {
    const counted = members.get(id);
    if (counted instanceof DataverseError) throw couldNot('count the members of the lists', counted);
    if (isLinked) people[personType] += countOf(counted);
  }
  return people;
}
