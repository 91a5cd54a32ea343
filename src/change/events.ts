/**
 * The events that dyncamp delivers: CloudEvents 1.0 around Marketo's trigger names. Pure. The same change has the same id in every retry,
 * repeated command, replay and shard, so that consumers can drop repeats.
 */

import { additionId, createdEventId, type MembershipChange, membershipEventId } from '../campaign/ids.ts';
import { type ListMember, TABLES } from '../dataverse/wire.ts';
import { type DyncampEvent, EVENT_TYPES } from '../events.ts';
import type { NewEvent, NewIntent } from '../journal/journal.ts';

/** Adobe's names. */
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
  readonly eventEmail: 'full' | 'none';
};

/** The change that an event reports, as its intent has it. */
type OfIntent = Pick<NewIntent, 'personType' | 'personId' | 'email' | 'place' | 'eventEmail'>;

/** Comes before the `added` of that person. `at`: when the read that confirmed it came back (epoch ms). */
export function creationEvent(context: EventContext, intent: OfIntent, at: number): NewEvent {
  const { personType, personId, email, place, eventEmail } = intent;
  const id = createdEventId(context.organizationId, personType, personId);
  return newEvent(context, { id, type: EVENT_TYPES.created, at, personType, personId, email, place, eventEmail });
}

export function membershipEvent(
  context: EventContext,
  intent: OfIntent & Pick<NewIntent, 'created' | 'listId' | 'listName'>,
  {
    change,
    listMember,
    at,
  }: { readonly change: MembershipChange; readonly listMember: MemberRow; readonly at: number },
): NewEvent {
  const id = membershipEventId(change, listMember.id, listMember.createdOn);
  return newEvent(context, { ...intent, id, type: EVENT_TYPES[change], at, listMemberId: listMember.id });
}

type MemberRow = Pick<ListMember, 'id' | 'createdOn'>;

/** For when the journal is lost: the id is the one of the first time, the time that of the row. What the row does not show is left out. */
export function rebuiltAddedEvent(
  context: EventContext,
  listMember: MemberRow,
  known: Pick<NewEvent, 'personType' | 'personId' | 'email' | 'listId' | 'listName'>,
): NewEvent {
  const at = Date.parse(listMember.createdOn);
  const id = additionId(listMember);
  return newEvent(context, { ...known, id, type: EVENT_TYPES.added, at, listMemberId: listMember.id });
}

type Known = Omit<NewEvent, 'source' | 'campaign'> & Pick<NewIntent, 'eventEmail'>;

/** Sets every property, so that millions of events share one shape. */
function newEvent({ organizationId, campaign, ...run }: EventContext, known: Known): NewEvent {
  const { place, eventEmail = run.eventEmail } = known;
  const isFull = eventEmail === 'full';
  return {
    id: known.id,
    type: known.type,
    source: `urn:dynamics:${organizationId}:campaign:${campaign.id}`,
    at: known.at,
    campaign,
    personType: known.personType,
    personId: known.personId,
    email: isFull ? known.email : undefined,
    // A ref that is an address stays out as well.
    place: isFull || place?.ref?.includes('@') !== true ? place : { ...place, ref: undefined },
    created: known.created,
    listId: known.listId,
    listName: known.listName,
    listMemberId: known.listMemberId,
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
