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
  const id = membershipEventId(event.change, event.listMember.id, event.listMember.createdOn);
  const type = `dyncamp.person.${event.change}`;
  const { created, ...person } = event.person;
  const data = {
    trigger: TRIGGERS[event.change],
    campaign: context.campaign,
    person: { ...shownPerson(context, person), created },
    list: { id: event.list.id, name: event.list.name },
    listMemberId: event.listMember.id,
    run: context.runId,
    input: shownPlace(context, event.place),
  };
  const envelope = envelopeOf(context, { id, type, person, at: event.at, data });
  return { ...envelope, listId: event.list.id, listMemberId: event.listMember.id };
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
  const { email = '', ...known } = event.person;
  const person = { ...known, email };
  const shown = shownPerson(event.person.email === undefined ? { email: 'none' } : context, person);
  const data = {
    trigger: TRIGGERS.added,
    campaign: context.campaign,
    person: shown,
    list: event.list,
    listMemberId: listMember.id,
  };
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const at = Date.parse(listMember.createdOn);
  return envelopeOf(context, { id, type: 'dyncamp.person.added', person, at, data });
}

/** Comes before the `added` of that person. */
export function createdEvent(
  context: EventContext,
  event: { readonly person: EventPerson; readonly place: InputPlace; readonly at: number },
): TriggerEvent {
  const data = {
    trigger: TRIGGERS.created,
    campaign: context.campaign,
    person: shownPerson(context, event.person),
    run: context.runId,
    input: shownPlace(context, event.place),
  };
  const id = createdEventId(context.organizationId, event.person.type, event.person.id);
  return envelopeOf(context, { id, type: 'dyncamp.person.created', person: event.person, at: event.at, data });
}

function shownPerson(
  context: Pick<EventContext, 'email'>,
  person: EventPerson,
): { readonly type: PersonType; readonly id: string; readonly email?: string } {
  const { type, id, email } = person;
  return context.email === 'full' ? { type, id, email } : { type, id };
}

/** With --event-email none a ref that is an address stays out as well. */
function shownPlace(context: EventContext, place: InputPlace): Omit<InputPlace, 'ref'> & { readonly ref?: string } {
  const { source, line, ref } = place;
  return context.email === 'none' && ref.includes('@') ? { source, line } : { source, line, ref };
}

function envelopeOf(
  context: Omit<EventContext, 'runId'>,
  event: {
    readonly id: string;
    readonly type: string;
    readonly person: EventPerson;
    readonly at: number;
    readonly data: object;
  },
): TriggerEvent {
  const time = new Date(event.at).toISOString();
  const json = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `urn:dynamics:${context.organizationId}:campaign:${context.campaign.id}`,
    type: event.type,
    subject: `${TABLES[event.person.type].set}/${event.person.id}`,
    time,
    datacontenttype: 'application/json',
    data: event.data,
  });
  return { id: event.id, type: event.type, time, personId: event.person.id, json };
}
