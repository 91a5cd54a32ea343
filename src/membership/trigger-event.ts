/**
 * The events that dyncamp tells: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in every
 * retry, resume, replay and shard, so consumers drop repeats by id.
 */
import { MEMBERSHIP_EVENTS } from '../journal/event-batch.ts';
import { createdEventId, type MembershipChange, membershipEventId } from './derived-ids.ts';
import type { InputPlace } from './input-row.ts';
import { jsonText } from './json-text.ts';
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
  return new WordedEvents(context);
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
  const shown = event.person.email === undefined ? { ...context, email: 'none' as const } : context;
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const at = Date.parse(listMember.createdOn);
  const { type, time, pieces } = new EnvelopeText(shown).begin('added', {
    id,
    person: { type: personType, id: personId, email },
    at,
  });
  pieces.push('},', membershipText(list), jsonText(listMember.id), '}}');
  return { id, type, time, personId, json: pieces.join('') };
}

type Kind = keyof typeof TRIGGERS;
type Begun = {
  readonly type: string;
  readonly time: string;
  /** Of the JSON up to the person, whose object stays open. Joined once: a text that grows piece by piece is three times the garbage. */
  readonly pieces: string[];
};

/**
 * What all events have, as JSON. What those of a context share is put into words once. A class, like the one below, because one is made
 * for every batch: V8 compiles its methods once, closures it would compile again and again.
 */
class EnvelopeText {
  readonly #email: EventContext['email'];
  readonly #source: string;
  readonly #campaign: string;
  /** The events of a batch are confirmed by one read and have its time. */
  #time = { at: Number.NaN, text: '' };

  constructor({ organizationId, campaign, email }: Omit<EventContext, 'runId'>) {
    const { id, name, code } = campaign;
    this.#email = email;
    this.#source = `","source":${jsonText(`urn:dynamics:${organizationId}:campaign:${id}`)},"type":"`;
    this.#campaign = `","campaign":{"id":${jsonText(id)},"name":${jsonText(name)},"code":${jsonText(code)}},"person":{"type":"`;
  }

  begin(
    kind: Kind,
    { id, person, at }: { readonly id: string; readonly person: EventPerson; readonly at: number },
  ): Begun {
    if (this.#time.at !== at) this.#time = { at, text: new Date(at).toISOString() };
    const type = EVENT_TYPES[kind];
    const time = this.#time.text;
    const { set } = TABLES[person.type];
    const pieces = [
      '{"specversion":"1.0","id":"',
      id,
      this.#source,
      type,
      '","subject":',
      jsonText(`${set}/${person.id}`),
    ];
    pieces.push(',"time":"', time, '","datacontenttype":"application/json","data":{"trigger":"', TRIGGERS[kind]);
    pieces.push(this.#campaign, person.type, '","id":', jsonText(person.id));
    if (this.#email === 'full') pieces.push(',"email":', jsonText(person.email));
    return { type, time, pieces };
  }
}

class WordedEvents implements TriggerEvents {
  readonly #context: EventContext;
  readonly #envelope: EnvelopeText;
  readonly #input: string;

  constructor(context: EventContext) {
    this.#context = context;
    this.#envelope = new EnvelopeText(context);
    this.#input = `"run":${jsonText(context.runId)},"input":{"source":`;
  }

  membership({ change, person, list, listMember, place, at }: MembershipEvent): TriggerEvent {
    const id = membershipEventId(change, listMember.id, listMember.createdOn);
    const { type, time, pieces } = this.#envelope.begin(change, { id, person, at });
    pieces.push(person.created ? ',"created":true},' : ',"created":false},');
    pieces.push(membershipText(list), jsonText(listMember.id), ',');
    const json = this.#endWithInput(pieces, place);
    return { id, type, time, personId: person.id, listId: list.id, listMemberId: listMember.id, json };
  }

  created({ person, place, at }: Parameters<TriggerEvents['created']>[0]): TriggerEvent {
    const id = createdEventId(this.#context.organizationId, person.type, person.id);
    const { type, time, pieces } = this.#envelope.begin('created', { id, person, at });
    pieces.push('},');
    return { id, type, time, personId: person.id, json: this.#endWithInput(pieces, place) };
  }

  #endWithInput(pieces: string[], { source, line, ref }: InputPlace): string {
    pieces.push(this.#input, jsonText(source), ',"line":', String(line));
    // With --event-email none a ref that is an address stays out as well.
    if (this.#context.email === 'full' || !ref.includes('@')) pieces.push(',"ref":', jsonText(ref));
    pieces.push('}}}');
    return pieces.join('');
  }
}

/** Up to the id of the membership row. */
const membershipText = ({ id, name }: MembershipEvent['list']): string =>
  `"list":{"id":${jsonText(id)},"name":${jsonText(name)}},"listMemberId":`;
