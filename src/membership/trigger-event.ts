/**
 * The events that dyncamp tells: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in every
 * retry, resume, replay and shard, so consumers drop repeats by id.
 */
import { MEMBERSHIP_EVENTS } from '../journal/event-batch.ts';
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

export const EVENT_TYPES = { ...MEMBERSHIP_EVENTS, created: 'dyncamp.person.created' } as const;

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
export function eventsOf(
  session: {
    readonly organizationId: string;
    readonly run: { readonly id: string };
    readonly eventEmail: EventContext['email'];
  },
  { id, name, code }: EventCampaign,
  runId = session.run.id,
): TriggerEvents {
  const { organizationId, eventEmail: email } = session;
  return triggerEvents({ organizationId, campaign: { id, name, code }, runId, email });
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

/** Makes the events of one context; what they share is put into words once. */
export type TriggerEvents = {
  membership(event: MembershipEvent): TriggerEvent;
  /** Comes before the `added` of that person. */
  created(event: Pick<MembershipEvent, 'place' | 'at'> & { readonly person: EventPerson }): TriggerEvent;
};

export function triggerEvents(context: EventContext): TriggerEvents {
  const begun = beginEvents(context);
  const runText = `"run":${jsonText(context.runId)},"input":{"source":`;
  const endWithInput = (pieces: string[], { source, line, ref }: InputPlace): string => {
    // With --event-email none a ref that is an address stays out as well.
    const shownRef = context.email === 'none' && ref.includes('@') ? undefined : ref;
    pieces.push(runText, jsonText(source), ',"line":', String(line), jsonMember('ref', shownRef), '}}}');
    return pieces.join('');
  };
  return {
    membership({ change, person, list, listMember, place, at }) {
      const id = membershipEventId(change, listMember.id, listMember.createdOn);
      const { type, time, pieces } = begun({ id, kind: change, person, at });
      pieces.push(',"created":', String(person.created), '},');
      pushMembership(pieces, list, listMember.id);
      pieces.push(',');
      const json = endWithInput(pieces, place);
      return { id, type, time, personId: person.id, listId: list.id, listMemberId: listMember.id, json };
    },
    created({ person, place, at }) {
      const id = createdEventId(context.organizationId, person.type, person.id);
      const { type, time, pieces } = begun({ id, kind: 'created', person, at });
      pieces.push('},');
      return { id, type, time, personId: person.id, json: endWithInput(pieces, place) };
    },
  };
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
  const { list, listMember } = event;
  const { type: personType, id: personId, email = '' } = event.person;
  const person = { type: personType, id: personId, email };
  const shown = event.person.email === undefined ? { ...context, email: 'none' as const } : context;
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const at = Date.parse(listMember.createdOn);
  const { type, time, pieces } = beginEvents(shown)({ id, kind: 'added', person, at });
  pieces.push('},');
  pushMembership(pieces, list, listMember.id);
  pieces.push('}}');
  return { id, type, time, personId, json: pieces.join('') };
}

type Beginning = {
  readonly id: string;
  readonly kind: keyof typeof TRIGGERS;
  readonly person: EventPerson;
  readonly at: number;
};
type Begun = {
  readonly type: string;
  readonly time: string;
  /** Of the JSON up to the person, whose object stays open. Joined once: a text that grows piece by piece is three times the garbage. */
  readonly pieces: string[];
};

function beginEvents({ organizationId, campaign, email }: Omit<EventContext, 'runId'>): (event: Beginning) => Begun {
  const { id: campaignId, name, code } = campaign;
  const source = `","source":${jsonText(`urn:dynamics:${organizationId}:campaign:${campaignId}`)},"type":"`;
  const about = `","campaign":{"id":${jsonText(campaignId)},"name":${jsonText(name)},"code":${jsonText(code)}},"person":{"type":"`;
  let shown = { at: Number.NaN, time: '' };
  return ({ id, kind, person, at }) => {
    const type = EVENT_TYPES[kind];
    // The events of a batch are confirmed by one read and have its time: it is written out once.
    if (shown.at !== at) shown = { at, time: new Date(at).toISOString() };
    const { time } = shown;
    const shownEmail = email === 'full' ? person.email : undefined;
    const { set } = TABLES[person.type];
    const pieces = ['{"specversion":"1.0","id":"', id, source, type, '","subject":', jsonText(`${set}/${person.id}`)];
    pieces.push(',"time":"', time, '","datacontenttype":"application/json","data":{"trigger":"', TRIGGERS[kind]);
    pieces.push(about, person.type, '","id":', jsonText(person.id), jsonMember('email', shownEmail));
    return { type, time, pieces };
  };
}

function pushMembership(pieces: string[], list: MembershipEvent['list'], listMemberId: string): void {
  pieces.push('"list":{"id":', jsonText(list.id), ',"name":', jsonText(list.name), '},"listMemberId":');
  pieces.push(jsonText(listMemberId));
}
