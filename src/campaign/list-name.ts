/**
 * The names of a campaign's own lists, in one place: `Mkto-leads-<uniqueID>` and `Mkto-contacts-<uniqueID>`, as Adobe's page "Campaign
 * Sync Overview" prints them. What Marketo puts for <uniqueID> is not documented; dyncamp puts the campaign's id.
 */

import type { PersonType } from '../dataverse/wire.ts';
import { parseGuid } from '../guid.ts';

const PLURALS = { lead: 'leads', contact: 'contacts' } as const satisfies Record<PersonType, string>;
const PATTERN = /^mkto-(leads|contacts)-(\S.*)$/i;

/** What every name of an own list begins with; for searches. */
export const OWN_LIST_PREFIX = 'Mkto-';

export type OwnListName = {
  readonly personType: PersonType;
  /** As written, without blanks around. */
  readonly uniqueId: string;
  /** Set when the unique id is a GUID: then it may be a campaign's id. */
  readonly uniqueGuid: string | undefined;
};

export function ownListName(personType: PersonType, campaignId: string): string {
  return `Mkto-${PLURALS[personType]}-${campaignId}`;
}

/** Undefined for every name that is not of the pattern. */
export function parseOwnListName(name: string): OwnListName | undefined {
  const match = PATTERN.exec(name.trim());
  const [, plural, uniqueId] = match ?? [];
  if (plural === undefined || uniqueId === undefined) return undefined;
  const personType = plural.toLowerCase() === PLURALS.lead ? 'lead' : 'contact';
  return { personType, uniqueId, uniqueGuid: parseGuid(uniqueId) };
}
