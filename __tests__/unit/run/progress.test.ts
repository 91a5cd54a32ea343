import type { OutcomeName } from '../../../src/events.ts';
import { outcomeOf } from '../../../src/input/outcome.ts';
import type { Context } from '../../../src/run/context.ts';
import { startCounting } from '../../../src/run/counts.ts';
import { type HowFar, openRunProgress, progressLine, rateOf, showWaiting } from '../../../src/run/progress.ts';
import { fakeTerminal } from '../../support/terminal.ts';
import { byEmail } from '../change/people.ts';
import { steppedClock } from '../transport/manual-clock.ts';

const came = (outcomes: Readonly<Partial<Record<OutcomeName, number>>> = {}) => ({
  ...startCounting().current(),
  outcomes,
});

const line = (change: Partial<HowFar>): string =>
  progressLine({ done: 1200, total: undefined, perSecond: 600, waitingSeconds: 0, came: came(), ...change });

describe('progressLine', () => {
  it.each<[string, Partial<HowFar>, string]>([
    ['no total where it is not known', {}, '1,200 people, 600/s'],
    ['the total where it is, and how long the rest takes', { total: 5000 }, '1,200 of 5,000 people, 600/s, 7 s left'],
    ['minutes', { total: 400_000 }, '1,200 of 400,000 people, 600/s, 12 min left'],
    ['hours', { total: 5_000_000 }, '1,200 of 5,000,000 people, 600/s, 2 h 19 min left'],
    ['nothing left at the end', { total: 1200 }, '1,200 of 1,200 people, 600/s'],
    ['no total that is too small to be one', { total: 5 }, '1,200 people, 600/s'],
    [
      'that something is done while nobody is done yet',
      { done: 0, total: 5000, inHand: 2000, perSecond: undefined },
      '0 of 5,000 people, working on 2,000',
    ],
    ['the total from the start', { done: 0, total: 5000, perSecond: undefined }, '0 of 5,000 people'],
    ['the wait, not a rate', { total: 5000, waitingSeconds: 8 }, '1,200 of 5,000 people, waiting 8 s for the server'],
    ['that it goes on, however slowly', { perSecond: 0.2 }, '1,200 people, 1/s'],
    ['what it is about', { label: 'Planning' }, 'Planning: 1,200 people, 600/s'],
    ['one person', { done: 1, total: 1, perSecond: undefined }, '1 of 1 person'],
  ])('says %s', (_what, change, expected) => {
    expect(line(change)).toBe(expected);
  });

  it('counts by kind, failures first, and leaves out what there is none of', () => {
    const some = came({ added: 2000, removed: 1, excluded: 1, 'already-member': 1, invalid: 1, unconfirmed: 1 });
    expect(line({ came: some })).toBe(
      '1,200 people, 600/s: 1 failed, 2,000 added, 1 removed, 2 skipped, 1 not finished',
    );
  });

  it('shows the failures in 80 columns with a million people', () => {
    const counts = came({ added: 990_000, excluded: 9_000, invalid: 999 });
    const text = line({ done: 999_998, total: 1_000_000, perSecond: 3333.4, came: counts });
    expect(text.slice(0, 77)).toBe('999,998 of 1,000,000 people, 3,333/s, 1 s left: 999 failed, 990,000 added, 9,');
  });
});

/** A terminal, and a clock on which time passes when the test says so. */
function watched() {
  const fake = fakeTerminal();
  const clock = steppedClock();
  return { context: { terminal: fake.terminal, clock } as unknown as Context, clock, stderr: fake.stderr };
}

it('showWaiting says in the first seconds what is waited for, and no more once it has ended', async () => {
  const { context, clock, stderr } = watched();
  const stop = showWaiting(context, { label: 'Connecting', waitingSeconds: () => 8 });
  await clock.advance(999);
  expect(stderr()).toBe('');
  await clock.advance(10_001);
  expect(stderr()).toBe('Connecting, waiting 8 s for the server\n');
  await stop();
  await clock.advance(20_000);
  expect(stderr()).toBe('Connecting, waiting 8 s for the server\n');
});

it('openRunProgress counts whom the server has answered for before their batch is done', async () => {
  const { context, clock, stderr } = watched();
  const { noteKnown, note, stop } = await openRunProgress(context, { total: () => 2000, waitingSeconds: () => 0 });
  const rows = Array.from({ length: 300 }, (_, place) => byEmail(`p${place}@x.de`));
  noteKnown(rows);
  await clock.advance(10_000);
  expect(stderr()).toContain('300 of 2,000 people');
  note(
    rows,
    rows.map((row) => outcomeOf(row, 'added')),
  );
  await clock.advance(11_000);
  expect(stderr()).toMatch(/\n300 of 2,000 people.*: 300 added\n$/);
  await stop();
});

describe('rateOf', () => {
  const seen = [
    { atMs: 10_000, done: 0 },
    { atMs: 11_000, done: 4000 },
  ];

  it.each<[string, Parameters<typeof rateOf>, number | undefined]>([
    ['since the oldest that was seen', [seen, { atMs: 12_000, done: 5000 }], 2500],
    ['not in the first second', [seen, { atMs: 10_900, done: 5000 }], undefined],
    ['not while nobody is done', [seen.slice(1), { atMs: 13_000, done: 4000 }], undefined],
    ['not of nothing', [[], { atMs: 13_000, done: 4000 }], undefined],
  ])('is %s', (_when, args, expected) => {
    expect(rateOf(...args)).toBe(expected);
  });
});
