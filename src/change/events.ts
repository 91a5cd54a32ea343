/**
 * The events that dyncamp delivers: CloudEvents 1.0 envelopes around Marketo's trigger names. Pure. The same change has the same id in
 * every retry, repeated command, replay and shard, so that consumers can drop repeats by id.
 */

import { additionId, createdEventId, type MembershipChange, membershipEventId } from '../campaign/ids.ts';
import type { PersonType } from '../dataverse/wire.ts';
import { TABLES } from '../dataverse/wire.ts';
import { type DyncampEvent, EVENT_TYPES } from '../events.ts';
import type { InputPlace } from '../input/input-row.ts';
import type { NewEvent } from '../journal/journal.ts';

/** Adobe's names of the triggers, which people who come from Marketo look for. */
const TRIGGERS: Readonly<Record<string, string>> = {
  [EVENT_TYPES.added]: 'Added to Microsoft Campaign',
  [EVENT_TYPES.removed]: 'Removed from Microsoft Campaign',
  [EVENT_TYPES.created]: 'Lead is Synced to Microsoft',
} satisfies { [event in DyncampEvent as event['type']]: event['data']['trigger'] };

/** What all events of a run have in common. */
export type EventContext = {
  readonly organizationId: string;
  readonly campaign: NewEvent['campaign'];
  /** `none` leaves the e-mail address out of the event. */
  readonly email: 'full' | 'none';
};

type CreationEvent = {
  readonly person: {
    readonly type: PersonType;
    readonly id: string;
    /** Undefined when the record cannot be read. */
    readonly email: string | undefined;
  };
  readonly place: InputPlace;
  /** When the read that confirmed it came back (epoch ms). */
  readonly at: number;
  /** `none` where the ended run that asked for the change left addresses out. */
  readonly eventEmail?: 'none' | undefined;
};

export type MembershipEvent = CreationEvent & {
  readonly change: MembershipChange;
  /** Whether the person was created for this row of the input. */
  readonly created: boolean;
  readonly list: { readonly id: string; readonly name: string };
  readonly listMember: { readonly id: string; readonly createdOn: string };
};

/** Makes the events of one context. */
export type TriggerEvents = {
  membership(event: MembershipEvent): NewEvent;
  /** Comes before the `added` of that person. */
  created(event: CreationEvent): NewEvent;
};

export function triggerEvents(context: EventContext): TriggerEvents {
  return {
    membership(event) {
      const { change, listMember } = event;
      const id = membershipEventId(change, listMember.id, listMember.createdOn);
      return newEvent(context, { id, type: EVENT_TYPES[change], ...event });
    },
    created({ person, place, at, eventEmail }) {
      const id = createdEventId(context.organizationId, person.type, person.id);
      return newEvent(context, { person, place, at, eventEmail, id, type: EVENT_TYPES.created });
    },
  };
}

/**
 * An `added` event from the membership row alone, for when the journal is lost. The id is the one of the first time. The time is that of
 * the row; the run, the input and whether the person was created are not known, and are left out.
 */
export function rebuiltAddedEvent(
  context: EventContext,
  { person, list, listMember }: Pick<MembershipEvent, 'person' | 'list' | 'listMember'>,
): NewEvent {
  const at = Date.parse(listMember.createdOn);
  return newEvent(context, { person, list, listMember, at, id: additionId(listMember), type: EVENT_TYPES.added });
}

type Known = Pick<NewEvent, 'id' | 'type'> & Pick<MembershipEvent, 'person' | 'at'> & Partial<MembershipEvent>;

/** Sets every property, so that millions of events share one shape. */
function newEvent({ organizationId, campaign, email }: EventContext, known: Known): NewEvent {
  const { id, type, at, person, place, eventEmail = email, created, list, listMember } = known;
  const isFull = eventEmail === 'full';
  return {
    id,
    type,
    source: `urn:dynamics:${organizationId}:campaign:${campaign.id}`,
    at,
    campaign,
    personType: person.type,
    personId: person.id,
    email: isFull ? person.email : undefined,
    // A ref that is an address stays out as well.
    place: isFull || place?.ref.includes('@') !== true ? place : { ...place, ref: undefined },
    created,
    listId: list?.id,
    listName: list?.name,
    listMemberId: listMember?.id,
  };
}

/** The line of an event, without its line feed. Not stored: the same fields give the same bytes each time. */
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

/** Half a surrogate pair, which the journal cannot store, is written as the replacement character that the journal would return for it. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
