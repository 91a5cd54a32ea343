import { CAMPAIGN, done, eventFor, intentFor, journalFixture, notDone } from './fixture.ts';

const fixture = journalFixture();
afterAll(() => fixture.dispose());

const DAY = 24 * 60 * 60 * 1000;
const OTHER_CAMPAIGN = 'ca000000-0000-4000-8000-000000000002';
const crashed = (...begin: Parameters<typeof intentFor>[]) => {
  const { journal, run } = fixture.openRun();
  const ids = run.begin(begin.map((args) => intentFor(...args)));
  fixture.crash(journal);
  return { id: run.id, ids };
};
/** Settles everything, so that each test begins with nothing open. */
afterEach(() => {
  fixture.clock.serverAheadMs = 0;
  const { journal, run } = fixture.openRun();
  run.conclude(journal.openIntents(CAMPAIGN).map(({ intentId }) => notDone(intentId)));
  expect(journal.openIntents(CAMPAIGN)).toEqual([]);
  run.finish({ exitCode: 0, status: 'finished' });
  fixture.crash(journal);
});

describe('openCreations', () => {
  it('gives the open creations of these people on the campaign, of live and interrupted runs', () => {
    const dead = crashed(['dead', { kind: 'create' }], ['dead', {}], ['other', { kind: 'create' }]);
    const { journal, run: live } = fixture.openRun();
    const [creation, closed] = live.begin([
      intentFor('live', { kind: 'create' }),
      intentFor('closed', { kind: 'create' }),
    ]);
    live.conclude([notDone(closed)]);
    const elsewhere = fixture.start(journal, OTHER_CAMPAIGN);
    const [foreign] = elsewhere.begin([intentFor('elsewhere', { kind: 'create' })]);
    const wanted = ['live', 'dead', 'closed', 'elsewhere', 'nobody'];
    expect(journal.openCreations(CAMPAIGN, wanted)).toMatchObject([
      { intentId: dead.ids[0], personId: 'dead', kind: 'create', runId: dead.id },
      { intentId: creation, personId: 'live', kind: 'create', runId: live.id },
    ]);
    expect(journal.openCreations(CAMPAIGN, [])).toEqual([]);
    elsewhere.conclude([notDone(foreign)]);
    fixture.crash(journal);
  });
});

