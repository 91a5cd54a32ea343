import { hash } from 'node:crypto';
import { parseGuid } from '../guid.ts';

const OCTETS = 16;
/** Longer names get a buffer of their own. */
const USUAL_NAME_OCTETS = 4096;
/** A UTF-16 unit is three octets of UTF-8 at most. */
const OCTETS_PER_UNIT = 3;

/**
 * Name-based UUIDs (RFC 9562 §5.5): the same namespace and name give the same id on every machine, for ever. The name is hashed as
 * UTF-8, exactly as given.
 */
export function uuidV5(namespace: string): (name: string) => string {
  const space = parseGuid(namespace);
  if (space === undefined) throw new TypeError(`uuidV5: the namespace is no GUID: ${namespace}`);
  const octets = Buffer.from(space.replaceAll('-', ''), 'hex');
  // Buffers are reused: every change makes an id, and a new buffer would cost more than the hash.
  const usual = Buffer.concat([octets, Buffer.alloc(USUAL_NAME_OCTETS)]);
  const toUuid = uuidWriter();
  return (name) => {
    if (name.length * OCTETS_PER_UNIT > USUAL_NAME_OCTETS)
      return toUuid(hash('sha1', Buffer.concat([octets, Buffer.from(name)]), 'binary'));
    const length = OCTETS + usual.write(name, OCTETS);
    return toUuid(hash('sha1', usual.subarray(0, length), 'binary'));
  };
}

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const HYPHEN = 0x2d;
/** Octets with a hyphen before them in 8-4-4-4-12. */
const HYPHEN_BEFORE: ReadonlySet<number> = new Set([4, 6, 8, 10]);
const UUID_LENGTH = 36;

/** Takes a digest with one character per octet. */
function uuidWriter(): (digest: string) => string {
  const text = Buffer.alloc(UUID_LENGTH);
  return (digest) => {
    let at = 0;
    for (let place = 0; place < OCTETS; place += 1) {
      if (HYPHEN_BEFORE.has(place)) text[at++] = HYPHEN;
      const octet = stamped(digest.charCodeAt(place), place);
      text[at++] = HEX_DIGITS[octet >> 4] ?? 0;
      text[at++] = HEX_DIGITS[octet & 0x0f] ?? 0;
    }
    return text.toString('latin1');
  };
}

/** Sets the bits for version 5 and the variant of RFC 9562. */
function stamped(octet: number, place: number): number {
  if (place === 6) return (octet & 0x0f) | 0x50;
  return place === 8 ? (octet & 0x3f) | 0x80 : octet;
}
