/**
 * Derived ids: any number of processes, retries and resumed runs arrive at the same one.
 * UUID v5 (RFC 9562) over the exact strings below; GUIDs in lower case, times as whole epoch seconds, e-mail as its look-alike key.
 * docs/derived-ids.md promises these strings to other tools: never change one.
 */

import { hash } from 'node:crypto';
import { PERSON_TYPES } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';
import { lookAlikeKey } from '../people/identity.ts';

/** v5 of the DNS namespace and `dyncamp`. */
export const NAMESPACE = 'a2c45fe3-f1d8-5975-94a6-f7d27270bee2';

const OCTETS = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');

export type MembershipChange = 'added' | 'removed';

/**
 * How many ids a list may have: the next one is for a new list where the organization keeps the id of the deleted one (U31). Every run
 * tries them in this order, so that concurrent runs meet.
 */
export const LIST_IDS = 4;

/** `spare`: from 0, below LIST_IDS. */
export function ownListId(organizationId: string, campaignId: string, personType: PersonType, spare = 0): string {
  const suffix = spare === 0 ? '' : `:${spare}`;
  return idOf(`list:${organizationId}:${campaignId}:${personType}${suffix}`);
}

export function ownListIds(
  organizationId: string,
  campaignId: string,
  types: readonly PersonType[] = PERSON_TYPES,
): readonly string[] {
  return types.flatMap((type) =>
    Array.from({ length: LIST_IDS }, (_, spare) => ownListId(organizationId, campaignId, type, spare)),
  );
}

/** The person type of the campaign's own list with this id, whatever its name; undefined for every other list. */
export function derivedListType(listId: string, organizationId: string, campaignId: string): PersonType | undefined {
  return PERSON_TYPES.find((type) => ownListIds(organizationId, campaignId, [type]).includes(listId));
}

/**
 * The id of a new person: one per organization, table and look-alike key, in every run. `sequence` counts
 * from 1; the next one is used when an earlier one is taken.
 */
export function createdPersonId(key: {
  readonly organizationId: string;
  readonly personType: PersonType;
  readonly email: string;
  readonly sequence: number;
}): string {
  return idOf(`person:${key.organizationId}:${key.personType}:${lookAlikeKey(key.email)}:${key.sequence}`);
}

/**
 * The creation time is part of it because it is unsettled (U23) whether a person who is removed and added again gets a row with a new id.
 */
export function membershipEventId(change: MembershipChange, listMemberId: string, createdOn: string): string {
  return idOf(`${change}:${listMemberId}:${Math.floor(Date.parse(createdOn) / 1000)}`);
}

/** The id of the `added` event of a membership row as it is now, not of an earlier row with the same id. */
export function additionId(listMember: { readonly id: string; readonly createdOn: string }): string {
  return membershipEventId('added', listMember.id, listMember.createdOn);
}

export function createdEventId(organizationId: string, personType: PersonType, personId: string): string {
  return idOf(`created:${organizationId}:${personType}:${personId}`);
}

/** A name-based UUID (RFC 9562 §5.5) in our namespace. The name is hashed as UTF-8, exactly as given. */
function idOf(name: string): string {
  const hex = hash('sha1', Buffer.concat([OCTETS, Buffer.from(name)]));
  // The version is 5, and the first bits of the variant are 10.
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
