/**
 * Overviews of many campaigns: their facts and who added their members, by joins and grouped counts over fifties of campaigns instead of
 * some small reads for each, so that thousands of campaigns cost some hundred operations. A row that the user may not see is missing
 * here, where facts.ts is refused it.
 */

import { mustSucceed } from '../dataverse/errors.ts';
import { fetchXml } from '../dataverse/fetchxml.ts';
import { groupBy } from '../dataverse/group-by.ts';
import { readInTurn, slicesOf } from '../dataverse/in-turn.ts';
import type { Dataverse, Read } from '../dataverse/operation.ts';
import { fetchRows } from '../dataverse/reads.ts';
import { refusedBy, rowsOf } from '../dataverse/rows-of.ts';
import {
  type Campaign,
  LIST_COLUMNS,
  type MarketingList,
  marketingListFromRow,
  PERSON_TYPES,
  type PersonType,
} from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { countMembers, countOf, type MembersByCreator } from './count-members.ts';
import { ownListId, spareOwnListId } from './ids.ts';
import { ownListName, parseOwnListName } from './list-name.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from './own-lists.ts';

/** Four ids of lists each in one `in`: below the caps that are reported (U29). */
const CAMPAIGNS_PER_READ = 50;
const IDS_PER_READ = 250;

type LinkedCampaign = { readonly id: string; readonly name: string; readonly code: string };

/** What was read of one campaign. A refused read leaves its part of the facts empty, and only that. */
export type OverviewOfCampaign = {
  readonly facts: Omit<CampaignFacts, 'campaignsOfList'> & { readonly campaignsOfList: Links['campaigns'] };
  readonly lists: OwnLists;
  /** Of each own list. */
  readonly members: ReadonlyMap<string, MembersByCreator | DataverseError>;
  /** Why the lists of the campaign could not be read. */
  readonly unreadLists: DataverseError | undefined;
  /** Why the campaigns that its lists are linked to could not be read. */
  readonly unreadLinks: DataverseError | undefined;
};

export type Overview = {
  readonly dataverse: Dataverse;
  readonly organizationId: string;
  readonly campaigns: readonly Campaign[];
};

