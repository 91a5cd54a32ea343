/**
 * The events that dyncamp tells: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in every
 * retry, resume, replay and shard, so consumers drop repeats by id.
 */
import { createdEventId, type MembershipChange, membershipEventId } from './derived-ids.ts';
import type { InputPlace } from './input-row.ts';
import type { PersonType } from './person.ts';
import { TABLES } from './wire.ts';

/** Names of Adobe's triggers, for people who come from Marketo. */
const TRIGGERS = {
  added: 'Added to Microsoft Campaign',
  removed: 'Removed from Microsoft Campaign',
  created: 'Lead is Synced to Microsoft',
} as const;

export type EventPerson = { readonly type: PersonType; readonly id: string; readonly email: string };
export type EventCampaign = { readonly id: string; readonly name: string; readonly code: string };

export type EventContext = {
  readonly organizationId: string;
  readonly campaign: EventCampaign;
  readonly runId: string;
  /** `none` leaves the e-mail address out of the event. */
  readonly email: 'full' | 'none';
};

export type MembershipEvent = {
  readonly change: MembershipChange;
  readonly person: EventPerson & { readonly created: boolean };
  readonly list: { readonly id: string; readonly name: string };
  readonly listMember: { readonly id: string; readonly createdOn: string };
  readonly place: InputPlace;
  /** When the read that confirmed it came back (epoch ms). */
  readonly at: number;
};

export type TriggerEvent = {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly personId: string;
  readonly listId?: string;
  readonly listMemberId?: string;
  readonly json: string;
};

export function membershipEvent(context: EventContext, event: MembershipEvent): TriggerEvent {
  const { person, list, listMember } = event;
  const id = membershipEventId(event.change, listMember.id, listMember.createdOn);
  const data = {
    trigger: TRIGGERS[event.change],
    campaign: context.campaign,
    person: { type: person.type, id: person.id, email: shownEmail(context, person), created: person.created },
    list: { id: list.id, name: list.name },
    listMemberId: listMember.id,
    run: context.runId,
    input: shownPlace(context, event.place),
  };
  const { type, time, json } = envelopeOf(context, { id, kind: event.change, person, at: event.at, data });
  return { id, type, time, personId: person.id, listId: list.id, listMemberId: listMember.id, json };
}

/**
 * An `added` event made from the membership row alone, where no journal is left: the same id as the first time. Its time is when the row
 * was made; which run and input asked for it, and whether the person was created for it, is not known and left out.
 */
export function rebuiltAddedEvent(
  context: Omit<EventContext, 'runId'>,
  event: Pick<MembershipEvent, 'list' | 'listMember'> & {
    /** Without an e-mail when the record cannot be read. */
    readonly person: Omit<EventPerson, 'email'> & { readonly email: string | undefined };
  },
): TriggerEvent {
  const { listMember } = event;
  const { type, id: personId, email = '' } = event.person;
  const person = { type, id: personId, email };
  const shownTo = event.person.email === undefined ? { email: 'none' as const } : context;
  const data = {
    trigger: TRIGGERS.added,
    campaign: context.campaign,
    person: { type, id: personId, email: shownEmail(shownTo, person) },
    list: event.list,
    listMemberId: listMember.id,
  };
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const at = Date.parse(listMember.createdOn);
  return envelopeOf(context, { id, kind: 'added', person, at, data });
}

/** Comes before the `added` of that person. */
export function createdEvent(
  context: EventContext,
  event: { readonly person: EventPerson; readonly place: InputPlace; readonly at: number },
): TriggerEvent {
  const data = {
    trigger: TRIGGERS.created,
    campaign: context.campaign,
    person: { type: event.person.type, id: event.person.id, email: shownEmail(context, event.person) },
    run: context.runId,
    input: shownPlace(context, event.place),
  };
  const id = createdEventId(context.organizationId, event.person.type, event.person.id);
  return envelopeOf(context, { id, kind: 'created', person: event.person, at: event.at, data });
}

/** Undefined is left out of JSON. */
const shownEmail = (context: Pick<EventContext, 'email'>, person: EventPerson): string | undefined =>
  context.email === 'full' ? person.email : undefined;

/** With --event-email none a ref that is an address stays out as well. */
function shownPlace(context: EventContext, { source, line, ref }: InputPlace) {
  return { source, line, ref: context.email === 'none' && ref.includes('@') ? undefined : ref };
}

function envelopeOf(
  context: Omit<EventContext, 'runId'>,
  event: {
    readonly id: string;
    readonly kind: keyof typeof TRIGGERS;
    readonly person: EventPerson;
    readonly at: number;
    readonly data: object;
  },
): TriggerEvent {
  const time = new Date(event.at).toISOString();
  const type = `dyncamp.person.${event.kind}`;
  const json = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `urn:dynamics:${context.organizationId}:campaign:${context.campaign.id}`,
    type,
    subject: `${TABLES[event.person.type].set}/${event.person.id}`,
    time,
    datacontenttype: 'application/json',
    data: event.data,
  });
  return { id: event.id, type, time, personId: event.person.id, json };
}
