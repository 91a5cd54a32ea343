import type { OutcomeName } from '../../../src/events.ts';
import { type HowFar, progressLine } from '../../../src/run/progress.ts';
import { startCounting } from '../../../src/run/summary.ts';

const line = (change: Partial<HowFar>): string =>
  progressLine({ done: 1200, total: undefined, seconds: 2, waitingSeconds: 0, came: undefined, ...change });

describe('progressLine', () => {
  it.each<[string, Partial<HowFar>, string]>([
    ['no total where it is not known', {}, '1200 people, 600/s'],
    ['the total where it is', { total: 5000 }, '1200 of 5000 people, 600/s'],
    ['no total that is too small to be one', { total: 5 }, '1200 people, 600/s'],
    ['no rate in the first second', { seconds: 0.9 }, '1200 people'],
    ['the wait in place of a rate', { waitingSeconds: 8 }, '1200 people, waiting 8 s for the server'],
    ['what it is about', { label: 'Planning' }, 'Planning: 1200 people, 600/s'],
    ['one person', { done: 1, total: 1, seconds: 0 }, '1 of 1 person'],
  ])('says %s', (_what, change, expected) => {
    expect(line(change)).toBe(expected);
  });

  const came = (outcomes: Readonly<Partial<Record<OutcomeName, number>>>) => {
    const counter = startCounting();
    for (const [outcome, people] of Object.entries(outcomes))
      for (let person = 0; person < people; person += 1)
        counter.add({ outcome: outcome as OutcomeName, place: { source: '-', line: 1, ref: '' }, columns: {} });
    return counter.current();
  };

  it('fits 80 columns with a million people while they go well', () => {
    const counts = { ...came({}), outcomes: { added: 990_000, excluded: 9_000, invalid: 999 } };
    const text = line({ done: 999_999, total: 1_000_000, seconds: 300, came: counts });
    expect(text.length).toBeLessThan(78);
  });

  it('counts by kind, and leaves out what there is none of', () => {
    const counts = came({ added: 2, removed: 1, excluded: 1, 'already-member': 1, invalid: 1, unconfirmed: 1 });
    expect(line({ came: counts })).toBe('1200 people, 600/s: 2 added, 1 removed, 2 skipped, 1 failed, 1 open');
    expect(line({ came: came({}) })).toBe('1200 people, 600/s');
  });
});
