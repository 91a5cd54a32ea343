import { outcomesOf, runRow } from '../../../../src/commands/runs/run-row.ts';
import { changesOf } from '../../../../src/commands/runs/undo.ts';
import { storedEvent } from '../../../support/stored-event.ts';
import { runRecord } from './known-runs.ts';

describe('runRow', () => {
  it('gives times in UTC to the second and the counts as text and as numbers', () => {
    expect(runRow(runRecord('r', { counts: { added: 3, 'not-found': 1 }, exitCode: 68 }))).toMatchObject({
      started: '2026-11-21T09:00:00Z',
      finished: '2026-11-21T09:01:02Z',
      exitCode: 68,
      outcomes: '3 added, 1 not-found',
      counts: { added: 3, 'not-found': 1 },
    });
  });

  it('gives null for what a run that is at work, or was killed, does not have', () => {
    const running = runRecord('r', { status: 'running', finishedAt: undefined, exitCode: undefined });
    expect(runRow(running)).toMatchObject({ status: 'running', finished: null, exitCode: null });
  });
});

describe('outcomesOf', () => {
  const earlier = { runId: 'a93b3436-0000', type: 'dyncamp.person.added', changes: 1200, reverted: 0 };

  it.each([
    ['what the run did', { added: 2 }, [], '2 added'],
    ['what was left to do', { added: 2 }, [earlier], '2 added'],
    ['what an earlier run had done, where nothing was left', {}, [earlier], '1,200 added by run a93b3436'],
    ['nothing', {}, [], ''],
  ])('is %s', (_, counts, reported, text) => {
    expect(outcomesOf(runRecord('r', { counts }), reported)).toBe(text);
  });
});

describe('changesOf', () => {
  const created = (place: number) =>
    storedEvent({
      type: 'dyncamp.person.created',
      personId: `1ead0000-0000-4000-8000-${String(place).padStart(12, '0')}`,
      email: 'a@b.c',
    });

  it('counts each kind of change', () => {
    const events = [storedEvent(), storedEvent(), storedEvent({ type: 'dyncamp.person.removed' }), created(1)];
    expect(changesOf(events)).toEqual({
      added: 2,
      removed: 1,
      created: 1,
      createdPeople: ['lead:1ead0000-0000-4000-8000-000000000001'],
    });
  });

  it('names the first three of many who were created, and no address', () => {
    const { created: count, createdPeople } = changesOf(Array.from({ length: 25 }, (_, place) => created(place)));
    expect([count, createdPeople.length]).toEqual([25, 3]);
  });
});
