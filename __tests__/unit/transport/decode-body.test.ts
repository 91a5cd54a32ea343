import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decodeBody } from '../../../src/transport/undici-send.ts';

const text = '{"name":"Müller 😀"}'.repeat(50);
const bytes = Buffer.from(text);
const MEGABYTE = 1024 * 1024;

describe('decodeBody', () => {
  it.each([
    ['nothing', undefined, bytes],
    ['identity', 'identity', bytes],
    ['gzip', 'gzip', gzipSync(bytes)],
    ['x-gzip, in capitals', 'X-GZIP', gzipSync(bytes)],
    ['brotli', 'br', brotliCompressSync(bytes)],
    ['several, the last undone first', 'gzip, br', brotliCompressSync(gzipSync(bytes))],
  ])('undoes %s', async (_name, encoding, data) => {
    await expect(decodeBody(data, encoding, MEGABYTE)).resolves.toBe(text);
  });

  it('takes an empty body with an encoding for empty', async () => {
    await expect(decodeBody(Buffer.alloc(0), 'gzip', MEGABYTE)).resolves.toBe('');
  });

  it('leaves a byte order mark out', async () => {
    await expect(decodeBody(Buffer.from('\uFEFF{}'), undefined, MEGABYTE)).resolves.toBe('{}');
  });

  it('refuses what was cut off', async () => {
    await expect(decodeBody(gzipSync(bytes).subarray(0, 40), 'gzip', MEGABYTE)).rejects.toThrow(/unexpected end/);
  });

  it('refuses an encoding that was not asked for', async () => {
    await expect(decodeBody(bytes, 'zstd', MEGABYTE)).rejects.toThrow(/"zstd"/);
    await expect(decodeBody(bytes, 'constructor', MEGABYTE)).rejects.toThrow(/"constructor"/);
  });

  it('stops at the limit, so that a small answer cannot fill the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * MEGABYTE));
    await expect(decodeBody(bomb, 'gzip', MEGABYTE)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' });
  });
});
