/** Intents that are begun together: how they are written into one column and read from it. Pure. */
import type { BeforeImage, NewIntent } from './journal.ts';

/** What most intents of a batch have in common. */
type Shared = Pick<NewIntent, 'kind' | 'personType' | 'listId' | 'listName' | 'created' | 'eventEmail'> & {
  readonly source: string;
};

/** An intent's own: the place of what it shares, and the rest. A removal has its before-image behind it. */
type Own = readonly [shared: number, personId: string, email: string, line: number, ref: string, before?: BeforeImage];

export function intentsText(intents: readonly NewIntent[]): string {
  const shared: Shared[] = [];
  const own: Own[] = [];
  for (const intent of intents) {
    const { personId, email, before, place } = intent;
    const common = placeOfShared(shared, intent);
    own.push(
      before === undefined
        ? [common, personId, email, place.line, place.ref]
        : [common, personId, email, place.line, place.ref, before],
    );
  }
  return JSON.stringify({ shared, own });
}

function placeOfShared(shared: Shared[], intent: NewIntent): number {
  for (let index = 0; index < shared.length; index += 1) if (isShared(shared[index], intent)) return index;
  const { kind, personType, listId, listName, created, eventEmail, place } = intent;
  const withheld = eventEmail === undefined ? {} : { eventEmail };
  return shared.push({ kind, personType, listId, listName, created, ...withheld, source: place.source }) - 1;
}

function isShared(shared: Shared | undefined, intent: NewIntent): boolean {
  return (
    shared !== undefined &&
    shared.kind === intent.kind &&
    shared.personType === intent.personType &&
    shared.created === intent.created &&
    shared.eventEmail === intent.eventEmail &&
    shared.listId === intent.listId &&
    shared.listName === intent.listName &&
    shared.source === intent.place.source
  );
}

/** Of what intentsText() wrote, or an earlier version: an array of whole intents. Anything else is a damaged journal. */
export function readIntents(text: string): readonly NewIntent[] {
  const kept: unknown = JSON.parse(text);
  if (Array.isArray(kept) && kept.every(isIntent)) return kept;
  if (!isKept(kept)) throw unreadable();
  return kept.own.map(([place, personId, email, line, ref, before]) => {
    const common = kept.shared[place];
    if (common === undefined) throw unreadable();
    const { source, ...shared } = common;
    const intent = { ...shared, personId, email, place: { source, line, ref } };
    return before === undefined ? intent : { ...intent, before };
  });
}

const unreadable = (): Error => new Error("The journal's intents cannot be read");

type Kept = { readonly shared: readonly Shared[]; readonly own: readonly Own[] };

function isKept(kept: unknown): kept is Kept {
  if (!isObject(kept) || !('shared' in kept) || !('own' in kept)) return false;
  const { shared, own } = kept;
  return Array.isArray(shared) && shared.every(isSharedPart) && Array.isArray(own) && own.every(isOwn);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isSharedPart = (value: unknown): value is Shared =>
  isObject(value) && 'kind' in value && 'listId' in value && 'source' in value;

const isOwn = (value: unknown): value is Own =>
  Array.isArray(value) && value.length >= 5 && typeof value[0] === 'number' && typeof value[1] === 'string';

const isIntent = (value: unknown): value is NewIntent =>
  isObject(value) && 'kind' in value && 'personId' in value && 'place' in value;
