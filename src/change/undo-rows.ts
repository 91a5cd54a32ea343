/** The events of a run as rows of input: who is to be taken out again, who is to be put back. */

import type { MembershipChange } from '../campaign/ids.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { StoredEvent } from '../journal/journal.ts';
import { EVENT_TYPES } from '../journal/journal.ts';

export type UndoRow = PersonRow & {
  /** The change that is taken back. */
  readonly undoes: MembershipChange;
  readonly eventId: string;
};

const CHANGES: Readonly<Record<string, MembershipChange>> = {
  [EVENT_TYPES.added]: 'added',
  [EVENT_TYPES.removed]: 'removed',
};

/** In the order of the events; those of people who were created are passed over. `line` counts the rows from 1. */
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