describe('openIntents', () => {
  it('remembers which changes leave the address out of their events', () => {
    crashed(['a', { eventEmail: 'none' }], ['b', {}], ['c', { kind: 'create', eventEmail: 'none' }]);
    expect(
      fixture
        .open()
        .openIntents(CAMPAIGN)
        .map(({ personId, eventEmail }) => [personId, eventEmail]),
    ).toEqual([
      ['a', 'none'],
      ['b', undefined],
      ['c', 'none'],
    ]);
  });

  it('gives back everything an intent was begun with', () => {
    fixture.clock.now += 5;
    const before = { listMemberId: 'm', createdOn: '2026-11-01T00:00:00Z', createdBy: undefined };
    const add = intentFor('a', { created: true, personType: 'contact' });
    const remove = intentFor('b', { kind: 'remove', before });
    const creator = { ...before, createdBy: 'user' };
    const create = intentFor('c', { kind: 'create', before: creator, email: 'ü@x.de' });
    const { id, ids } = crashed(['a', add], ['b', remove], ['c', create]);
    const common = { runId: id, campaignId: CAMPAIGN, begunAt: fixture.clock.now, ageMs: 0 };
    expect(fixture.open().openIntents(CAMPAIGN)).toEqual([
      { ...add, ...common, intentId: ids[0], before: undefined },
      { ...remove, ...common, intentId: ids[1] },
      { ...create, ...common, intentId: ids[2] },
    ]);
  });

  it('leaves out those of live runs and of other campaigns', () => {
    const { journal, run: own } = fixture.openRun();
    own.begin([intentFor('own')]);
    const neighbour = fixture.open();
    const other = fixture.start(neighbour);
    other.begin([intentFor('other')]);
    fixture.start(neighbour, OTHER_CAMPAIGN).begin([intentFor('elsewhere')]);
    expect(journal.openIntents(CAMPAIGN)).toEqual([]);
    expect(neighbour.openIntents(CAMPAIGN)).toEqual([]);

    fixture.crash(neighbour);
    expect(journal.openIntents(CAMPAIGN).map(({ personId }) => personId)).toEqual(['other']);
    expect(journal.openIntents(OTHER_CAMPAIGN).map(({ personId }) => personId)).toEqual(['elsewhere']);
    own.finish({ exitCode: 75, status: 'stopped' });
    expect(journal.openIntents(CAMPAIGN).map(({ personId }) => personId)).toEqual(['own', 'other']);
  });

  it('counts their age from the run’s last sign of life: it may have sent them that late, after a wait for the server', () => {
    const journal = fixture.open();
    const [waiting, ended] = [fixture.start(journal), fixture.start(journal)];
    waiting.begin([intentFor('waiting')]);
    ended.begin([intentFor('ended')]);
    fixture.clock.now += 600_000;
    waiting.beat();
    ended.finish({ exitCode: 75, status: 'stopped' });
    fixture.clock.now += 1000;
    ended.beat();
    fixture.crash(journal);
    expect(fixture.open().openIntents(CAMPAIGN)).toMatchObject([
      { personId: 'waiting', ageMs: 1000 },
      { personId: 'ended', ageMs: 1000 },
    ]);
  });

  it('takes their age from the server: a clock set between two runs makes nothing older or younger', () => {
    const journal = fixture.open();
    fixture.start(journal).begin([intentFor('a')]);
    fixture.crash(journal);
    fixture.clock.now += 1000;
    for (const setTo of [400 * DAY, -400 * DAY]) {
      fixture.setMachine(setTo);
      expect(fixture.open().openIntents(CAMPAIGN)).toMatchObject([{ ageMs: 1000 }]);
      fixture.setMachine(-setTo);
    }
  });

  it('counts their age from now when their run’s clock was in the future', () => {
    const journal = fixture.open();
    fixture.clock.serverAheadMs = 400 * DAY;
    fixture.start(journal).begin([intentFor('a')]);
    fixture.crash(journal);
    fixture.clock.serverAheadMs = 0;
    const next = fixture.open();
    fixture.start(next);
    fixture.clock.now += 300_000;
    expect(next.openIntents(CAMPAIGN)).toMatchObject([{ ageMs: 300_000 }]);
  });

  it('without a server time, trusts only the time since the journal was opened', () => {
    fixture.clock.serverAheadMs = undefined;
    const journal = fixture.open();
    fixture.start(journal).begin([intentFor('a')]);
    fixture.crash(journal);
    fixture.clock.now += 400 * DAY;
    const next = fixture.open();
    expect(next.openIntents(CAMPAIGN)).toMatchObject([{ ageMs: 0 }]);
    fixture.clock.now += 300_000;
    expect(next.openIntents(CAMPAIGN)).toMatchObject([{ ageMs: 300_000 }]);
  });

  it('gives those that a finished run left unconfirmed', () => {
    const { journal, run } = fixture.openRun();
    const [first, second] = run.begin([intentFor('a'), intentFor('b')]);
    run.conclude([done(first, eventFor('a'))]);
    run.finish({ exitCode: 75, status: 'finished' });
    expect(journal.openIntents(CAMPAIGN).map(({ intentId }) => intentId)).toEqual([second]);
  });
});

