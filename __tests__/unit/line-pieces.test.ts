import fc from 'fast-check';
import { lineLength, lineText, pushPieces, wholeLine } from '../../src/line-pieces.ts';

const text = fc.string({ unit: 'binary', maxLength: 6 });
/** A line as its first shared piece and, for each own piece, that and the shared one behind it. */
const cut = fc.tuple(text, fc.array(fc.tuple(text, text), { maxLength: 6 }));

const piecesOf = ([first, pairs]: readonly [string, readonly (readonly [string, string])[]]) => ({
  line: { shared: [first, ...pairs.map(([, shared]) => shared)], own: pairs.map(([own]) => own) },
  whole: first + pairs.map(([own, shared]) => own + shared).join(''),
});

describe('a line in pieces', () => {
  it('is its shared and own pieces by turns, and as long as they are together', () => {
    fc.assert(
      fc.property(cut.map(piecesOf), ({ line, whole }) => {
        expect(lineText(line)).toBe(whole);
        expect(lineLength(line)).toBe(whole.length);
      }),
    );
  });

  it.each([
    ['nothing of its own', { shared: ['a'], own: [] }, 'a'],
    ['own pieces at both ends', { shared: ['', '-', ''], own: ['1', '2'] }, '1-2'],
    ['an own piece that is empty', { shared: ['a', 'b'], own: [''] }, 'ab'],
    ['own pieces side by side', { shared: ['a', '', 'b'], own: ['1', '2'] }, 'a12b'],
  ])('may have %s', (_what, line, whole) => {
    expect(lineText(line)).toBe(whole);
    expect(lineLength(line)).toBe(whole.length);
  });

  it('is appended to what is there already', () => {
    const pieces = ['before '];
    pushPieces(pieces, { shared: ['a', 'b'], own: ['1'] });
    pushPieces(pieces, wholeLine(' after'));
    expect(pieces.join('')).toBe('before a1b after');
  });
});

describe('wholeLine', () => {
  it.each(['', '{"a":1}', 'é – \u{1f600}'])('shares nothing and is the text: %j', (whole) => {
    const line = wholeLine(whole);
    expect(line.own).toEqual([]);
    expect(lineText(line)).toBe(whole);
    expect(lineLength(line)).toBe(whole.length);
  });
});
