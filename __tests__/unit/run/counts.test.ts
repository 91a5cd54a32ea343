import { outcomeOf } from '../../../src/input/outcome.ts';
import { countsText, kindsText, outcomesInWords, startCounting } from '../../../src/run/counts.ts';

const row = { place: { source: 'people.csv', line: 1, ref: '' }, columns: {} };

describe('kindsText', () => {
  it('says what was done and what failed before what was skipped, so that no failure is cut away', () => {
    const outcomes = { 'already-member': 90, ambiguous: 3, 'not-found': 9, added: 1100, unconfirmed: 2 };
    expect(kindsText({ outcomes })).toBe('1,100 added, 12 failed, 2 not finished, 90 skipped');
    expect(outcomesInWords({ outcomes })).toEqual([
      ['Added', '1,100'],
      ['Not found', '9'],
      ['Ambiguous', '3'],
      ['Not confirmed', '2'],
      ['Already in', '90'],
    ]);
  });

  it('does not say of a past run that someone else added people: it may be that nobody knows', () => {
    expect(outcomesInWords({ outcomes: { 'added-by-other': 2 } })).toEqual([['Added by others or unknown', '2']]);
  });
});

describe('startCounting', () => {
  it('counts as created only who is done: of the others nobody knows yet, or they are on no list', () => {
    const counter = startCounting();
    counter.add(outcomeOf(row, 'added', { created: true }));
    counter.add(outcomeOf(row, 'added', { created: false }));
    for (const outcome of ['unconfirmed', 'rejected', 'not-reached'] as const)
      counter.add(outcomeOf(row, outcome, { created: true }));
    expect(counter.current()).toMatchObject({ total: 5, created: 1 });
    expect(countsText(counter.current())).toBe(
      'Added 2 (1 of them created). 1 failed (rejected). 2 not finished (1 not confirmed, 1 not reached).',
    );
  });

  it('counts whom an interrupted run added for that run alone', () => {
    const counter = startCounting();
    const earlierRun = 'a93b3436-0000-4000-8000-000000000001';
    for (const created of [true, false]) counter.add(outcomeOf(row, 'added', { created, earlierRun }));
    expect(countsText(counter.current())).toBe('No changes. 2 were added by run a93b3436.');
    counter.add(outcomeOf(row, 'added'));
    counter.add(outcomeOf(row, 'removed', { earlierRun }));
    expect(counter.current()).toMatchObject({ total: 4, created: 0, outcomes: { added: 1 } });
    expect(countsText(counter.current())).toBe(
      'Added 1. 2 more were added by run a93b3436. 1 more was removed by run a93b3436.',
    );
  });
});
