/** Who is in a campaign: through its own lists, and through other static lists that are linked to it. */

import type { CampaignAccess } from '../../campaign/access.ts';
import { type CampaignFacts, classifyOwnLists, type OwnList } from '../../campaign/own-lists.ts';
import type { MarketingList, PersonType } from '../../dataverse/wire.ts';
import { type KnownMember, readMembers } from './read-members.ts';

export type Through = 'own' | 'other';

export type MemberList = {
  readonly id: string;
  readonly name: string;
  readonly personType: PersonType;
  readonly through: Through;
};

export type CampaignMember = KnownMember & { readonly list: MemberList };

export type ListsOfCampaign = {
  /** Own lists first. */
  readonly readable: readonly MemberList[];
  /** Linked, but without members that could be listed: Dynamics computes those of dynamic ones. */
  readonly dynamic: readonly MarketingList[];
  readonly ofAccounts: readonly MarketingList[];
  /** Own lists that are not linked (any more): whoever is on them is not in the campaign. */
  readonly detached: readonly OwnList[];
};

export function listsOfCampaign(facts: CampaignFacts): ListsOfCampaign {
  const classified = classifyOwnLists(facts);
  const own = classified.all
    .filter((list) => list.isLinked)
    .map(({ id, name, personType }) => ({ id, name, personType, through: 'own' as const }));
  const other = classified.foreign.flatMap(({ id, name, personType }) =>
    personType === undefined ? [] : [{ id, name, personType, through: 'other' as const }],
  );
  return {
    readable: [...own, ...other],
    dynamic: facts.linked.filter((list) => list.isDynamic),
    detached: classified.all.filter((list) => !list.isLinked && facts.listsWithMembers.has(list.id)),
    ofAccounts: classified.foreign.filter((list) => list.personType === undefined),
  };
}

/** List by list, page by page; somebody who is on two lists comes twice. */
export async function* campaignMembers(
  access: CampaignAccess,
  lists: readonly MemberList[],
): AsyncGenerator<readonly CampaignMember[]> {
  for (const list of lists) {
    for await (const page of readMembers(access, list)) yield page.map((member) => ({ ...member, list }));
  }
}
