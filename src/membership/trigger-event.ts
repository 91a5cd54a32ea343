/**
 * The events that dyncamp tells: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in every
 * retry, resume, replay and shard, so consumers drop repeats by id.
 */

import type { InputPlace } from '../input/input-row.ts';
import type { LinePieces } from '../line-pieces.ts';
import { createdEventId, type MembershipChange, membershipEventId } from './derived-ids.ts';
import { EVENT_TYPES, type EventForm, type EventKind, sharedText } from './event-form.ts';
import { jsonContent } from './json-text.ts';
import type { PersonType } from './person.ts';

export type EventPerson = { readonly type: PersonType; readonly id: string; readonly email: string };
export type EventCampaign = { readonly id: string; readonly name: string; readonly code: string };

export type EventContext = {
  readonly organizationId: string;
  readonly campaign: EventCampaign;
  readonly runId: string;
  /** `none` leaves the e-mail address out of the event. */
  readonly email: 'full' | 'none';
};

/** Events for a campaign: of this run, or of the intent of another one. Without the address where either of them leaves it out. */
export function eventsOf(
  session: {
    readonly organizationId: string;
    readonly run: { readonly id: string };
    readonly eventEmail: EventContext['email'];
  },
  { id, name, code }: EventCampaign,
  intent: { readonly runId: string; readonly eventEmail?: 'none' | undefined } = { runId: session.run.id },
): TriggerEvents {
  const email = intent.eventEmail ?? session.eventEmail;
  const { organizationId } = session;
  return triggerEvents({ organizationId, campaign: { id, name, code }, runId: intent.runId, email });
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

export type TriggerEvent = {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly personId: string;
  readonly listId?: string;
  readonly listMemberId?: string;
  /** JSON. */
  readonly line: LinePieces;
};

/** Makes the events of one context; what they share is put into words once. */
export type TriggerEvents = {
  membership(event: MembershipEvent): TriggerEvent;
  /** Comes before the `added` of that person. */
  created(event: Pick<MembershipEvent, 'person' | 'place' | 'at'>): TriggerEvent;
};

export function triggerEvents(context: EventContext): TriggerEvents {
  return new WordedEvents(context);
}

/**
 * An `added` event made from the membership row alone, where no journal is left: the same id as the first time. Its time is when the row
 * was made; which run and input asked for it, and whether the person was created for it, is not known and left out.
 */
export function rebuiltAddedEvent(
  { organizationId, campaign, email }: Omit<EventContext, 'runId'>,
  {
    person,
    list,
    listMember,
  }: Pick<MembershipEvent, 'list' | 'listMember'> & {
    /** Without an e-mail when the record cannot be read. */
    readonly person: Omit<EventPerson, 'email'> & { readonly email: string | undefined };
  },
): TriggerEvent {
  const id = membershipEventId('added', listMember.id, listMember.createdOn);
  const time = new Date(listMember.createdOn).toISOString();
  const hasEmail = email === 'full' && person.email !== undefined;
  const { id: listId, name } = list;
  const form: EventForm = {
    kind: 'added',
    organizationId,
    campaign,
    personType: person.type,
    hasEmail,
    time,
    list: { id: listId, name },
  };
  const own = [id, jsonContent(person.id), jsonContent(person.id)];
  if (hasEmail) own.push(jsonContent(person.email ?? ''));
  own.push(jsonContent(listMember.id));
  return { id, type: EVENT_TYPES.added, time, personId: person.id, line: { shared: sharedText(form), own } };
}

/** What tells the forms of one context apart. */
type Shared = {
  readonly kind: EventKind;
  readonly personType: PersonType;
  readonly created: boolean | undefined;
  readonly list: MembershipEvent['list'] | undefined;
  readonly source: string;
  readonly hasRef: boolean;
  readonly at: number;
};
type Worded = Shared & { readonly time: string; readonly hasEmail: boolean; readonly text: readonly string[] };

/** Forms that are remembered: leads and contacts, created or not, of a few files. */
const MAX_FORMS = 16;

/** A class because one is made for every batch: V8 compiles its methods once, closures it would compile again and again. */
class WordedEvents implements TriggerEvents {
  readonly #context: EventContext;
  #forms: readonly Worded[] = [];

  constructor(context: EventContext) {
    this.#context = context;
  }

  membership({ change, person, created, list, listMember, place, at }: MembershipEvent): TriggerEvent {
    const id = membershipEventId(change, listMember.id, listMember.createdOn);
    const form = this.#form(change, { personType: person.type, created, list, place, at });
    return {
      id,
      type: EVENT_TYPES[change],
      time: form.time,
      personId: person.id,
      listId: list.id,
      listMemberId: listMember.id,
      line: lineOf(form, { id, person, place, listMemberId: listMember.id }),
    };
  }

  created({ person, place, at }: Parameters<TriggerEvents['created']>[0]): TriggerEvent {
    const id = createdEventId(this.#context.organizationId, person.type, person.id);
    const form = this.#form('created', { personType: person.type, created: undefined, list: undefined, place, at });
    const line = lineOf(form, { id, person, place, listMemberId: undefined });
    return { id, type: EVENT_TYPES.created, time: form.time, personId: person.id, line };
  }

  /** The one that this event has; a new one where it is the first of its kind. */
  #form(
    kind: EventKind,
    { place: { source, ref }, ...rest }: Omit<Shared, 'kind' | 'source' | 'hasRef'> & { readonly place: InputPlace },
  ): Worded {
    // With --event-email none a ref that is an address stays out as well.
    const hasRef = this.#context.email === 'full' || !ref.includes('@');
    const wanted = { kind, source, hasRef, ...rest };
    for (const form of this.#forms) if (isSame(form, wanted)) return form;
    const form = this.#word(wanted);
    this.#forms = [form, ...this.#forms].slice(0, MAX_FORMS);
    return form;
  }

  #word(shared: Shared): Worded {
    const { organizationId, campaign, runId: run, email } = this.#context;
    const { kind, personType, created, list, source, hasRef } = shared;
    const time = new Date(shared.at).toISOString();
    const named = list && { id: list.id, name: list.name };
    const input = { source, hasRef };
    const hasEmail = email === 'full';
    const form = { kind, organizationId, campaign, personType, hasEmail, time, list: named, created, run, input };
    return { ...shared, time, hasEmail, text: sharedText(form) };
  }
}

function isSame(form: Shared, wanted: Shared): boolean {
  return (
    form.list?.id === wanted.list?.id &&
    form.list?.name === wanted.list?.name &&
    form.personType === wanted.personType &&
    form.created === wanted.created &&
    form.kind === wanted.kind &&
    form.hasRef === wanted.hasRef &&
    form.at === wanted.at &&
    form.source === wanted.source
  );
}

type Own = {
  readonly id: string;
  readonly person: EventPerson;
  readonly listMemberId: string | undefined;
  readonly place: InputPlace;
};

/** In the order of sharedText(). */
function lineOf({ text, hasEmail, hasRef }: Worded, { id, person, listMemberId, place }: Own): LinePieces {
  const personId = jsonContent(person.id);
  const line = String(place.line);
  // Nearly every event, in an array of its own length.
  if (hasEmail && hasRef && listMemberId !== undefined) {
    const email = jsonContent(person.email);
    const ref = jsonContent(place.ref);
    return { shared: text, own: [id, personId, personId, email, jsonContent(listMemberId), line, ref] };
  }
  const own = [id, personId, personId];
  if (hasEmail) own.push(jsonContent(person.email));
  if (listMemberId !== undefined) own.push(jsonContent(listMemberId));
  own.push(line);
  if (hasRef) own.push(jsonContent(place.ref));
  return { shared: text, own };
}
