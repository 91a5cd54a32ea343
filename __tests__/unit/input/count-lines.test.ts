import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countLines } from '../../../src/input/count-lines.ts';

const directory = mkdtempSync(join(tmpdir(), 'dyncamp-lines-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const { signal } = new AbortController();

function count(bytes: string | Uint8Array, encoding?: string): Promise<number | undefined> {
  const path = join(directory, 'people');
  writeFileSync(path, bytes);
  return countLines(path, { encoding, signal });
}

describe('countLines', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 0],
    ['LF', 'a\nb\n', 2],
    ['CR LF', 'a\r\nb\r\n', 2],
    ['CR', 'a\rb\r', 2],
    ['a last line without an end', 'a\nb', 2],
    ['blank lines', '\n\na\n', 3],
    ['a mixture', 'a\r\nb\nc\rd', 4],
  ])('counts %s', async (_what, text, lines) => {
    expect(await count(text)).toBe(lines);
  });

  it('counts a CR LF once that lies across two pieces', async () => {
    const piece = 64 * 1024;
    expect(await count(`${'a'.repeat(piece - 1)}\r\nb\n`)).toBe(2);
  });

  it('counts lines of UTF-16, whose bytes have other meanings', async () => {
    expect(await count(Buffer.from('\ufeffa\u0a0a\nb\n', 'utf16le'))).toBe(2);
    expect(await count(Buffer.from('a\u0a0a\nb\n', 'utf16le'), 'utf-16le')).toBe(2);
  });

  it('leaves alone what is no regular file', async () => {
    expect(await countLines('/dev/null', { signal })).toBeUndefined();
  });

  it('gives nothing when it is ended', async () => {
    const path = join(directory, 'people');
    writeFileSync(path, 'a\n');
    expect(await countLines(path, { signal: AbortSignal.abort() })).toBeUndefined();
  });
});
