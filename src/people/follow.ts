/**
 * Reads related people: survivors of merges, contacts of qualified leads, originating leads of contacts, until there are no more.
 * Sends no request when nobody has to be followed.
 */

import type { CampaignAccess } from '../campaign/access.ts';
import type { PersonRecord } from '../dataverse/wire.ts';
import { addressKey } from './identity.ts';
import { MAX_FOLLOW_STEPS } from './match.ts';
import type { PeopleQuery } from './queries.ts';
import { type PeopleReadOptions, readMore } from './read.ts';
import { buildPeopleView, type PeopleView, personKey, type ReadPerson } from './view.ts';

type FollowOptions = PeopleReadOptions & {
  /** `additions` needs only replacements for unusable people; `removals` every related person. */
  readonly purpose: 'additions' | 'removals';
  /** Ids named in the input: followed even when others have their e-mail. */
  readonly namedIds: ReadonlySet<string>;
};

export async function followPeople(
  access: CampaignAccess,
  people: readonly ReadPerson[],
  options: FollowOptions,
): Promise<PeopleView> {
  let known = people;
  let view = buildPeopleView(known);
  // The first read included the leads of all candidate contacts (queriesForRows).
  const asked = new Set<string>();
  for (const person of view.all()) if (person.type === 'contact') asked.add(leadsOf(person));
  for (let step = 0; step < MAX_FOLLOW_STEPS; step += 1) {
    const now = view;
    const wanted = now
      .all()
      .flatMap((person) => relativesOf(person, now, options))
      .filter(({ key }) => !asked.has(key));
    if (wanted.length === 0) return view;
    for (const { key } of wanted) asked.add(key);
    known = [...known, ...(await readMore(access, queriesFor(wanted), options))];
    view = buildPeopleView(known);
  }
  return view;
}

const leadsOf = ({ id }: PersonRecord): string => `leads of ${id}`;

/** A query for people of a table whose attribute is this id. `key` identifies repeated queries. */
type Wanted = {
  readonly key: string;
  readonly type: PersonRecord['type'];
  readonly attribute: string;
  readonly id: string;
};

function relativesOf(person: PersonRecord, view: PeopleView, options: FollowOptions): readonly Wanted[] {
  if (options.purpose === 'additions' && !needsFollowing(person, view, options.namedIds)) return [];
  const survivor = unlessKnown(view, person.type, person.survivorId);
  if (person.type === 'lead') return [...survivor, ...contactsOfLead(person, view)];
  if (options.purpose === 'additions') return survivor;
  const leads = { key: leadsOf(person), type: 'lead', attribute: 'parentcontactid', id: person.id } as const;
  return [...survivor, ...unlessKnown(view, 'lead', person.originatingLeadId), leads];
}

function contactsOfLead(lead: PersonRecord, view: PeopleView): readonly Wanted[] {
  if (lead.state !== 'qualified') return [];
  const originated = {
    key: `contacts of ${lead.id}`,
    type: 'contact',
    attribute: 'originatingleadid',
    id: lead.id,
  } as const;
  return [originated, ...unlessKnown(view, 'contact', lead.parentContactId)];
}

function unlessKnown(view: PeopleView, type: PersonRecord['type'], id: string | undefined): readonly Wanted[] {
  if (id === undefined || view.get({ type, id }) !== undefined) return [];
  return [{ key: personKey({ type, id }), type, attribute: type === 'lead' ? 'leadid' : 'contactid', id }];
}

function queriesFor(wanted: readonly Wanted[]): readonly PeopleQuery[] {
  const queries = new Map<string, { type: PersonRecord['type']; attribute: string; values: string[] }>();
  for (const { type, attribute, id } of wanted) {
    const query = queries.get(attribute) ?? { type, attribute, values: [] };
    query.values.push(id);
    queries.set(attribute, query);
  }
  return [...queries.values()];
}

/** A qualified lead beside an active contact or open lead of the same e-mail does not matter, unless the input names its id. */
function needsFollowing(person: PersonRecord, view: PeopleView, namedIds: ReadonlySet<string>): boolean {
  if (person.state === 'usable') return false;
  if (namedIds.has(person.id) || person.email === '') return true;
  return !view.withEmail(addressKey(person.email)).some((other) => other.state === 'usable');
}
