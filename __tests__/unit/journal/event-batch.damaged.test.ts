import { headsOf, keepLines, timesOf, toEventBatch } from '../../../src/journal/event-batch.ts';
import { eventFor } from './fixture.ts';

const events = [eventFor('a'), eventFor('b')];
const row = {
  first: 1,
  last: 2,
  untold: null,
  heads: headsOf(events, timesOf(events, 0)),
  ...keepLines(events),
  run_id: 'run',
  campaign_id: 'campaign',
};

describe('a damaged column of lines', () => {
  it.each([
    ['a form that is not there', '0\t\u0001\n1\t\u0001'],
    ['no form at all', '0\t\u0001\n'],
    ['a line too few', '0\t\u0001'],
    ['a piece too few', '0\t\u0001\n0'],
    ['a piece too many', '0\t\u0001\n0\t\u0001\tx'],
  ])('is refused, and never told as an empty or half event: %s', (_what, lines) => {
    expect(() => toEventBatch({ ...row, lines }).events()).toThrow();
  });
});
