import {
  defaultMaxRemovals,
  emptyInputError,
  type InputRead,
  nobodyMatchedError,
  onlyAdds,
} from '../../../../src/run/apply/guards.ts';

const READ: InputRead = {
  rows: 10,
  matched: 9,
  emptySources: [],
  doubtful: 0,
  firstDoubtful: undefined,
  unseen: '',
  failure: undefined,
};
const place = { source: 'people.csv', line: 7, ref: '' };

describe('defaultMaxRemovals', () => {
  it.each([
    // Few people: all of them may be meant.
    [0, 10],
    [10, 10],
    [20, 10],
    [23, 11],
    [100, 50],
    [200, 100],
    [1_009, 100],
    [1_010, 101],
    [250_000, 25_000],
  ])('of %i people whom flow actions put in is %i', (ours, most) => {
    expect(defaultMaxRemovals(ours)).toBe(most);
  });
});

describe('emptyInputError', () => {
  it.each([
    ['every input names somebody', {}, undefined],
    ['one of several names nobody', { emptySources: ['b.csv'] }, 'b.csv has no people: nothing was changed.'],
    ['stdin names nobody', { emptySources: ['-'] }, 'stdin has no people: nothing was changed.'],
    ['it could not be read: that error is enough', { emptySources: ['b.csv'], failure: new Error('x') }, undefined],
  ])('when %s', (_name, change, message) => {
    expect(emptyInputError({ ...READ, ...change })?.message).toBe(message);
  });
});

describe('nobodyMatchedError', () => {
  it.each([
    ['somebody is known', { matched: 1 }, 5, undefined],
    ['nobody is known, and nobody would be removed', { matched: 0 }, 0, undefined],
    ['there are no rows: that is an empty input', { matched: 0, rows: 0 }, 5, undefined],
    ['nobody is known, and somebody would be removed', { matched: 0 }, 5, 'NOBODY_MATCHED'],
  ])('when %s', (_name, change, planned, code) => {
    expect(nobodyMatchedError({ ...READ, ...change }, planned)?.code).toBe(code);
  });
});

describe('onlyAdds', () => {
  it.each([
    ['all was understood', {}, undefined],
    ['the input broke off', { failure: new Error('x') }, 'the input was not read to its end'],
    [
      'a column may be hidden',
      { unseen: 'lead.new_code' },
      'lead.new_code shows no value, and it cannot be read whether column security hides it',
    ],
    ['one row is doubtful', { doubtful: 1, firstDoubtful: place }, 'one row could mean anyone (people.csv, line 7)'],
    ['three are', { doubtful: 3, firstDoubtful: place }, '3 rows could mean anyone (people.csv, line 7 is the first)'],
  ])('when %s', (_name, change, reason) => {
    expect(onlyAdds({ ...READ, ...change })?.reason).toBe(reason);
  });
});
