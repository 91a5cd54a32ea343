/** The writes of this domain as operations, worded as Microsoft's own client words them. */

import type { PersonType } from '../events.ts';
import type { JsonObject } from '../json.ts';
import type { ChangeSet, Write } from './operation.ts';
import { ACTIONS, CREATED_FROM_CODE, TABLES } from './wire.ts';

const type = (table: string): string => `Microsoft.Dynamics.CRM.${table}`;

export type MemberRef = { readonly type: PersonType; readonly id: string };

/** All members of one type, that of the list. `@odata.type` is required on each, because the parameter's type is abstract. */
export function addMembers(listId: string, members: readonly MemberRef[]): Write {
  return { method: 'POST', path: ACTIONS.addMembers, body: { List: listRef(listId), Members: members.map(memberRef) } };
}

export function removeMembers(listId: string, members: readonly MemberRef[]): Write {
  return {
    method: 'POST',
    path: ACTIONS.removeMembers,
    body: { List: listRef(listId), Members: members.map(memberRef) },
  };
}

/** One person alone: tells who of many was refused, and why. */
export function addMember(listId: string, personId: string): Write {
  return { method: 'POST', path: `lists(${listId})/${ACTIONS.addMember}`, body: { EntityId: personId } };
}

/** `listmemberid` takes the person's id, not the listmember row's: nine public callers do so, against the class page's wording. */
export function removeMember(listId: string, personId: string): Write {
  return {
    method: 'POST',
    path: `lists(${listId})/${ACTIONS.removeMember}`,
    body: { ListMember: { '@odata.type': type('listmember'), listmemberid: personId } },
  };
}

type Creation = { readonly type: PersonType; readonly id: string; readonly values: JsonObject };

/** The chosen id makes a creation safe to repeat. Duplicate detection rules run only when this header asks for them. */
export function createPerson(creation: Creation, duplicateRules: 'honour' | 'ignore'): Write {
  const { set, key } = TABLES[creation.type];
  return {
    method: 'POST',
    path: set,
    headers: { 'MSCRM.SuppressDuplicateDetection': duplicateRules === 'honour' ? 'false' : 'true' },
    body: { ...creation.values, [key]: creation.id },
  };
}

export type NewList = {
  readonly id: string;
  readonly name: string;
  readonly personType: PersonType;
  readonly purpose: string;
  readonly description: string;
};

export function createList(list: NewList): Write {
  return {
    method: 'POST',
    path: 'lists',
    body: {
      listid: list.id,
      listname: list.name,
      createdfromcode: CREATED_FROM_CODE[list.personType],
      type: false,
      purpose: list.purpose,
      description: list.description,
    },
  };
}

export function linkList(listId: string, campaignId: string): Write {
  return {
    method: 'POST',
    path: `lists(${listId})/${ACTIONS.linkList}`,
    body: { Campaign: { '@odata.type': type('campaign'), campaignid: campaignId } },
  };
}

/** For organizations without AddItemCampaign (U28). */
export function linkListByRef(listId: string, campaignId: string, apiRoot: string): Write {
  return {
    method: 'POST',
    path: `campaigns(${campaignId})/campaignlist_association/$ref`,
    body: { '@odata.id': `${apiRoot}lists(${listId})` },
  };
}

export function createLinkedList(list: NewList, campaignId: string): ChangeSet {
  return { changeSet: [createList(list), linkList(list.id, campaignId)] };
}

export function changeList(listId: string, values: JsonObject): Write {
  // Update only: a repair must not recreate a deleted list.
  return { method: 'PATCH', path: `lists(${listId})`, headers: { 'If-Match': '*' }, body: values };
}

/** The id is the linked list's, as Microsoft's own client and its SDK sample send it. */
export function unlinkList(listId: string, campaignId: string): Write {
  return {
    method: 'POST',
    path: `campaigns(${campaignId})/${ACTIONS.unlinkList}`,
    body: { CampaignItem: { '@odata.type': type('campaignitem'), campaignitemid: listId } },
  };
}

/** For organizations without RemoveItemCampaign (U11). */
export function unlinkListByRef(listId: string, campaignId: string): Write {
  return { method: 'DELETE', path: `campaigns(${campaignId})/campaignlist_association(${listId})/$ref` };
}

function listRef(id: string): JsonObject {
  return { '@odata.type': type('list'), listid: id };
}

/** Made once: a request names a thousand members. */
const MEMBER_TYPES = { lead: type('lead'), contact: type('contact') } as const;

const memberRef = (member: MemberRef): JsonObject => ({
  '@odata.type': MEMBER_TYPES[member.type],
  [TABLES[member.type].key]: member.id,
});
