/** In which campaigns a person is: under every record of theirs, as `remove` would find them, through every static list. */

import type { CampaignAccess } from '../../campaign/access.ts';
import { parseOwnListName } from '../../campaign/list-name.ts';
import { classifyOwnLists } from '../../campaign/own-lists.ts';
import { campaignQuery, listQuery } from '../../campaign/queries.ts';
import { slicesOf } from '../../dataverse/groups.ts';
import { eq, odataGuid, or, query, row } from '../../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../../dataverse/operation.ts';
import { readRows, rowsOf } from '../../dataverse/reads.ts';
import type { Campaign } from '../../dataverse/wire.ts';
import {
  CAMPAIGN_COLUMNS,
  CAMPAIGN_LISTS,
  campaignFromRow,
  LIST_MEMBER_COLUMNS,
  type ListMember,
  listMemberFromRow,
  type MarketingList,
  marketingListFromRow,
  NEEDED_OF_MEMBER,
  type PersonRecord,
} from '../../dataverse/wire.ts';
import type { PersonRow } from '../../input/input-row.ts';
import { followPeople } from '../follow.ts';
import { matchesForRemoval } from '../match.ts';
import { queriesForRows } from '../queries.ts';
import { readMore } from '../read.ts';
import type { Through } from './campaign-members.ts';

type FoundMembership = {
  readonly person: PersonRecord;
  readonly member: ListMember;
  readonly list: MarketingList;
  readonly campaign: Campaign;
  readonly through: Through;
};

export type FoundPerson = {
  /** Records of this person; none when nobody matches. */
  readonly people: readonly PersonRecord[];
  /** By the campaign's name. */
  readonly memberships: readonly FoundMembership[];
  /** Lists that the person is on and that belong to no campaign that can be read. */
  readonly listsWithoutCampaign: number;
};

/** Conditions of one filter; far below the 500 that the service takes. */
const PEOPLE_PER_READ = 100;
/** Two reads each; a batch takes 1,000. */
const LISTS_PER_BATCH = 400;

export async function findMemberships(access: CampaignAccess, asked: PersonRow): Promise<FoundPerson> {
  const people = await findPeople(access, asked);
  const members = await membershipsOf(access, people);
  const lists = await readLists(access, [...new Set(members.map((member) => member.listId))]);
  const others = await otherCampaignIds(access, lists);
  const memberships = members.flatMap((member) => {
    const found = lists.get(member.listId);
    const person = people.find((each) => each.id === member.personId);
    if (found === undefined || person === undefined) return [];
    const { list, campaigns } = found;
    return campaigns.map((campaign) => ({
      person,
      member,
      list,
      campaign,
      through: throughOf(access, { list, campaign }, others),
    }));
  });
  return {
    people,
    memberships: memberships.sort((a, b) => a.campaign.name.localeCompare(b.campaign.name)),
    listsWithoutCampaign: [...lists.values()].filter(({ campaigns }) => campaigns.length === 0).length,
  };
}

async function findPeople(access: CampaignAccess, asked: PersonRow): Promise<readonly PersonRecord[]> {
  const options = { matchBy: undefined, listIds: [] };
  const queries = queriesForRows([asked], { matchBy: undefined, creation: undefined, leadsOfContacts: true });
  const read = await readMore(access, queries, options);
  const view = await followPeople(access, read, { ...options, purpose: 'removals', namedIds: new Set() });
  return matchesForRemoval(asked.key, view);
}

/** By plain comparison: In() on this column is not taken everywhere (U17). */
async function membershipsOf(access: CampaignAccess, people: readonly PersonRecord[]): Promise<readonly ListMember[]> {
  const members: ListMember[] = [];
  for (const some of slicesOf(people, PEOPLE_PER_READ)) {
    const filter = or(...some.map((person) => eq('_entityid_value', odataGuid(person.id))));
    const read = readRows(query('listmembers', { select: LIST_MEMBER_COLUMNS, filter }), ...NEEDED_OF_MEMBER);
    for await (const page of access.dataverse.pages(read)) members.push(...page.map(listMemberFromRow));
  }
  return members;
}

type ListRead = { readonly list: MarketingList; readonly campaigns: readonly Campaign[] };

/** Lists that can be read, with the campaigns that they are linked to. */
async function readLists(access: CampaignAccess, ids: readonly string[]): Promise<ReadonlyMap<string, ListRead>> {
  const lists = new Map<string, ListRead>();
  for (const some of slicesOf(ids, LISTS_PER_BATCH)) {
    const results = await access.dataverse.batch(some.flatMap(listOperations));
    for (const [place, id] of some.entries()) {
      const [list] = unlessRefused(results[2 * place]).map(marketingListFromRow);
      const campaigns = unlessRefused(results[2 * place + 1]).map(campaignFromRow);
      if (list !== undefined) lists.set(id, { list, campaigns });
    }
  }
  return lists;
}

function listOperations(id: string): readonly Read[] {
  const campaigns = query(`${row('lists', id)}/${CAMPAIGN_LISTS}`, { select: CAMPAIGN_COLUMNS });
  return [listQuery(id), readRows(campaigns, 'campaignid')];
}

const unlessRefused = (result: OperationResult | undefined) => (result?.kind === 'refused' ? [] : rowsOf(result));

/** Which ids in the names of lists are campaigns': a list of that name belongs to that one only. */
async function otherCampaignIds(
  access: CampaignAccess,
  lists: ReadonlyMap<string, ListRead>,
): Promise<ReadonlySet<string>> {
  const guids = [...new Set([...lists.values()].flatMap(({ list }) => parseOwnListName(list.name)?.uniqueGuid ?? []))];
  const results = await access.dataverse.batch(guids.map(campaignQuery));
  return new Set(guids.filter((_, place) => results[place]?.kind === 'ok'));
}

function throughOf(
  { organizationId }: CampaignAccess,
  { list, campaign }: Pick<FoundMembership, 'list' | 'campaign'>,
  campaignIds: ReadonlySet<string>,
): Through {
  const classified = classifyOwnLists({
    organizationId,
    campaign,
    linked: [list],
    ours: [],
    campaignsOfList: new Map(),
    otherCampaignIds: new Set([...campaignIds].filter((id) => id !== campaign.id)),
    listsWithMembers: new Set(),
  });
  return classified.all.length > 0 ? 'own' : 'other';
}
