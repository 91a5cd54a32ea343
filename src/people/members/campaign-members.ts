/**
 * Who is in a campaign, with name and e-mail address: through its own lists, and through other static lists that are linked to it. One
 * FetchXML query per list and page, people joined to their membership rows. Where the organization refuses the join (U30), people are
 * read by their ids, page by page.
 */

import type { CampaignAccess } from '../../campaign/access.ts';
import { type CampaignFacts, classifyOwnLists, type OwnList } from '../../campaign/own-lists.ts';
import { readMembersOfList } from '../../campaign/queries.ts';
import { learnedFrom } from '../../dataverse/capabilities.ts';
import { fetchXml } from '../../dataverse/fetchxml.ts';
import type { Read } from '../../dataverse/operation.ts';
import { fetchRows } from '../../dataverse/reads.ts';
import { type ListMember, listMemberFromRow, type MarketingList, TABLES } from '../../dataverse/wire.ts';
import { DataverseError } from '../../errors.ts';
import type { PersonType } from '../../events.ts';
import { type JsonObject, textOf } from '../../json.ts';
import { normalizeEmail } from '../identity.ts';
import { readMore } from '../read.ts';

export type Through = 'own' | 'other';

export type MemberList = {
  readonly id: string;
  readonly name: string;
  readonly personType: PersonType;
  readonly through: Through;
};

/** A membership row and whom it is about; without name and e-mail where the record is gone or may not be read. */
export type CampaignMember = {
  readonly member: ListMember;
  readonly list: MemberList;
  readonly name: string;
  readonly email: string;
};

export type ListsOfCampaign = {
  /** Own lists first. */
  readonly readable: readonly MemberList[];
  /** Linked, but without members that could be listed: Dynamics computes those of dynamic ones. */
  readonly dynamic: readonly MarketingList[];
  readonly ofAccounts: readonly MarketingList[];
  /** Own lists that are not linked (any more): their members are not in the campaign. */
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
  for (const list of lists) yield* readMembers(access, list);
}

/** Aliases without a dot; see MEMBER_ALIASES. */
const EMAIL_ALIAS = 'p_email';
const NAME_ALIAS = 'p_name';

/** The members in the order in which they came in, page by page. */
async function* readMembers(access: CampaignAccess, list: MemberList): AsyncGenerator<readonly CampaignMember[]> {
  if (access.capabilities.current().outerJoin) {
    let isAnswered = false;
    try {
      for await (const page of access.dataverse.pages(joinedRead(list))) {
        isAnswered = true;
        yield page.map((row) => joinedMember(list, row));
      }
      return;
    } catch (error) {
      if (isAnswered || !(error instanceof DataverseError)) throw error;
      const learned = learnedFrom({ what: 'members with people' }, error, access.capabilities.current());
      if (learned === undefined) throw error;
      access.capabilities.learn(learned);
    }
  }
  for await (const page of access.dataverse.pages(readMembersOfList(list.id))) {
    yield await withPeople(access, list, page.map(listMemberFromRow));
  }
}

function joinedRead({ id, personType }: MemberList): Read {
  const xml = fetchXml({
    entity: 'listmember',
    attributes: ['listmemberid', 'listid', 'entityid', 'createdon', 'createdby'],
    orders: ['createdon', 'listmemberid'],
    filter: { conditions: [{ attribute: 'listid', operator: 'eq', value: id }] },
    links: [
      {
        entity: TABLES[personType].name,
        from: TABLES[personType].key,
        to: 'entityid',
        kind: 'outer',
        alias: 'p',
        attributes: [
          { name: 'emailaddress1', alias: EMAIL_ALIAS },
          { name: 'fullname', alias: NAME_ALIAS },
        ],
      },
    ],
  });
  return fetchRows('listmembers', xml, 'listmemberid', '_entityid_value', 'createdon');
}

function joinedMember(list: MemberList, row: JsonObject): CampaignMember {
  return {
    member: { ...listMemberFromRow(row), listId: list.id },
    list,
    name: textOf(row[NAME_ALIAS]),
    email: normalizeEmail(textOf(row[EMAIL_ALIAS])),
  };
}

async function withPeople(
  access: CampaignAccess,
  list: MemberList,
  members: readonly ListMember[],
): Promise<readonly CampaignMember[]> {
  const values = [...new Set(members.map((member) => member.personId))];
  const query = { type: list.personType, attribute: TABLES[list.personType].key, values };
  const read = values.length === 0 ? [] : await readMore(access, [query], { matchBy: undefined, listIds: [] });
  const people = new Map(read.map(({ record }) => [record.id, record]));
  return members.map((member) => {
    const { name = '', email = '' } = people.get(member.personId) ?? {};
    return { member, list, name, email };
  });
}
