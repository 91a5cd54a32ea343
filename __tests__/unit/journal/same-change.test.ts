import fc from 'fast-check';
import type { Conclusion, Journal, RunJournal } from '../../../src/journal/journal.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, notDone } from './fixture.ts';

const MINUTE = 60_000;
/** As long as a server's read may be late: until then a run may begin what another has done. */
const LATE_MS = 9 * MINUTE;
const PEOPLE = ['a', 'b', 'c'];
const someone = fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1 });
const step = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), who: someone }),
  fc.record({ do: fc.constant('conclude' as const), most: fc.integer({ min: 1, max: 3 }), lands: fc.boolean() }),
  fc.record({ do: fc.constant('recover' as const), most: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('ask' as const), who: someone }),
  fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 8, 30, 24 * 60) }),
  fc.record({ do: fc.constantFrom('crash' as const, 'finish' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Process = { journal: Journal; run: RunJournal; open: { id: number; who: string }[] };

/** Three processes that put the same few people in, as a server sees it: somebody is in or not, and their addition has one id. */
class World {
  readonly fixture = journalFixture();
  /** Who is in, and since when. */
  readonly members = new Map<string, number>();
  readonly stored: string[] = [];
  readonly runs = new Set<string>();
  readonly processes = [0, 1, 2].map(() => this.newProcess());

  newProcess(): Process {
    const journal = this.fixture.open();
    const run = this.fixture.start(journal);
    this.runs.add(run.id);
    return { journal, run, open: [] };
  }

  act(index: number, todo: Step): void {
    const process = this.processes[index];
    if (process === undefined) return;
    const { journal, run } = process;
    const { clock } = this.fixture;
    if (todo.do === 'begin') {
      const who = todo.who.filter((person) => clock.now - (this.members.get(person) ?? clock.now) <= LATE_MS);
      const ids = run.begin(who.map((person) => intentFor(person)));
      process.open.push(...ids.map((id, place) => ({ id, who: who[place] ?? '' })));
    }
    if (todo.do === 'conclude') {
      const some = process.open.splice(0, todo.most);
      for (const { who } of some) if (todo.lands && !this.members.has(who)) this.members.set(who, clock.now);
      this.conclude(run, some);
    }
    if (todo.do === 'recover') {
      const some = journal.openIntents(CAMPAIGN).slice(0, todo.most);
      this.conclude(
        run,
        some.map(({ intentId, personId }) => ({ id: intentId, who: personId })),
      );
    }
    if (todo.do === 'ask') {
      journal.changesOfUnfinishedRuns('added', CAMPAIGN, todo.who);
      journal.addedByUs(todo.who.map((who) => `added-${who}`));
    }
    if (todo.do === 'wait') clock.now += todo.minutes * MINUTE;
    if (todo.do === 'finish') run.finish({ exitCode: 0, status: 'finished' });
    if (todo.do === 'crash' || todo.do === 'finish') {
      this.fixture.crash(journal);
      this.processes[index] = this.newProcess();
    }
  }

  conclude(run: RunJournal, intents: readonly { id: number; who: string }[]): void {
    const conclusions = intents.map(
      ({ id, who }): Conclusion => (this.members.has(who) ? done(id, eventFor(who)) : notDone(id)),
    );
    this.stored.push(...run.conclude(conclusions).map(({ id }) => id));
  }

  check(): void {
    const { journal } = this.processes[0] ?? this.newProcess();
    const known = [...journal.events({})].map(({ id }) => id);
    expect(known).toEqual([...new Set(known)]);
    expect(known).toEqual(this.stored);
    const added = [...this.runs].reduce((total, id) => total + (journal.run(id)?.counts.added ?? 0), 0);
    expect(added).toBe(known.length);
    const inDoubt = new Set(journal.openIntents(CAMPAIGN).map(({ personId }) => personId));
    const inHand = new Set(this.processes.flatMap(({ open }) => open.map(({ who }) => who)));
    for (const who of this.members.keys())
      expect(known.includes(`added-${who}`) || inDoubt.has(who) || inHand.has(who)).toBe(true);
  }
}

describe('the same change, made by several processes at once, in any order of crashes and waits', () => {
  it('is one event, counted once, and is in the outbox or still open', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1, 2), step), { minLength: 4, maxLength: 20 }), (steps) => {
        const world = new World();
        try {
          for (const [index, todo] of steps) world.act(index, todo);
          world.check();
        } finally {
          world.fixture.dispose();
        }
      }),
      { numRuns: 25 },
    );
  });
});
