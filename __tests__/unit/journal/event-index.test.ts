import { join } from 'node:path';
import { journalClock } from '../../../src/journal/journal-clock.ts';
import { journalOver, prepareFile } from '../../../src/journal/open-journal.ts';
import { runLocks } from '../../../src/journal/run-locks.ts';
import { wholeLine } from '../../../src/line-pieces.ts';
import { openSqlite } from '../../../src/sqlite.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, START } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

type Run = ReturnType<typeof fixture.start>;

const MINUTE = 60_000;
const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

function conclude(run: Run, people: readonly string[], minutes = 0): readonly string[] {
  const ids = run.begin(people.map((person) => intentFor(person)));
  const conclusions = ids.map((id, place) =>
    done(id, { ...eventFor(people[place] ?? ''), id: `added-${people[place]}`, time: at(minutes) }),
  );
  return run.conclude(conclusions).map(({ personId }) => personId);
}

describe('the cache of a connection', () => {
  it('grows for the index only when there is something to index: it is memory that most runs never need', () => {
    const file = join(fixture.directory, 'cache.sqlite');
    const database = openSqlite({ path: file, timeoutMs: 1000, mode: 0o600 });
    prepareFile(database, file);
    const locks = runLocks(join(fixture.directory, 'cache-locks'));
    const journal = journalOver({ database, locks, clock: journalClock({ now: () => START }), keepMs: 1000 });
    const cacheKib = () => -Number(database.prepare('PRAGMA cache_size').get()?.['cache_size']);
    conclude(fixture.start(journal), ['a', 'b']);
    expect(cacheKib()).toBe(2048);
    conclude(fixture.start(journal), ['c']);
    expect(cacheKib()).toBe(16 * 1024);
    journal.close();
  });
});

describe('an event that is in the outbox', () => {
  it('is not stored again by another process that made the same change at once', () => {
    const [one, other] = [fixture.start(fixture.open()), fixture.start(fixture.open())];
    expect(conclude(one, ['a', 'b'])).toEqual(['a', 'b']);
    expect(conclude(other, ['b', 'c'])).toEqual(['c']);
    expect(conclude(one, ['c', 'd'])).toEqual(['d']);
  });

  it('is not stored again when it was concluded minutes before the run began (U22)', () => {
    const journal = fixture.open();
    const first = fixture.start(journal);
    conclude(first, ['a']);
    first.finish({ exitCode: 0, status: 'finished' });
    fixture.clock.now = START + 9 * MINUTE;
    expect(conclude(fixture.start(journal), ['a'], 9)).toEqual([]);
  });

  it('is not stored or counted again for a run that was killed beside the one that told it, however late that is settled', () => {
    const [killed, neighbour] = [fixture.open(), fixture.open()];
    const dead = fixture.start(killed);
    const left = dead.begin(['a', 'b'].map((person) => intentFor(person)));
    const other = fixture.start(neighbour);
    expect(conclude(other, ['a'])).toEqual(['a']);
    other.finish({ exitCode: 0, status: 'finished' });
    fixture.crash(killed);
    fixture.clock.now = START + 24 * 60 * MINUTE;
    const settler = fixture.start(neighbour);
    const settled = settler.conclude(left.map((id, place) => done(id, eventFor(['a', 'b'][place] ?? ''))));
    expect(settled.map(({ personId, runId }) => [personId, runId])).toEqual([['b', dead.id]]);
    expect(neighbour.run(dead.id)?.counts).toEqual({ added: 1 });
    expect(neighbour.openIntents(CAMPAIGN)).toEqual([]);
  });

  it('is stored again when its commit was rolled back', () => {
    const journal = fixture.open();
    const run = fixture.start(journal);
    const ids = run.begin([intentFor('a'), intentFor('b')]);
    const broken = { ...eventFor('b'), line: wholeLine('two\nlines') };
    expect(() => run.conclude([done(ids[0], eventFor('a')), done(ids[1], broken)])).toThrow('more than one line');
    const stored = run.conclude([done(ids[0], eventFor('a')), done(ids[1], eventFor('b'))]);
    expect(stored.map(({ personId }) => personId)).toEqual(['a', 'b']);
  });

  it('is found by its id however old it is, and however many there are', () => {
    const people = Array.from({ length: 12_000 }, (_, number) => `p${number}`);
    const journal = fixture.open();
    const first = fixture.start(journal);
    for (let start = 0; start < people.length; start += 1000) conclude(first, people.slice(start, start + 1000));
    first.finish({ exitCode: 0, status: 'finished' });
    fixture.clock.now = START + 24 * 60 * MINUTE;
    const asked = ['added-p0', 'added-p11999', 'added-nobody'];
    expect([...journal.addedByUs(CAMPAIGN, asked)].sort()).toEqual(['added-p0', 'added-p11999']);
    conclude(fixture.start(journal), ['later'], 24 * 60);
    expect([...journal.addedByUs(CAMPAIGN, ['added-later'])]).toEqual(['added-later']);
  });

  it('of an interrupted run is made ready in steps, and then known at once', () => {
    const people = Array.from({ length: 20_000 }, (_, number) => `p${number}`);
    const journal = fixture.open();
    const first = fixture.start(journal);
    for (let start = 0; start < people.length; start += 1000) conclude(first, people.slice(start, start + 1000));
    expect([...journal.prepareChanges(CAMPAIGN)]).toEqual([]);
    first.finish({ exitCode: 130, status: 'stopped' });
    expect([...journal.prepareChanges('another')]).toEqual([]);
    const steps = journal.prepareChanges(CAMPAIGN);
    expect(steps.next().done).toBe(false);
    expect([...steps].length).toBeGreaterThan(1);
    expect([...journal.prepareChanges(CAMPAIGN)]).toEqual([]);
    expect([...journal.changesOfUnfinishedRuns('added', CAMPAIGN, ['p0', 'p19999', 'x']).keys()].sort()).toEqual([
      'p0',
      'p19999',
    ]);
  });

  it('is forgotten with its run, indexed or not', () => {
    const journal = fixture.open();
    for (const people of [['a'], ['b']]) {
      const run = fixture.start(journal);
      const stored = run.conclude(
        run.begin(people.map((p) => intentFor(p))).map((id) => done(id, eventFor(people[0] ?? ''))),
      );
      run.markTold(stored.map(({ sequence }) => sequence));
      if (people[0] === 'a') expect(journal.addedByUs(CAMPAIGN, ['added-a']).size).toBe(1);
      run.finish({ exitCode: 0, status: 'finished' });
    }
    fixture.clock.now = START + 60 * MINUTE;
    expect(journal.prune(MINUTE)).toBe(2);
    expect(journal.addedByUs(CAMPAIGN, ['added-a', 'added-b']).size).toBe(0);
    expect([...journal.events({})]).toEqual([]);
  });
});
