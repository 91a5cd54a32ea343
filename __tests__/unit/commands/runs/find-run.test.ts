import { findRun } from '../../../../src/commands/runs/local-journal.ts';
import { journalOf, runRecord } from './known-runs.ts';

const FIRST = '5f0c9a1e-0000-4000-8000-000000000001';
const SECOND = '5f0c9a1e-0000-4000-8000-000000000002';
const THIRD = 'a1b2c3d4-0000-4000-8000-000000000003';
const journal = journalOf([THIRD, SECOND, FIRST].map((id) => runRecord(id)));

describe('findRun', () => {
  it.each([
    ['the whole id', SECOND, SECOND],
    ['in upper case, with blanks', ` ${THIRD.toUpperCase()} `, THIRD],
    ['as much of it as is unique', 'a1', THIRD],
    ['the word for the newest', 'last', THIRD],
  ])('finds a run by %s', (_, text, id) => {
    expect(findRun(journal, text).id).toBe(id);
  });

  it('does not choose among several', () => {
    expect(() => findRun(journal, '5f0c')).toThrow(
      expect.objectContaining({ code: 'RUN_AMBIGUOUS', message: expect.stringContaining(FIRST) }),
    );
  });

  it.each([
    ['mistyped', 'a1b2c3e4', `Did you mean ${THIRD}? `],
    ['of nothing like it', 'ffffffff', ''],
    ['of no text', '', ''],
  ])('says what was probably meant by an id that is %s', (_, text, meant) => {
    expect(() => findRun(journal, text)).toThrow(
      expect.objectContaining({
        code: 'RUN_NOT_FOUND',
        hint: `${meant}\`dyncamp runs list\` shows the runs of the last 30 days.`,
      }),
    );
  });
});