/** In the order of the campaigns. */
export async function readOverview({
  dataverse,
  organizationId,
  campaigns,
}: Overview): Promise<readonly OverviewOfCampaign[]> {
  const read = await readLists(dataverse, organizationId, campaigns);
  const inNames = await campaignsInNames(dataverse, campaigns, read);
  const before = read.map(({ campaign, linked, ours, refusal }) => {
    const named = linked.flatMap((list) => parseOwnListName(list.name)?.uniqueGuid ?? []);
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
  const links = await readLinks(dataverse, ownIds);
  const counts = await countMembers(dataverse, ownIds);
  return before.map(({ facts: known, refusal, own }) => {
    const members = new Map(own.map((id) => [id, counts.get(id) ?? new Map<string, number>()]));
    const filled = own.filter((id) => countOf(members.get(id)) > 0);
    const facts = { ...known, campaignsOfList: links.campaigns, listsWithMembers: new Set(filled) };
    const unreadLinks = own.map((id) => links.refusals.get(id)).find((each) => each !== undefined);
    return { facts, lists: classifyOwnLists(facts), members, unreadLists: refusal, unreadLinks };
  });
}

type ListsOfCampaign = {
  readonly campaign: Campaign;
  readonly linked: readonly MarketingList[];
  readonly ours: readonly MarketingList[];
  readonly refusal: DataverseError | undefined;
};

/** Those that are linked, and those that are ours by id or name, linked or not. */
async function readLists(
  dataverse: Dataverse,
  organizationId: string,
  campaigns: readonly Campaign[],
): Promise<readonly ListsOfCampaign[]> {
  const groups = slicesOf(campaigns, CAMPAIGNS_PER_READ);
  const derived = new Map(
    campaigns.map(({ id }) => [
      id,
      PERSON_TYPES.flatMap((type) => [ownListId(organizationId, id, type), spareOwnListId(organizationId, id, type)]),
    ]),
  );
  const results = await readInTurn(
    dataverse,
    groups.flatMap((group) => {
      const ids = group.map(({ id }) => id);
      return [
        linksRead({ attribute: CAMPAIGN_ID, ids }),
        oursRead(
          ids,
          ids.flatMap((id) => derived.get(id) ?? []),
        ),
      ];
    }),
  );
  return groups.flatMap((group, place): readonly ListsOfCampaign[] => {
    const [linked, ours] = results.slice(2 * place, 2 * place + 2);
    const refusal = refusedBy(linked) ?? refusedBy(ours);
    if (refusal !== undefined) return group.map((campaign) => ({ campaign, linked: [], ours: [], refusal }));
    const linkedTo = groupBy(rowsOf(linked), (row) => text(row[CAMPAIGN_ID]).toLowerCase());
    const rows = rowsOf(ours).map(marketingListFromRow);
    return group.map((campaign) => ({
      campaign,
      linked: (linkedTo.get(campaign.id) ?? []).map(marketingListFromRow),
      ours: rows.filter(
        ({ id, name }) =>
          derived.get(campaign.id)?.includes(id) === true || parseOwnListName(name)?.uniqueGuid === campaign.id,
      ),
      refusal: undefined,
    }));
  });
}

/** Aliases of the campaign's columns in a row of `linksRead`. */
const CAMPAIGN_ID = 'c_id';
const CAMPAIGN_NAME = 'c_name';
const CAMPAIGN_CODE = 'c_code';

/** Lists joined with their campaigns, through the table of the relationship, as Advanced Find writes it; one row per link. */
function linksRead(by: { readonly attribute: 'listid' | typeof CAMPAIGN_ID; readonly ids: readonly string[] }): Read {
  const filter = (attribute: string) => ({ conditions: [{ attribute, operator: 'in' as const, values: by.ids }] });
  const isByCampaign = by.attribute === CAMPAIGN_ID;
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
    filter: isByCampaign ? filter('campaignid') : undefined,
  } as const;
  const xml = fetchXml({
    entity: 'list',
    attributes: LIST_COLUMNS,
    filter: isByCampaign ? undefined : filter('listid'),
    links: [{ entity: 'campaignitem', from: 'entityid', to: 'listid', kind: 'inner', alias: 'i', links: [campaign] }],
  });
  return fetchRows('lists', xml, 'listid', CAMPAIGN_ID);
}

function oursRead(campaignIds: readonly string[], derivedIds: readonly string[]): Read {
  const names = campaignIds.flatMap((id) => PERSON_TYPES.map((type) => ownListName(type, id)));
  const filter = {
    type: 'or',
    conditions: [
      { attribute: 'listid', operator: 'in', values: derivedIds },
      { attribute: 'listname', operator: 'in', values: names },
    ],
  } as const;
  return fetchRows('lists', fetchXml({ entity: 'list', attributes: LIST_COLUMNS, filter }), 'listid');
}

type IdsInNames = {
  /** Campaigns' ids: such a list belongs to that campaign only. */
  readonly found: ReadonlySet<string>;
  /** Why it could not be read whether an id is a campaign's. */
  readonly refusals: ReadonlyMap<string, DataverseError>;
};

async function campaignsInNames(
  dataverse: Dataverse,
  campaigns: readonly Campaign[],
  read: readonly ListsOfCampaign[],
): Promise<IdsInNames> {
  const found = new Set(campaigns.map(({ id }) => id));
  const refusals = new Map<string, DataverseError>();
  const named = read.flatMap(({ linked }) => linked.flatMap((list) => parseOwnListName(list.name)?.uniqueGuid ?? []));
  const unknown = slicesOf(
    [...new Set(named)].filter((id) => !found.has(id)),
    IDS_PER_READ,
  );
  const reads = unknown.map((values) => {
    const filter = { conditions: [{ attribute: 'campaignid', operator: 'in' as const, values }] };
    return fetchRows('campaigns', fetchXml({ entity: 'campaign', attributes: ['campaignid'], filter }), 'campaignid');
  });
  for (const [place, result] of (await readInTurn(dataverse, reads)).entries()) {
    const refusal = refusedBy(result);
    if (refusal !== undefined) for (const id of unknown[place] ?? []) refusals.set(id, refusal);
    else for (const { campaignid } of rowsOf(result)) found.add(text(campaignid).toLowerCase());
  }
  return { found, refusals };
}

type Links = {
  readonly campaigns: ReadonlyMap<string, readonly LinkedCampaign[]>;
  /** By list, when its links could not be read. */
  readonly refusals: ReadonlyMap<string, DataverseError>;
};

async function readLinks(dataverse: Dataverse, listIds: readonly string[]): Promise<Links> {
  const groups = slicesOf(listIds, IDS_PER_READ);
  const results = await readInTurn(
    dataverse,
    groups.map((ids) => linksRead({ attribute: 'listid', ids })),
  );
  const refusals = new Map<string, DataverseError>();
  const rows: JsonObject[] = [];
  for (const [place, ids] of groups.entries()) {
    const refusal = refusedBy(results[place]);
    if (refusal === undefined) rows.push(...rowsOf(results[place]));
    else for (const id of ids) refusals.set(id, refusal);
  }
  const campaigns = groupBy(rows, ({ listid }) => text(listid).toLowerCase());
  return {
    campaigns: new Map(
      [...campaigns].map(([id, linked]) => [
        id,
        linked.map((row) => ({
          id: text(row[CAMPAIGN_ID]).toLowerCase(),
          name: text(row[CAMPAIGN_NAME]),
          code: text(row[CAMPAIGN_CODE]),
        })),
      ]),
    ),
    refusals,
  };
}

/** People on the linked own lists. Throws what was refused: a count is right, or there is none. */
export function countPeople(overview: OverviewOfCampaign): Readonly<Record<PersonType, number>> {
  const { lists, members, unreadLists } = overview;
  if (unreadLists !== undefined) throw mustSucceed('read the lists of the campaigns', unreadLists);
  const people = { lead: 0, contact: 0 };
  for (const { id, personType, isLinked } of lists.all) {
    const counted = members.get(id);
    if (counted instanceof DataverseError) throw mustSucceed('count the members of the lists', counted);
    if (isLinked) people[personType] += countOf(counted);
  }
  return people;
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
