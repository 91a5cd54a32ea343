import fc from 'fast-check';
import { jsonContent } from '../../../src/membership/json-text.ts';

describe('JSON from parts', () => {
  it('writes every text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(`"${jsonContent(text)}"`).toBe(JSON.stringify(text));
      }),
    );
  });

  it.each(['', '"', '\\', '\n', '\u2028', 'Zoë', '\u007f', '\ud800', ' ~!#[]'])(
    'writes %j as JSON.stringify does',
    (text) => {
      expect(`"${jsonContent(text)}"`).toBe(JSON.stringify(text));
    },
  );
});
