import { eventLine, membershipEvent, rebuiltAddedEvent } from '../../../src/change/events.ts';
import { isUndoRow, undoRows } from '../../../src/change/undo-batch.ts';
import type { NewEvent, StoredEvent } from '../../../src/journal/journal.ts';

const PERSON = '1ead0000-0000-4000-8000-000000000001';
const campaign = { id: 'ca000000-0000-4000-8000-000000000001', name: 'Spring', code: 'S' };
const context = {
  organizationId: '0a6e1f00-1111-4222-8333-444455556666',
  campaign,
  eventEmail: 'full',
} as const;
const known = {
  personType: 'lead',
  personId: PERSON,
  email: 'kim@contoso.example',
  listId: '11570000-0000-4000-8000-000000000001',
  listName: 'Mkto-leads-x',
} as const;
const intent = { ...known, created: true, place: { source: 'people.csv', line: 12, ref: 'Kim@contoso.example' } };
const listMember = { id: '3e3b0000-0000-4000-8000-000000000001', createdOn: '2026-11-21T08:59:58Z' };
const done = { change: 'added', listMember, at: Date.UTC(2026, 10, 21, 9) } as const;

const stored = (event: NewEvent): StoredEvent => ({ ...event, sequence: 1, runId: 'run', delivered: true });
async function rowsOf(...events: readonly StoredEvent[]) {
  const rows = [];
  for await (const group of undoRows('run', events)) rows.push(...group);
  return rows;
}

describe('undoRows', () => {
  it('makes of each change a row that names the person by id, and passes over who was created', async () => {
    const added = stored(membershipEvent(context, intent, done));
    const removed = stored(membershipEvent({ ...context, eventEmail: 'none' }, intent, { ...done, change: 'removed' }));
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
  const first = membershipEvent(context, intent, done);

  it('has the id of the first time, and leaves out what the row does not tell', () => {
    const rebuilt = rebuiltAddedEvent(context, listMember, known);
    expect(rebuilt.id).toBe(first.id);
    const { run, input, person: whom, ...others } = JSON.parse(eventLine(stored(first))).data;
    const { created, ...shown } = whom;
    expect(JSON.parse(eventLine(rebuilt))).toEqual({
      ...JSON.parse(eventLine(stored(first))),
      time: '2026-11-21T08:59:58.000Z',
      data: { ...others, person: shown },
    });
    expect({ run, input, created }).toEqual({ run: 'run', input: intent.place, created: true });
  });

  it.each([
    ['the record cannot be read', 'full', undefined],
    ['events go without it', 'none', 'kim@contoso.example'],
  ] as const)('has no e-mail when %s', (_why, email, address) => {
    const rebuilt = rebuiltAddedEvent({ ...context, eventEmail: email }, listMember, { ...known, email: address });
    expect(JSON.parse(eventLine(rebuilt)).data.person).toEqual({ type: 'lead', id: PERSON });
  });
});
