import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { openPeople } from '../../../src/input/open-people.ts';
import { checkFiles } from '../../../src/input/source-bytes.ts';
import { brief, read } from './read-people.ts';

const MIB = 1024 * 1024;

function* repeated(before: string, part: string, times: number, after: string): Generator<string> {
  yield before;
  for (let index = 0; index < times; index += 1) yield part;
  yield after;
}

describe('openPeople at its limits', () => {
  const tenth = 'x'.repeat(MIB / 10);

  it.each([
    ['ids', 'a@x.example\n', '\nb@x.example\n', '1 a, 2 LINE_TOO_LONG, 3 b'],
    ['CSV', 'email,city\na@x.example,\n"', '"\nb@x.example,\n', '2 a, 3 LINE_TOO_LONG, 4 b'],
    ['JSON Lines', '{"email":"a@x.example"}\n', '\n{"email":"b@x.example"}', '1 a, 2 LINE_TOO_LONG, 3 b'],
    ['ids, of which it is the first', '', '\nb@x.example\n', '1 LINE_TOO_LONG, 2 b'],
  ])('answers a line over 1 MiB and goes on: %s', async (_, before, after, expected) => {
    expect(brief(await read(repeated(before, tenth, 100, after)))).toBe(expected);
  });

  it('counts bytes, not characters', async () => {
    const line = 'ä'.repeat(MIB / 2 - 5);
    const found = await read([`${line}@x.de\n`, `${line}@xx.example\n`]);
    expect(brief(found)).toBe(`1 ${line}@x.de, 2 LINE_TOO_LONG`);
  });

  it('ends at a quote that would swallow the rest of the file, without reading it all', async () => {
    let given = 0;
    function* endless(): Generator<string> {
      yield 'email,city\na@x.example,\nb@x.example,"open\n';
      for (;;) {
        given += 1;
        yield `${tenth}\n`;
      }
    }
    const { error } = await read(endless());
    expect(error).toMatchObject({ code: 'BROKEN_QUOTE', message: expect.stringContaining('line 3') });
    expect(given).toBeLessThan(40);
  });

  it.each([
    ['ids', '', 'a@x.example\n', 'b@x.example\r'],
    ['CSV', 'email,x\n', 'a@x.example,1\n', 'b@x.example,"2"\r'],
    ['JSON Lines', '', '{"email":"a@x.example"}\n', '{"email":"b@x.example"}\r'],
  ])('gives a row of %s as soon as its line is complete on an open pipe', async (_, header, first, second) => {
    const stdin = new PassThrough();
    const rows = openPeople({ files: ['-'], stdin })[Symbol.asyncIterator]();
    for (const [text, email] of [
      [header + first, 'a@x.example'],
      [second, 'b@x.example'],
    ] as const) {
      stdin.write(text);
      expect(await rows.next()).toMatchObject({ value: [{ email }] });
    }
    await rows.return?.(undefined);
    expect(stdin.destroyed).toBe(true);
  });

  it('reads no further than it is asked', async () => {
    let given = 0;
    function* lines(): Generator<string> {
      for (;;) {
        given += 1;
        yield 'a@x.example\n'.repeat(1000);
      }
    }
    const stdin = Readable.from(lines(), { highWaterMark: 1 });
    const rows = openPeople({ files: ['-'], stdin })[Symbol.asyncIterator]();
    for (let index = 0; index < 2; index += 1) expect((await rows.next()).value).toHaveLength(1000);
    expect(given).toBeLessThan(10);
    await rows.return?.(undefined);
  });

  it('ends quietly when it is stopped, without the half line', async () => {
    const stdin = new PassThrough();
    const stop = new AbortController();
    const rows = openPeople({ files: ['-', '/nowhere'], stdin, signal: stop.signal })[Symbol.asyncIterator]();
    stdin.write('a@x.example\nb@x.exam');
    await rows.next();
    const next = rows.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

describe('checkFiles', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dyncamp-input-'));
    await writeFile(join(folder, 'people.txt'), 'a@x.example\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes readable files and stdin', async () => {
    await expect(checkFiles([join(folder, 'people.txt'), '-'])).resolves.toBeUndefined();
  });

  it.each([
    ['a missing file', 'nobody.csv', 'FILE_MISSING'],
    ['a path through a file', 'people.txt/x', 'FILE_MISSING'],
    ['a directory', '.', 'FILE_IS_DIRECTORY'],
  ])('names %s, as does reading it', async (_, name, code) => {
    const path = join(folder, name);
    const refusal = { code, category: 'input', message: expect.stringContaining(path) };
    await expect(checkFiles([path])).rejects.toMatchObject(refusal);
    expect((await read('', { files: [path] })).error).toMatchObject(refusal);
  });

  it('reads several files one after the other', async () => {
    const path = join(folder, 'people.txt');
    expect(brief(await read('', { files: [path, path] }))).toBe('1 a, 1 a');
  });
});
