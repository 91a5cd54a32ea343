import { selectEvents } from '../../../../src/commands/events/select-events.ts';
import { AUTUMN, journalOf, runRecord, SPRING } from '../runs/known-runs.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const LAST = 'bbbbbbbb-0000-4000-8000-000000000002';
const FIRST = 'aaaaaaaa-0000-4000-8000-000000000001';
const runs = [runRecord(LAST), runRecord(FIRST, { campaignId: AUTUMN, campaignName: 'Autumn' })];
const journal = journalOf(runs);

describe('selectEvents', () => {
  it.each([
    ['nothing', {}, { runId: LAST }],
    ['--undelivered', { undelivered: true }, { delivered: false }],
    ['--run', { run: 'aaa' }, { runId: FIRST }],
    ['--all', { all: true }, {}],
    ['--since', { since: { agoMs: 1000 } }, { since: NOW - 1000 }],
    ['--campaign', { campaign: 'Autumn' }, { campaignId: AUTUMN }],
    [
      '--campaign and --since and --undelivered',
      { campaign: SPRING, since: { atMs: 5 }, undelivered: true },
      { campaignId: SPRING, since: 5, delivered: false },
    ],
  ])('with %s selects as it says', (_, options, filter) => {
    expect(selectEvents({ ...journal, runs: () => runs.values() }, options, NOW)?.filter).toEqual(filter);
  });

  it('asks only for the last run when no other is meant', () => {
    const asked: unknown[] = [];
    const noting = (filter: unknown) => {
      asked.push(filter);
      return runs.values();
    };
    selectEvents({ ...journal, runs: noting }, {}, NOW);
    expect(asked).toEqual([{ limit: 1 }]);
  });

  it('selects nothing in a journal without runs', () => {
    expect(selectEvents(journalOf([]), {}, NOW)).toBeUndefined();
  });

  it('refuses a run and a campaign that are not there', () => {
    expect(() => selectEvents(journal, { run: 'ccc' }, NOW)).toThrow('no run "ccc"');
    expect(() => selectEvents(journal, { campaign: 'Winter' }, NOW)).toThrow('"Winter"');
  });
});