describe('begin', () => {
  it('gives ids in the order of the intents, and nothing for nothing', () => {
    const run = fixture.start(fixture.open());
    const ids = run.begin(['x', 'y', 'z'].map((person) => intentFor(person)));
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
    expect(run.begin([])).toEqual([]);
    run.conclude(ids.map((id) => notDone(id)));
    run.finish({ exitCode: 0, status: 'finished' });
  });

  it.each([
    ['the same change to the same person on the same list', intentFor('p'), true],
    ['another person', intentFor('q'), false],
    ['another list', intentFor('p', { listId: 'other-list' }), false],
    ['the other direction', intentFor('p', { kind: 'remove' }), false],
  ])('takes over from an interrupted run: %s', (_name, intent, takenOver) => {
    crashed(['p']);
    const { journal, run } = fixture.openRun();
    const ids = run.begin([intent]);
    expect(journal.openIntents(CAMPAIGN)).toHaveLength(takenOver ? 0 : 1);
    run.conclude(ids.map((id) => notDone(id)));
    run.finish({ exitCode: 0, status: 'finished' });
  });

  it('keeps open what it took over from an interrupted run when its own request was not done: the other may still land', () => {
    crashed(['p']);
    const { journal, run } = fixture.openRun();
    const [inheriting, own] = run.begin([intentFor('p'), intentFor('q')]);
    run.conclude([notDone(inheriting), notDone(own)]);
    run.finish({ exitCode: 75, status: 'stopped' });
    expect(journal.openIntents(CAMPAIGN)).toMatchObject([{ personId: 'p', runId: run.id }]);
    const later = fixture.start(journal);
    expect(later.conclude([done(inheriting, eventFor('p', 'added', 'landed'))])).toMatchObject([{ runId: run.id }]);
    expect(journal.openIntents(CAMPAIGN)).toEqual([]);
    later.finish({ exitCode: 0, status: 'finished' });
  });

  it('leaves a creation of an interrupted run open: if it was done, the new one is refused and this one must be reported', () => {
    crashed(['p', { kind: 'create' }]);
    const { journal, run } = fixture.openRun();
    const ids = run.begin([intentFor('p', { kind: 'create' })]);
    expect(journal.openIntents(CAMPAIGN)).toHaveLength(1);
    run.conclude(ids.map((id) => notDone(id)));
    run.finish({ exitCode: 0, status: 'finished' });
    expect(journal.openIntents(CAMPAIGN)).toHaveLength(1);
  });

  it('takes nothing over from a live run', () => {
    const neighbour = fixture.open();
    fixture.start(neighbour).begin([intentFor('p')]);
    const { journal, run } = fixture.openRun();
    run.conclude(run.begin([intentFor('p')]).map((id) => notDone(id)));
    run.finish({ exitCode: 0, status: 'finished' });
    fixture.crash(neighbour);
    expect(journal.openIntents(CAMPAIGN)).toHaveLength(1);
  });

  it('refuses when the run has ended, because others could take over what it begins', () => {
    const run = fixture.start(fixture.open());
    run.finish({ exitCode: 0, status: 'finished' });
    expect(() => run.begin([intentFor('p')])).toThrow('has ended');
  });
});

describe('conclude', () => {
  it('finds the run of an intent that was taken over, so that a late landing is reported under it', () => {
    const dead = crashed(['p']);
    const { journal, run: recoverer } = fixture.openRun();
    const newer = fixture.start(journal);
    const ids = newer.begin([intentFor('p')]);
    expect(recoverer.conclude([done(dead.ids[0], eventFor('p', 'added', 'late'))])).toMatchObject([{ runId: dead.id }]);
    newer.conclude(ids.map((id) => notDone(id)));
    expect(journal.run(dead.id)?.counts).toEqual({ added: 1 });
    expect(journal.run(recoverer.id)?.counts).toEqual({});
    for (const run of [recoverer, newer]) run.finish({ exitCode: 0, status: 'finished' });
  });

  it('counts an intent once when two processes conclude it', () => {
    const dead = crashed(['twice']);
    const [first, second] = [fixture.open(), fixture.open()];
    const runs = [fixture.start(first), fixture.start(second)];
    const stored = runs.map((run) => run.conclude([done(dead.ids[0], eventFor('twice'))]));
    expect(stored.map((events) => events.length)).toEqual([1, 0]);
    expect(first.run(dead.id)?.counts).toEqual({ added: 1 });
    for (const run of runs) {
      expect(first.run(run.id)?.counts).toEqual({});
      run.finish({ exitCode: 0, status: 'finished' });
    }
  });
});
