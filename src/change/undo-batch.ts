/**
 * One batch of an undo, by the same steps as in any other run: removes the people who were added, if the membership row is still the one of
 * the event, and adds back those who were removed.
 */

import { additionId, type MembershipChange } from '../campaign/ids.ts';
import { EVENT_TYPES } from '../events.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { StoredEvent } from '../journal/journal.ts';
import { type Adding, addBatch } from './add-batch.ts';
import type { BatchWork } from './batch-result.ts';
import type { Claims } from './claims.ts';
import type { RemoveRules } from './plan-remove.ts';
import { onlyMembers, type Removing, removeBatch } from './remove-batch.ts';

export type Undoing = {
  readonly add: Adding;
  readonly remove: Omit<Removing, 'rules'> & { readonly rules: Omit<RemoveRules, 'addedBy'> };
};

export async function* undoBatch(undoing: Undoing, rows: readonly InputRow[], claims: Claims): BatchWork {
  const ofEvents = rows.filter(isUndoRow);
  const added = ofEvents.filter((row) => row.undoes === 'added');
  const removed = ofEvents.filter((row) => row.undoes === 'removed');
  if (added.length > 0) yield* removeBatch(takingOut(undoing.remove, added), added, claims);
  if (removed.length > 0) yield* addBatch(undoing.add, removed, claims);
}

/**
 * Only the rows of these events: people who were removed and added again since stay. The event's id tells the rows apart even where the
 * new row has the id of the old one (U23).
 */
function takingOut(remove: Undoing['remove'], rows: readonly UndoRow[]): Removing {
  const meant = new Set(rows.map((row) => row.eventId));
  return onlyMembers(remove, (member) => meant.has(additionId(member)));
}

type UndoRow = PersonRow & {
  /** The change that is taken back. */
  readonly undoes: MembershipChange;
  readonly eventId: string;
};

const CHANGES: Readonly<Record<string, MembershipChange>> = {
  [EVENT_TYPES.added]: 'added',
  [EVENT_TYPES.removed]: 'removed',
};

/** In the order of the events. Skips those of creations, which are not undone. `line` counts the rows from 1. */
export async function* undoRows(runId: string, events: Iterable<StoredEvent>): AsyncGenerator<readonly UndoRow[]> {
  let line = 0;
  for (const event of events) {
    const row = undoRow({ source: `run:${runId}`, line: line + 1 }, event);
    if (row === undefined) continue;
    line += 1;
    yield [row];
  }
}

function undoRow(
  place: { readonly source: string; readonly line: number },
  { id: eventId, type, personType, personId, email = '' }: StoredEvent,
): UndoRow | undefined {
  const undoes = CHANGES[type];
  if (undoes === undefined) return undefined;
  const ref = `${personType}:${personId}`;
  return {
    kind: 'person',
    place: { ...place, ref },
    key: { by: 'id', id: personId, personType },
    email,
    attributes: {},
    columns: { id: ref, ...(email !== '' && { email }), undoes, event: eventId },
    undoes,
    eventId,
  };
}

export function isUndoRow(row: InputRow): row is UndoRow {
  return 'undoes' in row;
}
