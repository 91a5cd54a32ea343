/** Content-Encoding (RFC 9110 §8.4), which undici's request() leaves to its caller. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

const unzip = promisify(gunzip);
const unbrotli = promisify(brotliDecompress);
const unzlib = promisify(inflate);
const unraw = promisify(inflateRaw);

export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

type Limit = { maxOutputLength: number };

/** "deflate" is zlib by the standard, but some servers send raw deflate. The zlib header (method 8, checksum) distinguishes them. */
function undeflate(bytes: Buffer, limit: Limit): Promise<Buffer> {
  const [first = 0, second = 0] = bytes;
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return isZlib ? unzlib(bytes, limit) : unraw(bytes, limit);
}

const DECODERS: Readonly<Record<string, (bytes: Buffer, limit: Limit) => Promise<Buffer>>> = {
  gzip: unzip,
  'x-gzip': unzip,
  br: unbrotli,
  deflate: undeflate,
  identity: (bytes) => Promise.resolve(bytes),
};

/**
 * The body's text (UTF-8, without a byte order mark). Encodings are undone in reverse order.
 * @throws an Error when an encoding is unknown, the data is broken or cut off, or more than `maxBytes` come out (code ERR_BUFFER_TOO_LARGE).
 */
export async function decodeBody(
  bytes: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  let plain = bytes;
  const encodings = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  for (const name of encodings.filter((each) => each !== '').reverse()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decode === undefined) throw new Error(`the answer is encoded as "${name}", which was not asked for`);
    // An answer without a body may still carry the header.
    if (plain.length > 0) plain = await decode(plain, { maxOutputLength: maxBytes });
  }
  const text = plain.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
