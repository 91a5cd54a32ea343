import { hash } from 'node:crypto';
import { parseGuid } from './guid.ts';

/**
 * Name-based UUIDs (RFC 9562 §5.5) of a namespace: the same namespace and name give the same id on every machine, for ever.
 * The name enters as UTF-8, exactly as given.
 */
export function uuidV5(namespace: string): (name: string) => string {
  const space = parseGuid(namespace);
  if (space === undefined) throw new TypeError(`uuidV5: the namespace is no GUID: ${namespace}`);
  const prefix = Buffer.from(space.replaceAll('-', ''), 'hex').toString('latin1');
  return (name) => toUuid(hash('sha1', Buffer.from(prefix + octetsOf(name), 'latin1'), 'hex'));
}

const ASCII = /^[\0-\x7f]*$/;

/** A character for each byte of the UTF-8: nearly every name is that already. */
const octetsOf = (name: string): string => (ASCII.test(name) ? name : Buffer.from(name).toString('latin1'));

const VARIANT = '89ab';

function toUuid(hex: string): string {
  const variant = VARIANT.charAt(Number.parseInt(hex.charAt(16), 16) & 0x3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
