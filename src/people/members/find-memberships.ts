/** In which campaigns a person is: under every record of theirs, as `remove` would find them, through every static list. */

import type { CampaignAccess } from '../../campaign/access.ts';
import { campaignsInNames } from '../../campaign/facts.ts';
import { ownership } from '../../campaign/own-lists.ts';
import { listQuery, readMembers } from '../../campaign/queries.ts';
import { slicesOf } from '../../dataverse/groups.ts';
import { eq, odataGuid, or, query, row } from '../../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../../dataverse/operation.ts';
import { readRows, rowsOf } from '../../dataverse/reads.ts';
import type { Campaign } from '../../dataverse/wire.ts';
import {
  CAMPAIGN_COLUMNS,
  CAMPAIGN_LISTS,
  campaignFromRow,
  type ListMember,
  listMemberFromRow,
  type MarketingList,
  marketingListFromRow,
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
  readonly people: readonly PersonRecord[];
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
  const others = await campaignsInNames(
    access,
    [...lists.values()].map(({ list }) => list),
  );
  const memberships = members.flatMap((member) => {
    const found = lists.get(member.listId);
    const person = people.find((each) => each.id === member.personId);
    if (found === undefined || person === undefined) return [];
    const { list, campaigns } = found;
    return campaigns.map((campaign) => {
      const facts = { organizationId: access.organizationId, campaign, otherCampaignIds: others };
      const through: Through = ownership(list, facts) === undefined ? 'other' : 'own';
      return { person, member, list, campaign, through };
    });
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
    const read = readMembers(or(...some.map((person) => eq('_entityid_value', odataGuid(person.id)))));
    for await (const page of access.dataverse.pages(read)) members.push(...page.map(listMemberFromRow));
  }
  return members;
}

type ListRead = { readonly list: MarketingList; readonly campaigns: readonly Campaign[] };

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
