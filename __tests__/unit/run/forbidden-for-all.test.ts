import type { OutcomeName } from '../../../src/events.ts';
import type { Outcome } from '../../../src/input/outcome.ts';
import { forbiddenForAll } from '../../../src/run/mass-refusal.ts';

const outcome = (name: OutcomeName, message?: string): Outcome => ({
  outcome: name,
  place: { source: '-', line: 1, ref: 'a@x.example' },
  columns: {},
  ...(message === undefined ? {} : { message, code: '0x80040220' }),
});

describe('forbiddenForAll', () => {
  it('names the privilege and ends the run when everybody who was sent was refused', () => {
    const refused = outcome('forbidden', 'Principal user is missing prvAppendToList privilege');
    const error = forbiddenForAll([outcome('already-member'), refused, refused]);
    expect(error).toMatchObject({ category: 'privilege', code: 'PRIVILEGE_MISSING', dataverseCode: '0x80040220' });
    expect(error?.hint).toContain('prvAppendToList');
  });

  it.each([
    ['somebody was done', [outcome('forbidden', 'no'), outcome('added')]],
    ['somebody was refused for another reason', [outcome('forbidden', 'no'), outcome('rejected', 'locked')]],
    ['nobody was sent', [outcome('already-member'), outcome('not-found')]],
  ])('leaves it to the people when %s', (_, outcomes) => {
    expect(forbiddenForAll(outcomes)).toBeUndefined();
  });
});
