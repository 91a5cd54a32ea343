import fc from 'fast-check';
import { safeJson, safeLines, safeText } from '../../../src/terminal/safe-text.ts';

const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('safeText', () => {
  it.each([
    ['ordinary text', 'Frühjahr 2026 – 春', 'Frühjahr 2026 – 春'],
    ['an escape sequence', 'a\u001b[31mb', 'a␛[31mb'],
    ['a line feed and a tab', 'a\nb\tc\r\nd', 'a b c d'],
    ['a right-to-left override', 'invoice\u202etxt.exe', 'invoicetxt.exe'],
    ['an isolate', 'a\u2066b\u2069', 'ab'],
    ['a zero-width space', 'ad\u200bmin', 'admin'],
    ['a byte order mark', '\ufeffname', 'name'],
    ['a C1 control', 'a\u009bb', 'a<9B>b'],
    ['DEL', 'a\u007fb', 'a␡b'],
    ['a line separator', 'a\u2028b', 'a b'],
    ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
    ['a filler without ink', 'a\u3164b', 'ab'],
  ])('makes %s harmless', (_name, text, expected) => {
    expect(safeText(text)).toBe(expected);
  });

  it('leaves nothing in any text that could steer a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(safeText(text)).not.toMatch(DANGEROUS);
      }),
    );
  });
});

describe('safeLines', () => {
  it('keeps line feeds and nothing else', () => {
    expect(safeLines('a\u001b\r\nb\u202e\nc')).toBe('a␛\nb\nc');
  });
});

describe('safeJson', () => {
  it('means the same to a parser, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const safe = safeJson(JSON.stringify({ text }));
        expect(JSON.parse(safe)).toEqual({ text });
        expect(safe).not.toMatch(DANGEROUS);
      }),
    );
  });

  it('escapes a bidirectional override and an astral tag', () => {
    expect(safeJson('"\u202e\u{e0041}"')).toBe('"\\u202e\\udb40\\udc41"');
  });
});
