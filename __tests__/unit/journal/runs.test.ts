import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite } from '../../../src/journal/sqlite.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, notDone, ORGANIZATION, START } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

const locks = () => readdirSync(join(fixture.directory, 'locks', ORGANIZATION));

describe('runs', () => {
  it('records a run from its start to its end', () => {
    const journal = fixture.open();
    const run = journal.startRun({ id: 'r', command: 'remove', campaignId: CAMPAIGN, campaignName: 'Späte "Kür"' });
    const record = { id: 'r', command: 'remove', campaignId: CAMPAIGN, campaignName: 'Späte "Kür"', startedAt: START };
    expect(journal.run('r')).toEqual({ ...record, status: 'running', counts: {} });

    const [first, second, third] = run.begin(['a', 'b', 'c'].map((person) => intentFor(person)));
    run.count({ 'already-member': 2, invalid: 0 });
    run.conclude([done(first, eventFor('a')), notDone(second), { ...done(third), countAs: undefined }]);
    run.count({ 'already-member': 3, added: 1 });
    fixture.clock.now += 1000;
    run.finish({ exitCode: 68, status: 'finished' });
    const end = { status: 'finished', exitCode: 68, finishedAt: START + 1000 };
    const counts = { added: 2, 'already-member': 5 };
    expect(journal.run('r')).toEqual({ ...record, ...end, counts });
    expect(journal.run('other')).toBeUndefined();
  });

  it('gives the newest first, of one campaign, as many as asked for', () => {
    const journal = fixture.open();
    for (let index = 0; index < 250; index += 1) {
      fixture.start(journal, index % 50 === 0 ? 'rare' : CAMPAIGN).finish({ exitCode: 0, status: 'finished' });
    }
    const ids = [...journal.runs()].map(({ id }) => id);
    expect(ids).toHaveLength(250);
    expect([ids[0], ids[249]]).toEqual(['run-250', 'run-1']);
    expect([...journal.runs({ limit: 130 })]).toHaveLength(130);
    expect([...journal.runs({ campaignId: 'rare', limit: 3 })].map(({ id }) => id)).toEqual([
      'run-201',
      'run-151',
      'run-101',
    ]);
    expect([...journal.runs({ limit: 0 })]).toEqual([]);
  });

  it('marks an interrupted run as stopped at its last commit, and removes its lock', () => {
    const { journal, run } = fixture.openRun();
    fixture.clock.now += 500;
    run.begin([intentFor('a')]);
    fixture.clock.now += 9000;
    const witness = fixture.open();
    expect(witness.run(run.id)).toMatchObject({ status: 'running', finishedAt: undefined });
    expect(locks()).toEqual([`${run.id}.lock`]);
    fixture.crash(journal);
    expect(witness.run(run.id)).toMatchObject({ status: 'stopped', finishedAt: START + 500, exitCode: undefined });
    expect(locks()).toEqual([]);
  });

  it('keeps the first end of a run', () => {
    const { journal, run } = fixture.openRun();
    run.finish({ exitCode: 130, status: 'stopped' });
    run.finish({ exitCode: 0, status: 'finished' });
    expect(journal.run(run.id)).toMatchObject({ exitCode: 130, status: 'stopped' });
    expect(locks()).toEqual([]);
  });

  it('sweeps locks that no run holds, and no other', () => {
    const neighbour = fixture.open();
    const alive = fixture.start(neighbour);
    const stray = join(fixture.directory, 'locks', ORGANIZATION, 'stray.lock');
    writeFileSync(stray, '');
    const run = fixture.start(fixture.open());
    expect(existsSync(stray)).toBe(false);
    expect(locks().sort()).toEqual([`${alive.id}.lock`, `${run.id}.lock`]);
  });

  it('refuses a second run of one id and leaves the first alive', () => {
    const journal = fixture.open();
    const start = () => journal.startRun({ id: 'r', command: 'add', campaignId: CAMPAIGN, campaignName: 'C' });
    start();
    expect(start).toThrow();
    expect(fixture.open().run('r')?.status).toBe('running');
    expect(locks()).toEqual(['r.lock']);
  });
});

