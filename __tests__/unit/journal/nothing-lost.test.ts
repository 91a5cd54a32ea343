import fc from 'fast-check';
import type { Conclusion, Journal, RunJournal, StoredEvent } from '../../../src/journal/journal.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, notDone } from './fixture.ts';

const PEOPLE = ['a', 'b', 'c', 'd'];
const person = fc.constantFrom(...PEOPLE);
const step = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), who: fc.uniqueArray(person, { minLength: 1 }) }),
  fc.record({ do: fc.constant('conclude' as const), real: fc.boolean(), most: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('recover' as const), real: fc.boolean(), most: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('deliver' as const), most: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('untell' as const), most: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constantFrom('crash' as const, 'finish' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Two processes that share a journal; what must be true is kept beside it, in the plainest form. */
class World {
  readonly fixture = journalFixture();
  readonly processes = [0, 1].map(() => this.newProcess());
  /** Change ids of done conclusions, in the order of their first one, with the run of the intent. */
  readonly real = new Map<string, string>();
  readonly delivered = new Set<string>();
  /** The change that each intent stands for, and the run that began it. */
  readonly changes = new Map<number, { id: string; who: string; runId: string }>();
  changeNumber = 0;

  newProcess(): { journal: Journal; run: RunJournal; open: number[] } {
    const journal = this.fixture.open();
    return { journal, run: this.fixture.start(journal), open: [] };
  }

  act(index: number, todo: Step): void {
    const process = this.processes[index];
    if (process === undefined) return;
    const { journal, run } = process;
    if (todo.do === 'begin') {
      const ids = run.begin(todo.who.map((who) => intentFor(who)));
      for (const [position, id] of ids.entries()) this.remember(id, todo.who[position] ?? '', run.id);
      process.open.push(...ids);
    }
    if (todo.do === 'conclude') this.conclude(run, process.open.splice(0, todo.most), todo.real);
    if (todo.do === 'recover') {
      const intents = journal.openIntents(CAMPAIGN).slice(0, todo.most);
      for (const { intentId, runId } of intents) expect(this.changes.get(intentId)?.runId).toBe(runId);
      this.conclude(
        run,
        intents.map(({ intentId }) => intentId),
        todo.real,
      );
    }
    if (todo.do === 'deliver') this.mark(run, [...journal.undeliveredEvents(CAMPAIGN)].slice(0, todo.most), true);
    if (todo.do === 'untell') this.mark(run, [...journal.events({ delivered: true })].slice(-todo.most), false);
    if (todo.do === 'finish') run.finish({ exitCode: 0, status: 'finished' });
    if (todo.do === 'crash' || todo.do === 'finish') {
      this.fixture.crash(journal);
      this.processes[index] = this.newProcess();
    }
  }

  remember(intentId: number, who: string, runId: string): void {
    this.changeNumber += 1;
    expect(this.changes.has(intentId)).toBe(false);
    this.changes.set(intentId, { id: `change-${this.changeNumber}`, who, runId });
  }

  conclude(run: RunJournal, intentIds: readonly number[], real: boolean): void {
    const conclusions = intentIds.map((intentId): Conclusion => {
      const change = this.changes.get(intentId);
      return real && change !== undefined
        ? done(intentId, eventFor(change.who, 'added', change.id))
        : notDone(intentId);
    });
    const expected = real
      ? intentIds.flatMap((id) => this.changes.get(id) ?? []).filter(({ id }) => !this.real.has(id))
      : [];
    expect(run.conclude(conclusions).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    for (const { id, runId } of expected) this.real.set(id, runId);
  }

  mark(run: RunJournal, events: readonly StoredEvent[], delivered: boolean): void {
    run.markDelivered(
      events.map(({ sequence }) => sequence),
      delivered,
    );
    for (const { id } of events) {
      if (delivered) this.delivered.add(id);
      if (!delivered) this.delivered.delete(id);
    }
  }

  /** Every done change has exactly one event, under its own run, in order; delivered are those that were marked and no others. */
  check(): void {
    const [{ journal }] = [this.processes[0] ?? this.newProcess()];
    const events = [...journal.events({})];
    expect(events.map(({ id, runId }) => [id, runId])).toEqual([...this.real]);
    expect(new Set(events.filter(({ delivered }) => delivered).map(({ id }) => id))).toEqual(this.delivered);
    const alive = new Set(this.processes.map(({ run }) => run.id));
    const undelivered = events.filter(({ delivered, runId }) => !delivered && !alive.has(runId));
    expect([...journal.undeliveredEvents(CAMPAIGN)]).toEqual(undelivered);
    const added = [...journal.runs()].reduce((total, { counts }) => total + (counts.added ?? 0), 0);
    expect(added).toBe(this.real.size);
    for (const { runId, personId } of journal.openIntents(CAMPAIGN)) {
      expect(alive.has(runId)).toBe(false);
      expect(PEOPLE).toContain(personId);
    }
  }
}

describe('any order of begin, conclude, recover, deliver, finish and crash of two processes', () => {
  it('keeps one event per done change, loses none, and leaves undelivered what nobody marked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0, 1), step), { minLength: 1, maxLength: 25 }), (steps) => {
        const world = new World();
        try {
          for (const [index, todo] of steps) world.act(index, todo);
          world.check();
        } finally {
          world.fixture.dispose();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves open only what was begun and not concluded', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(person, fc.boolean()), { maxLength: 12 }), (rows) => {
        const fixture = journalFixture();
        try {
          const journal = fixture.open();
          const run = fixture.start(journal);
          const ids = run.begin(rows.map(([who]) => intentFor(who)));
          const left = ids.filter((_, index) => rows[index]?.[1] === true);
          run.conclude(ids.filter((id) => !left.includes(id)).map((id) => notDone(id)));
          fixture.crash(journal);
          expect(
            fixture
              .open()
              .openIntents(CAMPAIGN)
              .map(({ intentId }) => intentId),
          ).toEqual(left);
        } finally {
          fixture.dispose();
        }
      }),
      { numRuns: 30 },
    );
  });
});
