/** Events that are stored together: how they are written into one row and read from it. Pure. */
import { type LinePieces, wholeLine } from '../line-pieces.ts';
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
  SELECT event_batches.first, event_batches.last, event_untold.places AS untold, event_batches.heads, event_batches.forms,
    event_batches.lines, runs.id AS run_id, runs.campaign_id`;

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

/** How the lines of a batch are kept: their shared pieces once, as a JSON array of arrays, and a line of own pieces for each. */
type KeptLines = { readonly forms: string; readonly lines: string };

/** Between the number of an event's form and its own pieces. Neither it nor what stands for a head can be in JSON. */
const BETWEEN = '\t';
/** Own pieces that the heads hold already: the event's id, the person's, the membership row's. */
const HELD = { id: '\u0001', personId: '\u0002', listMemberId: '\u0003' };
const STANDS_FOR_HEAD = new Set(Object.values(HELD));
const ENDS_PIECE = /[\t\n]/;

export function keepLines(events: readonly NewEvent[]): KeptLines {
  const forms: (readonly string[])[] = [];
  const lines: string[] = [];
  for (const event of events) {
    const { shared, own } = event.line;
    let form = forms.indexOf(shared);
    if (form < 0) {
      if (shared.some(hasControl)) throw notOneLine(event);
      form = forms.push(shared) - 1;
    }
    let line = String(form);
    for (const piece of own) line += BETWEEN + keptPiece(event, piece);
    lines.push(line);
  }
  return { forms: JSON.stringify(forms), lines: lines.join('\n') };
}

function keptPiece(event: NewEvent, piece: string): string {
  if (piece === event.id) return HELD.id;
  if (piece === event.personId) return HELD.personId;
  if (piece === event.listMemberId) return HELD.listMemberId;
  if (hasControl(piece)) throw notOneLine(event);
  return piece;
}

/** JSON has none of these; a line with one would come back as something else. */
const hasControl = (piece: string): boolean => ENDS_PIECE.test(piece) || STANDS_FOR_HEAD.has(piece);

/** A fault of ours. */
const notOneLine = ({ id }: NewEvent): Error => new Error(`The event ${id} is more than one line`);

/** The lines of a batch, to be asked for with the head of each. Lines without forms are whole: they were written before there were any. */
function readLines({ forms, lines }: KeptLines): (place: number, head: Head) => LinePieces {
  const kept = lines.split('\n');
  if (forms === '') return (place) => wholeLine(kept[place] ?? '');
  const allShared = readForms(forms);
  return (place, [id, , , personId, , listMemberId]) => {
    const [form, ...own] = (kept[place] ?? '').split(BETWEEN);
    const shared = allShared[form === '' ? -1 : Number(form)];
    // Told with a piece missing it would be no event.
    if (shared?.length !== own.length + 1) throw new Error("The journal's column lines cannot be read");
    const held = new Map([
      [HELD.id, id],
      [HELD.personId, personId],
      [HELD.listMemberId, listMemberId ?? ''],
    ]);
    return { shared, own: own.map((piece) => held.get(piece) ?? piece) };
  };
}

function readForms(json: string): readonly (readonly string[])[] {
  const forms: unknown = JSON.parse(json);
  if (!Array.isArray(forms) || !forms.every(isForm)) throw new Error("The journal's column forms cannot be read");
  return forms;
}

const isForm = (form: unknown): form is readonly string[] => Array.isArray(form) && form.every(isText);

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
      const lineOf = readLines({ forms: text(row, 'forms'), lines: text(row, 'lines') });
      return readHeads(text(row, 'heads')).map((head, place) => {
        const [id, type, time, personId, listId, listMemberId, at] = head;
        return {
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
          line: lineOf(place, head),
          at,
        };
      });
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
