import { assert, property, string } from 'fast-check';
import { jsonMember, jsonText } from '../../../src/membership/json-text.ts';

describe('JSON from parts', () => {
  it('writes every text as JSON.stringify does', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(jsonText(text)).toBe(JSON.stringify(text));
        expect(JSON.parse(`{"a":1${jsonMember('b', text)}}`)).toEqual({
          a: 1,
          b: text.isWellFormed() ? text : JSON.parse(JSON.stringify(text)),
        });
      }),
    );
  });

  it.each(['', '"', '\\', '\n', '\u2028', 'Zoë', '\u007f', '\ud800', ' ~!#[]'])(
    'writes %j as JSON.stringify does',
    (text) => {
      expect(jsonText(text)).toBe(JSON.stringify(text));
    },
  );

  it('leaves out what is undefined', () => {
    expect(jsonMember('b', undefined)).toBe('');
  });
});
