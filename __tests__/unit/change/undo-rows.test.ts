import { eventLine, rebuiltAddedEvent, triggerEvents } from '../../../src/change/events.ts';
import { isUndoRow, undoRows } from '../../../src/change/undo-batch.ts';
import type { NewEvent, StoredEvent } from '../../../src/journal/journal.ts';

const PERSON = '1ead0000-0000-4000-8000-000000000001';
const campaign = { id: 'ca000000-0000-4000-8000-000000000001', name: 'Spring', code: 'S' };
const context = {
  organizationId: '0a6e1f00-1111-4222-8333-444455556666',
  campaign,
  email: 'full',
} as const;
const change = {
  person: { type: 'lead', id: PERSON, email: 'kim@contoso.example' },
  created: true,
  list: { id: '11570000-0000-4000-8000-000000000001', name: 'Mkto-leads-x' },
  listMember: { id: '3e3b0000-0000-4000-8000-000000000001', createdOn: '2026-11-21T08:59:58Z' },
  place: { source: 'people.csv', line: 12, ref: 'Kim@contoso.example' },
  at: Date.UTC(2026, 10, 21, 9),
} as const;

const stored = (event: NewEvent): StoredEvent => ({ ...event, sequence: 1, runId: 'run', delivered: true });
async function rowsOf(...events: readonly StoredEvent[]) {
  const rows = [];
  for await (const group of undoRows('run', events)) rows.push(...group);
  return rows;
}

describe('undoRows', () => {
  it('makes of each change a row that names the person by id, and passes over who was created', async () => {
    const added = stored(triggerEvents(context).membership({ ...change, change: 'added' }));
    const removed = stored(triggerEvents({ ...context, email: 'none' }).membership({ ...change, change: 'removed' }));
    const rows = await rowsOf({ ...added, type: 'dyncamp.person.created' }, added, removed);
    const ref = `lead:${PERSON}`;
    expect(rows).toEqual([
      {
        kind: 'person',
        place: { source: 'run:run', line: 1, ref },
        key: { by: 'id', id: PERSON, personType: 'lead' },
        email: 'kim@contoso.example',
        attributes: {},
        columns: { id: ref, email: 'kim@contoso.example', undoes: 'added', event: added.id },
        undoes: 'added',
        eventId: added.id,
      },
      expect.objectContaining({
        place: { source: 'run:run', line: 2, ref },
        email: '',
        columns: { id: ref, undoes: 'removed', event: removed.id },
        undoes: 'removed',
      }),
    ]);
    expect(rows.every(isUndoRow)).toBe(true);
  });
});

describe('rebuiltAddedEvent', () => {
  const { person, listMember, list } = change;
  const first = triggerEvents(context).membership({ ...change, change: 'added' });

  it('has the id of the first time, and leaves out what the row does not tell', () => {
    const rebuilt = rebuiltAddedEvent(context, { person, list, listMember });
    expect(rebuilt.id).toBe(first.id);
    const { run, input, person: whom, ...known } = JSON.parse(eventLine(stored(first))).data;
    const { created, ...shown } = whom;
    expect(JSON.parse(eventLine(rebuilt))).toEqual({
      ...JSON.parse(eventLine(stored(first))),
      time: '2026-11-21T08:59:58.000Z',
      data: { ...known, person: shown },
    });
    expect({ run, input, created }).toEqual({ run: 'run', input: change.place, created: true });
  });

  it.each([
    ['the record cannot be read', 'full', undefined],
    ['events go without it', 'none', 'kim@contoso.example'],
  ] as const)('has no e-mail when %s', (_why, email, address) => {
    const rebuilt = rebuiltAddedEvent(
      { ...context, email },
      { person: { ...person, email: address }, list, listMember },
    );
    expect(JSON.parse(eventLine(rebuilt)).data.person).toEqual({ type: 'lead', id: PERSON });
  });
});
