import type { OutcomeName } from '../../../src/membership/outcome.ts';
import { cameText, type HowFar, progressLine } from '../../../src/run/progress-line.ts';
import { startTally } from '../../../src/run/summary.ts';

const line = (change: Partial<HowFar>): string =>
  progressLine({ done: 1200, share: { kind: 'unknown' }, seconds: 2, waitingSeconds: 0, came: '', ...change });

describe('progressLine', () => {
  it.each<[string, Partial<HowFar>, string]>([
    ['no total where it is not known', {}, '1200 people, 600/s'],
    ['the total where it is', { share: { kind: 'total', people: 5000 } }, '1200 of 5000 people, 600/s'],
    ['the share of a file', { share: { kind: 'percent', percent: 24 } }, '1200 people (24 %), 600/s'],
    ['no total that is too small to be one', { share: { kind: 'total', people: 5 } }, '1200 people, 600/s'],
    ['no rate in the first second', { seconds: 0.9 }, '1200 people'],
    ['the wait in place of a rate', { waitingSeconds: 8 }, '1200 people, waiting 8 s for the server'],
    [
      'what it is about',
      { label: 'Planning', came: '3 to be removed' },
      'Planning: 1200 people, 600/s: 3 to be removed',
    ],
    ['one person', { done: 1, share: { kind: 'total', people: 1 }, seconds: 0 }, '1 of 1 person'],
  ])('says %s', (_what, change, expected) => {
    expect(line(change)).toBe(expected);
  });

  it('fits 80 columns with a million people while they go well', () => {
    const share = { kind: 'total', people: 1_000_000 } as const;
    const text = line({ done: 999_999, share, seconds: 300, came: '990000 added, 9000 skipped, 999 failed' });
    expect(text.length).toBeLessThan(78);
  });
});

describe('cameText', () => {
  it('counts by kind, and leaves out what there is none of', () => {
    const tally = startTally();
    const outcomes: OutcomeName[] = [
      'added',
      'added',
      'removed',
      'excluded',
      'already-member',
      'invalid',
      'unconfirmed',
    ];
    for (const outcome of outcomes) tally.add({ outcome, place: { source: '-', line: 1, ref: '' }, columns: {} });
    expect(cameText(tally.current())).toBe('2 added, 1 removed, 2 skipped, 1 failed, 1 open');
    expect(cameText(startTally().current())).toBe('');
  });
});
