import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { uuidV5 } from '../../../src/dataverse/uuid-v5.ts';

const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** RFC 9562 §5.5, in so many words. */
function expected(name: string): string {
  const octets = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(Buffer.from(name, 'utf8'))
    .digest()
    .subarray(0, 16);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x50;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

describe('uuidV5 of names of any length', () => {
  const idOf = uuidV5(NAMESPACE);

  it.each(['a', 'é', '€', '😀', '\ud800', '\0'])('takes every octet of %j, however often it stands', (unit) => {
    for (const length of [0, 1, 682, 683, 1364, 1365, 1366, 2047, 2048, 4095, 4096, 4097, 9000]) {
      const name = unit.repeat(length);
      expect(idOf(name)).toBe(expected(name));
    }
  });

  it('has nothing of the name before it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 10 }), (names) => {
        expect(names.map(idOf)).toEqual(names.map(expected));
      }),
    );
  });
});