describe('what a run leaves for a later look', () => {
  const failed = (line: number, message?: string) => {
    const code = message === undefined ? undefined : 'NO_LAST_NAME';
    return { source: 'people.csv', line, ref: `r${line}`, outcome: 'cannot-create', code, message };
  };
  const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => failed(from + index));

  it('keeps the rows that failed in their order, of each run its own', () => {
    const journal = fixture.open();
    const [one, other] = [fixture.start(journal), fixture.start(journal)];
    one.count({ 'cannot-create': 1 }, [failed(7, 'no last name')]);
    other.count({}, [failed(1)]);
    one.count({ 'cannot-create': 600 }, lines(8, 607));
    expect([...journal.failedRows(one.id)]).toEqual([failed(7, 'no last name'), ...lines(8, 607)]);
    expect([...fixture.open().failedRows(other.id)]).toEqual([failed(1)]);
    expect([...journal.failedRows('other')]).toEqual([]);
  });

  it('keeps at most 10,000 of them, and counts all', () => {
    const { journal, run } = fixture.openRun();
    run.count({ 'cannot-create': 9_990 }, lines(1, 9_990));
    run.count({ 'cannot-create': 20 }, lines(9_991, 10_010));
    run.count({ 'cannot-create': 1 }, lines(10_011, 10_011));
    expect([...journal.failedRows(run.id)]).toEqual(lines(1, 10_000));
    expect(journal.run(run.id)?.counts).toEqual({ 'cannot-create': 10_011 });
  });

  it('counts by their rows what a killed run had done and not counted', () => {
    const { journal, run } = fixture.openRun();
    const at = (line: number) => ({ source: 'people.csv', line, ref: '' });
    const change = (person: string, line: number, kind: 'added' | 'removed') => {
      const [id] = run.begin([intentFor(person)]);
      run.conclude([{ ...done(id, { ...eventFor(person, kind), place: at(line) }), countAs: undefined }]);
    };
    change('a', 2, 'added');
    run.count({ added: 1, invalid: 1 });
    change('b', 3, 'added');
    change('c', 4, 'removed');
    change('d', 4, 'removed');
    fixture.crash(journal);
    expect(fixture.open().run(run.id)?.counts).toEqual({ added: 2, invalid: 1, removed: 1 });
  });

  it('counts nobody as unconfirmed whose change a later run recovered or took over', () => {
    const { journal, run: first } = fixture.openRun();
    const [a, b] = first.begin([intentFor('a'), intentFor('b'), intentFor('c'), intentFor('d')]);
    first.count({ unconfirmed: 4 });
    first.finish({ exitCode: 75, status: 'finished' });
    const next = fixture.start(journal);
    next.conclude([done(a, eventFor('a'))]);
    expect(journal.run(first.id)?.counts).toEqual({ added: 1, unconfirmed: 3 });
    next.conclude([notDone(b)]);
    next.begin([intentFor('c')]);
    expect(journal.run(first.id)?.counts).toEqual({ added: 1, unconfirmed: 1 });
    next.begin([intentFor('d')]);
    expect(journal.run(first.id)?.counts).toEqual({ added: 1 });
  });

  it('names the runs whose changes it reported', () => {
    const { journal, run: first } = fixture.openRun();
    const ids = first.begin(['a', 'b', 'c'].map((person) => intentFor(person)));
    const stored = first.conclude(['a', 'b', 'c'].map((person, place) => done(ids[place], eventFor(person))));
    first.finish({ exitCode: 130, status: 'stopped' });
    const next = fixture.start(journal);
    next.reportAsOwn(stored.slice(1).map(({ sequence }) => sequence));
    const reported = { runId: first.id, type: 'dyncamp.person.added', changes: 2 };
    expect(journal.reportedBy(next.id)).toEqual([{ ...reported, reverted: 0 }]);
    const [id] = fixture.start(journal).begin([intentFor('c')]);
    fixture.start(journal).conclude([done(id, eventFor('c', 'removed'), 'removed')]);
    expect(journal.reportedBy(next.id)).toEqual([{ ...reported, reverted: 1 }]);
    expect(journal.reportedBy(first.id)).toEqual([]);
  });
});

