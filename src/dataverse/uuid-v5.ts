import { createHash } from 'node:crypto';
import { parseGuid } from './guid.ts';

/**
 * A name-based UUID (RFC 9562 §5.5): the same namespace and name give the same id on every machine, for ever.
 * `name` enters as UTF-8, exactly as given.
 */
export function uuidV5(namespace: string, name: string): string {
  const space = parseGuid(namespace);
  if (space === undefined) throw new TypeError(`uuidV5: the namespace is no GUID: ${namespace}`);
  const hash = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
