import fc from 'fast-check';
import type { BatchWork } from '../../../src/change/batch-result.ts';
import { CampaignError } from '../../../src/errors.ts';
import type { OutcomeName } from '../../../src/events.ts';
import type { InputRow } from '../../../src/input/input-row.ts';
import type { Outcome } from '../../../src/input/outcome.ts';
import { outcomeOf } from '../../../src/input/outcome.ts';
import { MASS_REJECTION } from '../../../src/run/mass-refusal.ts';
import { batchesInFlight, type PipelineOptions, pipeline } from '../../../src/run/pipeline.ts';
import { shardOfRow } from '../../../src/run/shard.ts';
import { exitCodeOf } from '../../../src/terminal/exit-codes.ts';
import { byEmail, INVALID } from '../change/people.ts';
import { manualClock } from '../transport/manual-clock.ts';

const person = (place: number) => byEmail(`p${place}@x.de`);
const all = (rows: readonly InputRow[], outcome: OutcomeName, more: Partial<Outcome> = {}): Outcomes =>
  new Map(rows.map((row) => [row, outcomeOf(row, outcome, more)]));

async function* stream<Thing>(things: readonly Thing[]): AsyncGenerator<Thing> {
  yield* things;
}

type Outcomes = ReadonlyMap<InputRow, Outcome>;
type SimpleWork = (rows: readonly InputRow[]) => Outcomes;

async function run(rows: readonly InputRow[], work: SimpleWork, more: Partial<PipelineOptions> = {}) {
  const batches = pipeline({
    rows: stream([rows]),
    async *work(some): BatchWork {
      yield { outcomes: work(some) };
    },
    batchSize: 2,
    limit: 1,
    clock: { ...manualClock(), sleep: () => new Promise(() => undefined) },
    stop: new AbortController().signal,
    drains: true,
    ...more,
  });
  const outcomes: Outcome[] = [];
  const fatal: unknown[] = [];
  for await (const result of batches) {
    outcomes.push(...result.outcomes);
    if (result.fatal !== undefined) fatal.push(result.fatal);
  }
  return { names: outcomes.map((outcome) => outcome.outcome), outcomes, fatal };
}

describe('pipeline', () => {
  it('gives one outcome per row, in the order of the input', async () => {
    const rows = [person(1), INVALID, person(2), person(3), person(4)];
    const { outcomes } = await run(rows, (some) => all(some, 'added'), { limit: 3 });
    expect(outcomes.map((outcome) => outcome.place)).toEqual(rows.map((row) => row.place));
  });

  it('never shows people who are left out to the work', async () => {
    const seen: InputRow[] = [];
    const work = (some: readonly InputRow[]) => {
      seen.push(...some);
      return all(some, 'added');
    };
    const rows = [person(1), person(2), person(3)];
    const { names } = await run(rows, work, { leftOut: (row) => (row === rows[1] ? 'excluded' : undefined) });
    expect(names).toEqual(['added', 'excluded', 'added']);
    expect(seen).toEqual([rows[0], rows[2]]);
  });

  it('ends after an error, and calls everybody behind it not reached', async () => {
    let calls = 0;
    const error = new CampaignError('LIST_LOCKED', 'locked');
    const work = (some: readonly InputRow[]) => {
      calls += 1;
      if (calls === 2) throw error;
      return all(some, 'added');
    };
    const rows = [1, 2, 3, 4, 5, 6].map(person);
    const drained = await run(rows, work);
    expect(drained.names).toEqual(['added', 'added', ...Array(4).fill('not-reached')]);
    expect(drained.outcomes.at(-1)).toMatchObject({ code: 'LIST_LOCKED', message: 'locked' });
    expect(drained.fatal[0]).toBe(error);
    calls = 0;
    const cut = await run(rows, work, { drains: false });
    expect(cut.names).toEqual(['added', 'added', 'not-reached', 'not-reached']);
    expect(calls).toBe(2);
  });

  it.each([
    ['rejected', 69],
    ['forbidden', 5],
  ] as const)('stops when a thousand in a row are %s for the same reason, with %d', async (outcome, exit) => {
    const rows = Array.from({ length: MASS_REJECTION + 400 }, (_, place) => person(place));
    const refused = (some: readonly InputRow[]) =>
      all(some, some[0] === rows[0] ? 'added' : outcome, { code: '0x80040265', message: 'no' });
    const { fatal, names } = await run(rows, refused, { batchSize: 100 });
    expect(fatal[0]).toMatchObject({ code: 'MASS_REJECTION', message: expect.stringContaining('0x80040265') });
    expect(exitCodeOf(fatal[0])).toBe(exit);
    expect(names.filter((name) => name === 'not-reached')).toHaveLength(300);
  });

  it.each([
    ['somebody is added in between', (place: number) => (place === 500 ? 'added' : 'rejected'), () => '0x1'],
    ['they are refused for different reasons', () => 'rejected' as const, (place: number) => `0x${place % 2}`],
    ['they were in already', () => 'already-member' as const, () => ''],
  ])('does not stop when %s', async (_, outcome, code) => {
    const rows: InputRow[] = Array.from({ length: MASS_REJECTION + 100 }, (_, place) => person(place));
    const work = (some: readonly InputRow[]) =>
      new Map(
        some.map((row) => {
          const place = rows.indexOf(row);
          return [row, outcomeOf(row, outcome(place), { code: code(place) })];
        }),
      );
    expect((await run(rows, work, { batchSize: 100 })).fatal).toEqual([]);
  });
});

describe('batchesInFlight', () => {
  it.each([
    ['what the gate lets pass, and one in hand', undefined, { requests: 4, writes: undefined }, 5],
    ['less where writes to a list wait for each other', undefined, { requests: 4, writes: 1 }, 2],
    ['no more than that, however much --concurrency allows', 50, { requests: 4, writes: undefined }, 5],
    ['no more than that while writes wait for each other', 50, { requests: 4, writes: 1 }, 2],
    ['no more than --concurrency allows', 3, { requests: 3, writes: undefined }, 3],
    ['one after the other with --concurrency 1', 1, { requests: 1, writes: 1 }, 1],
  ])('is %s', (_, concurrency, allowed, batches) => {
    expect(batchesInFlight(concurrency, allowed)).toBe(batches);
  });
});

describe('shardOfRow', () => {
  it.each([
    ['its text', { source: '-', line: 3, ref: 'not-an-address' }, { source: 'b.csv', line: 9, ref: 'not-an-address' }],
    ['its line where it has none', { source: '-', line: 3, ref: '' }, { source: 'b.csv', line: 3, ref: '' }],
  ])('sends a row that names nobody to one shard, by %s', (_what, place, same) => {
    const shard = shardOfRow({ kind: 'invalid', place }, 1_000_003);
    expect(shardOfRow({ kind: 'invalid', place: same }, 1_000_003)).toBe(shard);
    expect(
      shardOfRow({ kind: 'invalid', place: { ...place, line: 4, ref: place.ref && 'other' } }, 1_000_003),
    ).not.toBe(shard);
  });

  it('is one of the shards and always the same, however the person is named', () => {
    const key = fc.oneof(
      fc.emailAddress().map((email) => ({ by: 'email', email }) as const),
      fc.uuid().map((id) => ({ by: 'id', id }) as const),
      fc.string().map((value) => ({ by: 'column', value }) as const),
    );
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 50 }), (some, shards) => {
        const shard = shardOfRow({ kind: 'person', key: some }, shards);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
        expect(shardOfRow({ kind: 'person', key: { ...some } }, shards)).toBe(shard);
      }),
    );
  });
});
