/**
 * Who is on lists, with name and e-mail address: one FetchXML query per list and page, people joined to their membership rows. Where the
 * organization refuses the join (U30), people are read by their ids, page by page.
 */

import type { CampaignAccess } from '../../campaign/access.ts';
import { readMembersOfList } from '../../campaign/queries.ts';
import { learnedFrom } from '../../dataverse/capabilities.ts';
import { fetchXml } from '../../dataverse/fetchxml.ts';
import type { Read } from '../../dataverse/operation.ts';
import { fetchRows } from '../../dataverse/reads.ts';
import { type ListMember, listMemberFromRow, type PersonType, TABLES } from '../../dataverse/wire.ts';
import { DataverseError } from '../../errors.ts';
import { type JsonObject, textOf } from '../../json.ts';
import { normalizeEmail } from '../identity.ts';
import { readMore } from '../read.ts';

type ReadableList = { readonly id: string; readonly personType: PersonType };

/** A membership row and whom it is about; without name and e-mail where the record is gone or may not be read. */
export type KnownMember = {
  readonly member: ListMember;
  readonly personType: PersonType;
  readonly name: string;
  readonly email: string;
};

/** Aliases without a dot; see MEMBER_ALIASES. */
const EMAIL_ALIAS = 'p_email';
const NAME_ALIAS = 'p_name';

/** The members in the order in which they came in, page by page. */
export async function* readMembers(access: CampaignAccess, list: ReadableList): AsyncGenerator<readonly KnownMember[]> {
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

function joinedRead({ id, personType }: ReadableList): Read {
  const xml = fetchXml({
    entity: 'listmember',
    attributes: ['listmemberid', 'listid', 'entityid', 'createdon', 'createdby'],
    orders: [{ attribute: 'createdon' }, { attribute: 'listmemberid' }],
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

function joinedMember({ id, personType }: ReadableList, row: JsonObject): KnownMember {
  return {
    member: { ...listMemberFromRow(row), listId: id },
    personType,
    name: textOf(row[NAME_ALIAS]),
    email: normalizeEmail(textOf(row[EMAIL_ALIAS])),
  };
}

async function withPeople(
  access: CampaignAccess,
  { personType }: ReadableList,
  members: readonly ListMember[],
): Promise<readonly KnownMember[]> {
  const values = [...new Set(members.map((member) => member.personId))];
  const query = { type: personType, attribute: TABLES[personType].key, values };
  const read = values.length === 0 ? [] : await readMore(access, [query], { matchBy: undefined, listIds: [] });
  const people = new Map(read.map(({ record }) => [record.id, record]));
  return members.map((member) => {
    const { name = '', email = '' } = people.get(member.personId) ?? {};
    return { member, personType, name, email };
  });
}
