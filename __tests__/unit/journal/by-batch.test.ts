import { byBatch } from '../../../src/journal/by-batch.ts';

const BATCHES = [
  { first: 1, last: 3 },
  { first: 6, last: 9 },
];
const parted = (numbers: readonly number[]) => [
  ...byBatch(numbers, (number) => BATCHES.find(({ last }) => last >= number)),
];

describe('byBatch', () => {
  it.each([
    ['nothing', [], []],
    [
      'unsorted numbers',
      [9, 2, 6, 1],
      [
        [1, 2],
        [6, 9],
      ],
    ],
    ['numbers between batches and behind the last one', [4, 5, 7, 10], [[7]]],
    ['a number twice', [3, 3], [[3, 3]]],
  ])('parts %s', (_name, numbers, held) => {
    expect(parted(numbers).map((part) => part.numbers)).toEqual(held);
  });
});
