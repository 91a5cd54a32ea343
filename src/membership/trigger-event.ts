/**
 * The events that dyncamp tells: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in every
 * retry, resume, replay and shard, so consumers drop repeats by id.
 */
import { createdEventId, type MembershipChange, membershipEventId } from './derived-ids.ts';
import type { InputPlace } from './input-row.ts';
import { jsonMember, jsonText } from './json-text.ts';
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

/** Events for a campaign, of this run where no other one is named. */
export function eventContextOf(
  session: {
    readonly organizationId: string;
    readonly run: { readonly id: string };
    readonly eventEmail: EventContext['email'];
  },
  { id, name, code }: EventCampaign,
  runId = session.run.id,
): EventContext {
  const { organizationId, eventEmail: email } = session;
  return { organizationId, campaign: { id, name, code }, runId, email };
}

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
  const { change, person, list, listMember, place } = event;
  const id = membershipEventId(change, listMember.id, listMember.createdOn);
  const data = `${dataText(context, change, person)},"created":${person.created}},${membershipText(event)},${runText(context, place)}}`;
  const { type, time, json } = envelopeOf(context, { id, kind: change, person, at: event.at, data });
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
  const shown = event.person.email === undefined ? { ...context, email: 'none' as const } : context;
  const data = `${dataText(shown, 'added', person)}},${membershipText(event)}}`;
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const at = Date.parse(listMember.createdOn);
  return envelopeOf(context, { id, kind: 'added', person, at, data });
}

/** Comes before the `added` of that person. */
export function createdEvent(
  context: EventContext,
  event: { readonly person: EventPerson; readonly place: InputPlace; readonly at: number },
): TriggerEvent {
  const data = `${dataText(context, 'created', event.person)}},${runText(context, event.place)}}`;
  const id = createdEventId(context.organizationId, event.person.type, event.person.id);
  return envelopeOf(context, { id, kind: 'created', person: event.person, at: event.at, data });
}

/** An event's data from its beginning to the person, whose object stays open. */
function dataText(
  { campaign, email }: Pick<EventContext, 'campaign' | 'email'>,
  kind: keyof typeof TRIGGERS,
  person: EventPerson,
): string {
  const named = campaignText(campaign);
  const shownEmail = jsonMember('email', email === 'full' ? person.email : undefined);
  return `{"trigger":"${TRIGGERS[kind]}","campaign":${named},"person":{"type":"${person.type}","id":${jsonText(person.id)}${shownEmail}`;
}

function campaignText({ id, name, code }: EventCampaign): string {
  return `{"id":${jsonText(id)},"name":${jsonText(name)},"code":${jsonText(code)}}`;
}

function membershipText({ list, listMember }: Pick<MembershipEvent, 'list' | 'listMember'>): string {
  return `"list":{"id":${jsonText(list.id)},"name":${jsonText(list.name)}},"listMemberId":${jsonText(listMember.id)}`;
}

/** Which run and which place in the input asked for it. With --event-email none a ref that is an address stays out as well. */
function runText({ runId, email }: EventContext, { source, line, ref }: InputPlace): string {
  const shownRef = email === 'none' && ref.includes('@') ? undefined : ref;
  return `"run":${jsonText(runId)},"input":{"source":${jsonText(source)},"line":${line}${jsonMember('ref', shownRef)}}`;
}

function envelopeOf(
  { organizationId, campaign }: Omit<EventContext, 'runId'>,
  event: {
    readonly id: string;
    readonly kind: keyof typeof TRIGGERS;
    readonly person: EventPerson;
    readonly at: number;
    /** JSON. */
    readonly data: string;
  },
): TriggerEvent {
  const { id, person, data } = event;
  const time = isoTime(event.at);
  const type = `dyncamp.person.${event.kind}`;
  const source = jsonText(`urn:dynamics:${organizationId}:campaign:${campaign.id}`);
  const subject = jsonText(`${TABLES[person.type].set}/${person.id}`);
  const json = `{"specversion":"1.0","id":"${id}","source":${source},"type":"${type}","subject":${subject},"time":"${time}","datacontenttype":"application/json","data":${data}}`;
  return { id, type, time, personId: person.id, json };
}

let last = { at: 0, text: new Date(0).toISOString() };

/** The events of a batch are confirmed by one read and have its time: it is written out once. */
function isoTime(at: number): string {
  if (last.at !== at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
