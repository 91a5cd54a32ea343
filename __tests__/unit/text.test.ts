import fc from 'fast-check';
import { editDistance, nearest } from '../../src/text.ts';

describe('editDistance', () => {
  it.each([
    ['equal words', 'add', 'add', 0],
    ['one letter more', 'ad', 'add', 1],
    ['one letter less', 'adds', 'add', 1],
    ['another letter', 'adf', 'add', 1],
    ['two neighbours swapped', 'lsit', 'list', 1],
    ['nothing against a word', '', 'list', 4],
    ['astral letters as one each', '𝒜b', '𝒜c', 1],
  ])('counts for %s the edits', (_name, from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it('is the same in both directions and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
      }),
    );
  });
});

describe('nearest', () => {
  const commands = ['add', 'remove', 'apply', 'campaigns', 'members', 'sync', 'emulator'];
  it.each([
    ['a missing letter', 'campaign', 'campaigns'],
    ['a swap', 'snyc', 'sync'],
    ['another case', 'ADD', 'add'],
    ['a beginning', 'emul', 'emulator'],
  ])('finds by %s', (_name, word, expected) => {
    expect(nearest(word, commands)).toBe(expected);
  });

  it.each([
    ['nothing', ''],
    ['another word', 'wibble'],
    ['a letter that no word is near', 'x'],
  ])('finds none for %s', (_name, word) => {
    expect(nearest(word, commands)).toBeUndefined();
  });

  it('takes the nearer of two', () => {
    expect(nearest('Spring Launhc', ['Spring Lunch 2025', 'Spring Launch'])).toBe('Spring Launch');
  });
});