describe('pruning', () => {
  const DAY = 24 * 60 * 60 * 1000;
  const finished = { exitCode: 0, status: 'finished' } as const;

  it('deletes older ended runs, with their events', () => {
    const { journal, run: old } = fixture.openRun();
    const [a, b] = old.begin([intentFor('a'), intentFor('b')]);
    const stored = old.conclude([done(a, eventFor('a')), notDone(b)]);
    old.markDelivered(stored.map(({ sequence }) => sequence));
    old.count({}, [{ source: 'p.csv', line: 2, ref: 'x', outcome: 'invalid', code: undefined, message: undefined }]);
    old.finish(finished);
    fixture.clock.now += 2 * DAY;
    const recent = fixture.start(fixture.open(ORGANIZATION, 2 * DAY));
    expect([...journal.runs()].map(({ id }) => id)).toEqual([recent.id, old.id]);
    const next = fixture.start(fixture.open(ORGANIZATION, DAY));
    expect([...journal.runs()].map(({ id }) => id)).toEqual([next.id, recent.id]);
    expect([...journal.events({})]).toEqual([]);
    expect([...journal.addedByUs(['added-a'])]).toEqual([]);
    expect(ask('SELECT count(*) AS answer FROM failed_rows')).toBe(0);
  });

  it.each([
    ['alive', () => undefined],
    ['with an open intent', (run: ReturnType<typeof fixture.start>) => run.begin([intentFor('open')])],
    [
      'with an undelivered event',
      (run: ReturnType<typeof fixture.start>) => run.conclude([done(run.begin([intentFor('u')])[0], eventFor('u'))]),
    ],
  ])('keeps a run that is %s', (name, work) => {
    const { journal, run } = fixture.openRun();
    work(run);
    if (name !== 'alive') run.finish(finished);
    fixture.clock.now += 400 * DAY;
    fixture.start(fixture.open());
    expect(journal.run(run.id)).toBeDefined();
  });

  it.each([
    ['30 days when nothing else is said', undefined, 31, 29],
    ['as long as the options say', 3 * DAY, 4, 2],
  ])('happens by itself when a run starts: %s', (_name, keepMs, gone, kept) => {
    const journal = fixture.open(ORGANIZATION, keepMs);
    const old = fixture.start(journal);
    old.finish(finished);
    fixture.clock.now += kept * DAY;
    fixture.start(journal).finish(finished);
    expect(journal.run(old.id)).toBeDefined();
    fixture.clock.now += (gone - kept) * DAY;
    fixture.start(journal).finish(finished);
    expect(journal.run(old.id)).toBeUndefined();
  });

  it.each([
    ['the clock of the machine is far ahead of the server', 400 * DAY, -400 * DAY],
    ['the server says that years have passed, and the machine does not', 0, 400 * DAY],
    ['the server says no time', 400 * DAY, undefined],
  ])('does not happen when %s', (_name, machineMs, serverAheadMs) => {
    const { journal, run: old } = fixture.openRun();
    old.finish(finished);
    fixture.clock.now += machineMs;
    fixture.clock.serverAheadMs = serverAheadMs;
    fixture.start(fixture.open()).finish(finished);
    expect(journal.run(old.id)).toBeDefined();
  });

  it('continues while a run works, if there is more than the start deletes', () => {
    const { journal, run: old } = fixture.openRun();
    for (let batch = 0; batch < 30; batch += 1) conclude(old, batch * 1000, (batch + 1) * 1000);
    old.finish(finished);
    fixture.clock.now += 31 * DAY;
    const run = fixture.start(journal);
    expect(journal.run(old.id)).toBeDefined();
    for (let batch = 0; batch < 4; batch += 1) conclude(run, batch * 1000, (batch + 1) * 1000);
    expect(journal.run(old.id)).toBeUndefined();
    expect([...journal.events({})]).toHaveLength(4000);
  });

  it('keeps what was closed as not done, because it may still have landed, and deletes what was done', () => {
    const { journal, run } = fixture.openRun();
    const ids = run.begin(Array.from({ length: 1000 }, (_, index) => intentFor(`refused${index}`)));
    run.conclude(ids.map((id, index) => (index === 0 ? notDone(id) : done(id))));
    run.finish(finished);
    expect(ask('SELECT count(*) AS answer FROM intents')).toBe(1);
    const people = ['refused0', 'refused1'];
    expect(journal.closedAdditions(CAMPAIGN, people)).toMatchObject([{ personId: 'refused0', runId: run.id }]);
    expect(journal.closedAdditions('other', people)).toEqual([]);
    const late = fixture.start(journal).conclude([done(ids[0], eventFor('refused0'))]);
    expect(late).toMatchObject([{ runId: run.id }]);
    expect(journal.closedAdditions(CAMPAIGN, people)).toEqual([]);
  });

  it('returns free pages to the disk', () => {
    const { journal, run } = fixture.openRun();
    const people = Array.from({ length: 6000 }, (_, index) => `p${index}`);
    const ids = run.begin(people.map((person) => intentFor(person)));
    const stored = run.conclude(people.map((person, index) => done(ids[index], eventFor(person))));
    run.markDelivered(stored.map(({ sequence }) => sequence));
    run.finish(finished);
    const before = pageCount();
    fixture.clock.now += 31 * DAY;
    fixture.start(journal);
    expect(journal.run(run.id)).toBeUndefined();
    expect(pageCount()).toBeLessThan(before / 4);
  });
});

function conclude(run: ReturnType<typeof fixture.start>, from: number, to: number): void {
  const people = Array.from({ length: to - from }, (_, index) => `${run.id}-${from + index}`);
  const ids = run.begin(people.map((person) => intentFor(person)));
  const stored = run.conclude(people.map((person, index) => done(ids[index], eventFor(person))));
  run.markDelivered(stored.map(({ sequence }) => sequence));
}

function pageCount(): number {
  return ask('SELECT page_count AS answer FROM pragma_page_count');
}

function ask(sql: string): number {
  const path = join(fixture.directory, `${ORGANIZATION}.sqlite`);
  const database = openSqlite({ path, timeoutMs: 0 });
  const { answer } = database.prepare(sql).get() ?? {};
  database.close();
  return Number(answer);
}
