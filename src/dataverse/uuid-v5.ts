import { hash } from 'node:crypto';
import { parseGuid } from './guid.ts';

/**
 * A name-based UUID (RFC 9562 §5.5): the same namespace and name give the same id on every machine, for ever.
 * `name` enters as UTF-8, exactly as given.
 */
export function uuidV5(namespace: string, name: string): string {
  const space = parseGuid(namespace);
  if (space === undefined) throw new TypeError(`uuidV5: the namespace is no GUID: ${namespace}`);
  const length = Buffer.byteLength(name, 'utf8');
  const bytes = Buffer.allocUnsafe(16 + length);
  bytes.write(space.replaceAll('-', ''), 0, 16, 'hex');
  bytes.write(name, 16, length, 'utf8');
  // Every event has one: the one-shot hash takes a fraction of what a Hash object does.
  const hex = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
