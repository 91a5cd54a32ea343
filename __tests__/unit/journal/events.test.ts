import { eventLine } from '../../../src/change/events.ts';
import type { StoredEvent } from '../../../src/journal/journal.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, notDone, START } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

type Fixture = ReturnType<typeof journalFixture>;
type Run = ReturnType<Fixture['start']>;

/** Does and concludes one change per person, as the pipeline does. */
const change = (run: Run, people: readonly string[], kind: 'added' | 'removed' = 'added', suffix = '') =>
  run.conclude(
    run.begin(people.map((person) => intentFor(person))).map((id, index) => {
      const person = people[index] ?? '';
      return done(id, eventFor(person, kind, `${kind}-${person}${suffix}`), kind);
    }),
  );
const sequences = (events: Iterable<StoredEvent>) => [...events].map(({ sequence }) => sequence);
const people = (events: Iterable<StoredEvent>) => [...events].map(({ personId }) => personId);
const finished = { exitCode: 0, status: 'finished' } as const;
const stopped = { exitCode: 75, status: 'stopped' } as const;

describe('conclude', () => {
  it('ends intents and stores events together and gives the new events in order', () => {
    const { journal, run } = fixture.openRun();
    const [a, b] = run.begin([intentFor('a'), intentFor('b')]);
    const stored = run.conclude([done(a, eventFor('a')), notDone(b)]);
    const { sequence } = stored[0] ?? {};
    const event = { ...eventFor('a'), sequence, runId: run.id, delivered: false };
    expect(stored).toEqual([event]);
    expect([...journal.events({})]).toEqual([event]);
    expect(run.conclude([])).toEqual([]);
  });

  it.each([
    ['of an addition', eventFor('1ead0000-0000-4000-8000-00000000000a')],
    ['of a creation, without a list', eventFor('a', 'created')],
    [
      'without address and ref',
      { ...eventFor('a'), email: undefined, place: { source: '-', line: 0, ref: undefined } },
    ],
    ['that says who was created', { ...eventFor('a'), created: true, personType: 'contact' as const }],
    [
      'of odd texts',
      { ...eventFor('a'), email: '"\u0001\u2028\ud800é', place: { source: '\\', line: 1, ref: '\ud83d😀' } },
    ],
  ])('keeps an event %s so that its line is the same when it is replayed', (_name, event) => {
    const { journal, run } = fixture.openRun();
    const stored = run.conclude([done(run.begin([intentFor('a')])[0], event)]).map(eventLine);
    expect(JSON.parse(stored[0] ?? '')).toMatchObject({ data: { run: run.id } });
    expect([...journal.events({})].map(eventLine)).toEqual(stored);
    expect([...fixture.open().events({})].map(eventLine)).toEqual(stored);
  });

  it('does not store an event again whose id is in the outbox, in this run or a later one', () => {
    const { journal, run: first } = fixture.openRun();
    expect(people(change(first, ['a', 'b']))).toEqual(['a', 'b']);
    expect(people(change(first, ['b', 'c']))).toEqual(['c']);
    const second = fixture.start(journal);
    expect(people(change(second, ['c', 'a', 'd']))).toEqual(['d']);
    expect(people(journal.events({}))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('stores the events of several runs in one call, each under its own run and in order', () => {
    const journal = fixture.open();
    const [first, second] = [fixture.start(journal), fixture.start(journal)];
    const [a, c] = first.begin([intentFor('a'), intentFor('c')]);
    const [b, d] = second.begin([intentFor('b'), intentFor('d')]);
    for (const run of [first, second]) run.finish(stopped);
    const later = fixture.start(journal);
    const stored = later.conclude([
      done(a, eventFor('a')),
      done(a, eventFor('a')),
      done(b, eventFor('b')),
      notDone(d),
      done(c, eventFor('c')),
    ]);
    expect(stored.map(({ personId, runId }) => [personId, runId])).toEqual([
      ['a', first.id],
      ['b', second.id],
      ['c', first.id],
    ]);
    expect([...journal.events({})]).toEqual(stored);
  });

  it('stores nothing of a call that fails', () => {
    const { journal, run } = fixture.openRun();
    const ids = run.begin([intentFor('a'), intentFor('b')]);
    const broken = { ...eventFor('b'), at: Number.NaN };
    expect(() => run.conclude([done(ids[0], eventFor('a')), done(ids[1], broken)])).toThrow();
    expect([...journal.events({})]).toEqual([]);
    expect(journal.run(run.id)?.counts).toEqual({});
    run.finish(stopped);
    expect(journal.openIntents(CAMPAIGN)).toHaveLength(2);
  });
});

describe('undeliveredEvents', () => {
  it('gives what interrupted and ended runs of the campaign did not deliver, until it is marked', () => {
    const { journal, run } = fixture.openRun();
    const stored = change(run, ['a', 'b', 'c']);
    fixture.start(journal, 'other').conclude([]);
    run.markDelivered(sequences(stored).slice(0, 1));
    expect([...journal.undeliveredEvents(CAMPAIGN)]).toEqual([]);

    fixture.crash(journal);
    const later = fixture.open();
    const next = fixture.start(later);
    expect([...later.undeliveredEvents('other')]).toEqual([]);
    const undelivered = [...later.undeliveredEvents(CAMPAIGN)];
    expect(undelivered).toEqual(stored.slice(1));
    next.markDelivered(sequences(undelivered));
    expect([...later.undeliveredEvents(CAMPAIGN)]).toEqual([]);
    next.markDelivered(sequences(undelivered).slice(1), false);
    expect(people(later.undeliveredEvents(CAMPAIGN))).toEqual(['c']);
    next.markDelivered([]);
  });

  it('can be marked while it is iterated, over many pages, and misses none', () => {
    const { journal, run } = fixture.openRun();
    const names = Array.from({ length: 1234 }, (_, index) => `p${index}`);
    change(run, names);
    run.finish(stopped);
    const next = fixture.start(journal);
    const seen: string[] = [];
    for (const event of journal.undeliveredEvents(CAMPAIGN)) {
      seen.push(event.personId);
      next.markDelivered([event.sequence]);
    }
    expect(seen).toEqual(names);
    expect([...journal.undeliveredEvents(CAMPAIGN)]).toEqual([]);
  });
});

describe('events', () => {
  it('filters by run, campaign, time and delivery, and combines them', () => {
    const { journal, run: first } = fixture.openRun();
    const changes = change(first, ['a', 'b']);
    first.markDelivered(sequences(changes).slice(0, 1));
    const second = fixture.start(journal, 'other');
    const late = { ...eventFor('c'), at: START + 60_000 };
    second.conclude([done(second.begin([intentFor('c')])[0], late)]);

    expect(people(journal.events({}))).toEqual(['a', 'b', 'c']);
    expect(people(journal.events({ runId: first.id }))).toEqual(['a', 'b']);
    expect(people(journal.events({ runId: 'nobody' }))).toEqual([]);
    expect(people(journal.events({ campaignId: 'other' }))).toEqual(['c']);
    expect(people(journal.events({ since: START + 60_000 }))).toEqual(['c']);
    expect(people(journal.events({ since: START + 60_001 }))).toEqual([]);
    expect(people(journal.events({ delivered: true }))).toEqual(['a']);
    expect(people(journal.events({ delivered: false }))).toEqual(['b', 'c']);
    expect(people(journal.events({ delivered: false, campaignId: CAMPAIGN, since: START }))).toEqual(['b']);
  });

  it('ends with what existed when it started, so that a replay into the same campaign ends', () => {
    const { journal, run } = fixture.openRun();
    // More than one query's worth: the later ones must not see what came meanwhile.
    const names = Array.from({ length: 1000 }, (_, index) => `p${index}`);
    change(run, names);
    const seen: string[] = [];
    for (const { personId } of journal.events({})) {
      seen.push(personId);
      if (seen.length % 400 === 0) change(run, [`${personId}+`]);
    }
    expect(seen).toEqual(names);
  });
});

describe('addedByUs', () => {
  it('knows the ids of added events of every run, and no others', () => {
    const journal = fixture.open();
    change(fixture.start(journal), ['a', 'b']);
    change(fixture.start(journal), ['r'], 'removed');
    const asked = ['added-a', 'removed-r', 'added-x', 'added-', 'member-b', 'added-b', "'; DROP TABLE events; --"];
    expect(journal.addedByUs(asked)).toEqual(new Set(['added-a', 'added-b']));
    expect(journal.addedByUs([])).toEqual(new Set());
  });
});

describe('moveAdditions', () => {
  it('knows the new rows of members that were moved, and forgets their old ones', () => {
    const journal = fixture.open();
    const old = '0a000000-0000-5000-8000-000000000001';
    const moved = '0a000000-0000-5000-8000-000000000002';
    journal.moveAdditions([old], []);
    expect(journal.addedByUs([old, moved])).toEqual(new Set([old]));
    journal.moveAdditions([moved, moved], [old]);
    expect(fixture.open().addedByUs([old, moved])).toEqual(new Set([moved]));
  });
});

describe('changesOfUnfinishedRuns', () => {
  const reportable = (change: 'added' | 'removed', asked: readonly string[]) => [
    ...fixture.open().changesOfUnfinishedRuns(change, CAMPAIGN, asked).keys(),
  ];

  it('gives what a crashed or stopped run changed, for this campaign and direction', () => {
    const { journal, run: crashing } = fixture.openRun();
    const [stored] = change(crashing, ['a']);
    change(crashing, ['r'], 'removed');
    change(fixture.start(journal, 'other'), ['elsewhere']);
    expect(reportable('added', ['a'])).toEqual([]);

    fixture.crash(journal);
    const later = fixture.open();
    const found = later.changesOfUnfinishedRuns('added', CAMPAIGN, ['a', 'r', 'elsewhere', 'nobody']);
    expect([...found]).toEqual([['a', stored]]);
    expect(reportable('removed', ['a', 'r'])).toEqual(['r']);
  });

  it('gives nothing of runs that finished', () => {
    const run = fixture.start(fixture.open());
    change(run, ['a']);
    run.finish(finished);
    expect(reportable('added', ['a'])).toEqual([]);
  });

  it('gives only the last change of a person on the list', () => {
    const { journal, run: interrupted } = fixture.openRun();
    change(interrupted, ['a', 'b', 'c']);
    interrupted.finish(stopped);
    const later = fixture.start(journal);
    change(later, ['a'], 'removed');
    change(later, ['b'], 'added', '-again');
    later.finish(finished);
    expect(reportable('added', ['a', 'b', 'c'])).toEqual(['c']);
  });

  it('no longer gives what a finished run reported, but still what an interrupted run reported', () => {
    const { journal, run: interrupted } = fixture.openRun();
    const stored = change(interrupted, ['a', 'b']);
    interrupted.finish(stopped);
    const second = fixture.start(journal);
    second.reportAsOwn(sequences(stored));
    expect(reportable('added', ['a', 'b'])).toEqual(['a', 'b']);
    second.finish(stopped);
    expect(reportable('added', ['a', 'b'])).toEqual(['a', 'b']);
    const third = fixture.start(journal);
    third.reportAsOwn(sequences(stored).slice(0, 1));
    third.reportAsOwn([]);
    third.finish(finished);
    expect(reportable('added', ['a', 'b'])).toEqual(['b']);
  });
});
