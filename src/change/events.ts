/**
 * The events that dyncamp delivers: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in
 * every retry, resume, replay and shard, so consumers drop repeats by id.
 */

import { createdEventId, type MembershipChange, membershipEventId } from '../campaign/ids.ts';
import type { PersonType } from '../dataverse/wire.ts';
import { TABLES } from '../dataverse/wire.ts';
import { type DyncampEvent, EVENT_TYPES } from '../events.ts';
import type { InputPlace } from '../input/input-row.ts';
import type { NewEvent } from '../journal/journal.ts';

/** Names of Adobe's triggers, for people who come from Marketo. */
const TRIGGERS: Readonly<Record<string, string>> = {
  [EVENT_TYPES.added]: 'Added to Microsoft Campaign',
  [EVENT_TYPES.removed]: 'Removed from Microsoft Campaign',
  [EVENT_TYPES.created]: 'Lead is Synced to Microsoft',
} satisfies { [event in DyncampEvent as event['type']]: event['data']['trigger'] };

export type EventPerson = { readonly type: PersonType; readonly id: string; readonly email: string };
export type EventCampaign = { readonly id: string; readonly name: string; readonly code: string };

export type EventContext = {
  readonly organizationId: string;
  readonly campaign: EventCampaign;
  /** `none` leaves the e-mail address out of the event. */
  readonly email: 'full' | 'none';
};

/** Events for a campaign. Without the address where this run, or the intent of another one, leaves it out. */
export function eventsOf(
  session: {
    readonly organizationId: string;
    readonly eventEmail: EventContext['email'];
  },
  { id, name, code }: EventCampaign,
  intent: { readonly eventEmail?: 'none' | undefined } = {},
): TriggerEvents {
  const email = intent.eventEmail ?? session.eventEmail;
  const { organizationId } = session;
  return triggerEvents({ organizationId, campaign: { id, name, code }, email });
}

export type MembershipEvent = {
  readonly change: MembershipChange;
  readonly person: EventPerson;
  /** Whether the person was created for this row of the input. */
  readonly created: boolean;
  readonly list: { readonly id: string; readonly name: string };
  readonly listMember: { readonly id: string; readonly createdOn: string };
  readonly place: InputPlace;
  /** When the read that confirmed it came back (epoch ms). */
  readonly at: number;
};

/** Makes the events of one context. */
export type TriggerEvents = {
  membership(event: MembershipEvent): NewEvent;
  /** Comes before the `added` of that person. */
  created(event: Pick<MembershipEvent, 'person' | 'place' | 'at'>): NewEvent;
};

export function triggerEvents(context: EventContext): TriggerEvents {
  const { organizationId, campaign, email } = context;
  const source = sourceOf(context);
  /** Sets every property, so that millions of events share one shape. */
  const event = (
    { id, type }: Pick<NewEvent, 'id' | 'type'>,
    { person, place, at }: Pick<MembershipEvent, 'person' | 'place' | 'at'>,
    membership?: Pick<MembershipEvent, 'created' | 'list' | 'listMember'>,
  ): NewEvent => ({
    id,
    type,
    source,
    at,
    campaign,
    personType: person.type,
    personId: person.id,
    email: email === 'full' ? person.email : undefined,
    // A ref that is an address stays out as well.
    place: email === 'full' || !place.ref.includes('@') ? place : { ...place, ref: undefined },
    created: membership?.created,
    listId: membership?.list.id,
    listName: membership?.list.name,
    listMemberId: membership?.listMember.id,
  });
  return {
    membership(change) {
      const id = membershipEventId(change.change, change.listMember.id, change.listMember.createdOn);
      return event({ id, type: EVENT_TYPES[change.change] }, change, change);
    },
    created(creation) {
      const id = createdEventId(organizationId, creation.person.type, creation.person.id);
      return event({ id, type: EVENT_TYPES.created }, creation);
    },
  };
}

const sourceOf = ({ organizationId, campaign }: Pick<EventContext, 'organizationId' | 'campaign'>): string =>
  `urn:dynamics:${organizationId}:campaign:${campaign.id}`;

/**
 * An `added` event made from the membership row alone, where no journal is left: the same id as the first time. Its time is when the row
 * was made; which run and input asked for it, and whether the person was created for it, is not known and left out.
 */
export function rebuiltAddedEvent(
  { organizationId, campaign, email }: EventContext,
  {
    person,
    list,
    listMember,
  }: Pick<MembershipEvent, 'list' | 'listMember'> & {
    /** Without an e-mail when the record cannot be read. */
    readonly person: Omit<EventPerson, 'email'> & { readonly email: string | undefined };
  },
): NewEvent {
  return {
    id: membershipEventId('added', listMember.id, listMember.createdOn),
    type: EVENT_TYPES.added,
    source: sourceOf({ organizationId, campaign }),
    at: Date.parse(listMember.createdOn),
    campaign,
    personType: person.type,
    personId: person.id,
    email: email === 'full' ? person.email : undefined,
    listId: list.id,
    listName: list.name,
    listMemberId: listMember.id,
  };
}

/** The line of an event, without its line feed. It is made anew each time, of the same fields: the bytes are the same. */
export function eventLine(event: NewEvent & { readonly runId?: string | undefined }): string {
  const { campaign, place } = event;
  const envelope = {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: `${TABLES[event.personType].set}/${event.personId}`,
    time: new Date(event.at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      trigger: TRIGGERS[event.type],
      campaign: { id: campaign.id, name: campaign.name, code: campaign.code },
      person: { type: event.personType, id: event.personId, email: event.email, created: event.created },
      list: event.listId === undefined ? undefined : { id: event.listId, name: event.listName },
      listMemberId: event.listMemberId,
      run: event.runId,
      input: place && { source: place.source, line: place.line, ref: place.ref },
    },
  };
  const line = JSON.stringify(envelope);
  return line.includes('\\ud') ? JSON.stringify(envelope, wellFormed) : line;
}

/** Half a character, which JSON can say and the journal cannot keep, becomes what it would come back as. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
