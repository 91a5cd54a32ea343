/**
 * The names of a campaign's own lists, in one place: `Mkto-leads-<uniqueID>` and `Mkto-contacts-<uniqueID>`, as Adobe's page "Campaign
 * Sync Overview" prints them. Marketo's <uniqueID> is not documented; dyncamp uses the campaign's id.
 */

import type { PersonType } from '../events.ts';
import { parseGuid } from '../guid.ts';

const PLURALS = { lead: 'leads', contact: 'contacts' } as const satisfies Record<PersonType, string>;
const PATTERN = /^mkto-(leads|contacts)-(\S.*)$/i;

export const OWN_LIST_PREFIX = 'Mkto-';

type OwnListName = {
  readonly personType: PersonType;
  /** As written, trimmed. */
  readonly uniqueId: string;
  /** Set when the unique id is a GUID, and so may be a campaign's id. */
  readonly uniqueGuid: string | undefined;
};

export function ownListName(personType: PersonType, campaignId: string): string {
  return `Mkto-${PLURALS[personType]}-${campaignId}`;
}

export function parseOwnListName(name: string): OwnListName | undefined {
  const match = PATTERN.exec(name.trim());
  const [, plural, uniqueId] = match ?? [];
  if (plural === undefined || uniqueId === undefined) return undefined;
  const personType = plural.toLowerCase() === PLURALS.lead ? 'lead' : 'contact';
  return { personType, uniqueId, uniqueGuid: parseGuid(uniqueId) };
}
