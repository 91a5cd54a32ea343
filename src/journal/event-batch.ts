/** Events that are stored together: how they are written into one row and read from it. Pure. */
import type { SqliteRow } from '../sqlite.ts';
import type { NewEvent, StoredEvent } from './journal.ts';
import { integer, optionalText, text } from './rows.ts';

/** The event types of memberships. */
export const MEMBERSHIP_EVENTS = { added: 'dyncamp.person.added', removed: 'dyncamp.person.removed' } as const;

/** What is known of an event besides its line; null where it has none. */
type Head = readonly [
  id: string,
  type: string,
  time: string,
  personId: string,
  listId: string | null,
  listMemberId: string | null,
  at: number,
];

export type EventBatch = {
  readonly first: number;
  readonly last: number;
  readonly untold: ReadonlySet<number>;
  /** In their order, from `first` on. */
  events(): readonly (StoredEvent & { readonly at: number })[];
};

/** The columns that toEventBatch reads. */
export const SELECT_BATCHES = `
  SELECT event_batches.first, event_batches.last, event_untold.places AS untold, event_batches.heads, event_batches.lines,
    runs.id AS run_id, runs.campaign_id`;

/** Epoch ms of the events' times, or of now where there is none that can be read. Those of a batch mostly have the same. */
export function timesOf(events: readonly NewEvent[], now: number): readonly number[] {
  const times: number[] = [];
  let last = { time: '', at: now };
  for (const { time } of events) {
    if (time !== last.time) last = { time, at: Date.parse(time) };
    times.push(Number.isNaN(last.at) ? now : last.at);
  }
  return times;
}

export const typesOf = (events: readonly NewEvent[]): string => [...new Set(events.map(typeOf))].join(' ');
const typeOf = ({ type }: NewEvent): string => type;

/** `times` as timesOf() gives them. */
export function headsOf(events: readonly NewEvent[], times: readonly number[]): string {
  const heads: Head[] = [];
  for (const { id, type, time, personId, listId = null, listMemberId = null } of events)
    heads.push([id, type, time, personId, listId, listMemberId, times[heads.length] ?? 0]);
  return JSON.stringify(heads);
}

/** JSON has no line end in it; text that has one would come back as two events, and is a fault of ours. */
export function linesOf(events: readonly NewEvent[]): string {
  const lines: string[] = [];
  for (const { id, json } of events) {
    if (json.includes('\n')) throw new Error(`The event ${id} is more than one line`);
    lines.push(json);
  }
  return lines.join('\n');
}

export function placesOf(json: string | undefined): ReadonlySet<number> {
  const places: unknown = JSON.parse(json ?? '[]');
  return new Set(Array.isArray(places) ? places.filter(isNumber) : []);
}

export function toEventBatch(row: SqliteRow): EventBatch {
  const first = integer(row, 'first');
  const untold = placesOf(optionalText(row, 'untold'));
  return {
    first,
    last: integer(row, 'last'),
    untold,
    events: () => {
      const runId = text(row, 'run_id');
      const campaignId = text(row, 'campaign_id');
      const lines = text(row, 'lines').split('\n');
      return readHeads(text(row, 'heads')).map(([id, type, time, personId, listId, listMemberId, at], place) => ({
        sequence: first + place,
        runId,
        campaignId,
        told: !untold.has(place),
        id,
        type,
        time,
        personId,
        listId: listId ?? undefined,
        listMemberId: listMemberId ?? undefined,
        json: lines[place] ?? '',
        at,
      }));
    },
  };
}

function readHeads(json: string): readonly Head[] {
  const heads: unknown = JSON.parse(json);
  if (!Array.isArray(heads) || !heads.every(isHead)) throw new Error("The journal's column heads cannot be read");
  return heads;
}

function isHead(head: unknown): head is Head {
  if (!Array.isArray(head) || head.length !== 7 || typeof head[6] !== 'number') return false;
  return head.slice(0, 4).every(isText) && head.slice(4, 6).every((value) => value === null || isText(value));
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
