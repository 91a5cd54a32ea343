/** The shape of an event as JSON, cut where each event has something of its own: everybody in a batch shares nearly all of its text. Pure. */
import { MEMBERSHIP_EVENTS } from '../journal/event-batch.ts';
import type { PersonType } from './person.ts';
import { TABLES } from './wire.ts';

/** Names of Adobe's triggers, for people who come from Marketo. */
const TRIGGERS = {
  added: 'Added to Microsoft Campaign',
  removed: 'Removed from Microsoft Campaign',
  created: 'Lead is Synced to Microsoft',
} as const;

export const EVENT_TYPES = { ...MEMBERSHIP_EVENTS, created: 'dyncamp.person.created' } as const;

export type EventKind = keyof typeof TRIGGERS;

/** What is said of an event besides that which is its own. */
export type EventForm = {
  readonly kind: EventKind;
  readonly organizationId: string;
  readonly campaign: { readonly id: string; readonly name: string; readonly code: string };
  readonly personType: PersonType;
  readonly hasEmail: boolean;
  /** ISO 8601. */
  readonly time: string;
  /** Of a membership. Without `created` where it is not known whether the person was created for it. */
  readonly list?: { readonly id: string; readonly name: string } | undefined;
  readonly created?: boolean | undefined;
  /** Who asked for it; unknown of an event that is made from the membership row alone. */
  readonly run?: string | undefined;
  readonly input?: { readonly source: string; readonly hasRef: boolean } | undefined;
};

/**
 * The text around what is an event's own, in this order: the event's id; the person's id, twice; the e-mail; the membership row's id; the
 * line and the ref of the input. What the form has not is left out. The line is a number, all else stands between quotes.
 */
export function sharedText(form: EventForm): readonly string[] {
  const mark = absentFrom(JSON.stringify(form));
  return JSON.stringify(envelope(form, mark)).split(new RegExp(`\\["${mark}"\\]|${mark}`));
}

/** `own` stands for texts that are the event's own, `[own]` for a number. */
function envelope({ organizationId, campaign, ...form }: EventForm, own: string): object {
  return {
    specversion: '1.0',
    id: own,
    source: `urn:dynamics:${organizationId}:campaign:${campaign.id}`,
    type: EVENT_TYPES[form.kind],
    subject: `${TABLES[form.personType].set}/${own}`,
    time: form.time,
    datacontenttype: 'application/json',
    data: {
      trigger: TRIGGERS[form.kind],
      campaign: { id: campaign.id, name: campaign.name, code: campaign.code },
      person: { type: form.personType, id: own, email: form.hasEmail ? own : undefined, created: form.created },
      list: form.list,
      listMemberId: form.list === undefined ? undefined : own,
      run: form.run,
      input: form.input && { source: form.input.source, line: [own], ref: form.input.hasRef ? own : undefined },
    },
  };
}

/** A word that does not stand in the text. */
function absentFrom(text: string): string {
  for (let number = 0; ; number += 1) if (!text.includes(`own${number}`)) return `own${number}`;
}
