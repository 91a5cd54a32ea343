import fc from 'fast-check';
import { displayWidth, pad, truncate } from '../../../src/terminal/display-width.ts';

describe('displayWidth', () => {
  it.each([
    ['ASCII', 'abc', 3],
    ['umlauts', 'äöü', 3],
    ['a combining mark', 'e\u0301', 1],
    ['Japanese', '春の', 4],
    ['Hangul', '한국', 4],
    ['an emoji', '🎉', 2],
    ['a family', '👨‍👩‍👧', 2],
    ['nothing', '', 0],
  ])('is right for %s', (_name, text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('truncate', () => {
  it.each([
    ['abcdef', 4, 'abc…'],
    ['春の花', 5, '春の…'],
    ['春の花', 4, '春…'],
    ['abc', 3, 'abc'],
    ['abc', 0, ''],
  ])('cuts %s to %i columns', (text, columns, expected) => {
    expect(truncate(text, columns)).toBe(expected);
  });

  it('never gives more than it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
        expect(displayWidth(truncate(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('pad', () => {
  it('fills by columns, not by characters', () => {
    expect(pad('春', 4)).toBe('春  ');
  });
});
