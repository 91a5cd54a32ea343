import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { InputRows } from '../../../src/input/input-row.ts';
import { openPeople } from '../../../src/input/open-people.ts';
import { checkFiles } from '../../../src/input/source-bytes.ts';

const MIB = 1024 * 1024;

async function collect(source: InputRows): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of source)
    found.push(...rows.map((row) => `${row.place.line} ${row.kind === 'invalid' ? row.code : row.place.ref}`));
  return found;
}

const readChunks = (chunks: Iterable<string>) => collect(openPeople({ files: ['-'], stdin: Readable.from(chunks) }));

function* repeated(before: string, part: string, times: number, after: string): Generator<string> {
  yield before;
  for (let index = 0; index < times; index += 1) yield part;
  yield after;
}

describe('openPeople at its limits', () => {
  const tenth = 'x'.repeat(MIB / 10);

  it('answers a line over 1 MiB and goes on, in every format', async () => {
    expect(await readChunks(repeated('a@x.example\n', tenth, 100, '\nb@x.example\n'))).toEqual([
      '1 a@x.example',
      '2 LINE_TOO_LONG',
      '3 b@x.example',
    ]);
    expect(await readChunks(repeated('email,x\na@x.example,\n"', tenth, 100, '"\nb@x.example,\n'))).toEqual([
      '2 a@x.example',
      '3 LINE_TOO_LONG',
      '4 b@x.example',
    ]);
    expect(await readChunks(repeated('{"email":"a@x.example"}\n', tenth, 100, '\n{"email":"b@x.example"}'))).toEqual([
      '1 a@x.example',
      '2 LINE_TOO_LONG',
      '3 b@x.example',
    ]);
  });

  it('answers a first line over 1 MiB and goes on with ids', async () => {
    expect(await readChunks(repeated('', tenth, 20, '\nb@x.example\n'))).toEqual(['1 LINE_TOO_LONG', '2 b@x.example']);
  });

  it('counts bytes, not characters', async () => {
    const line = 'ä'.repeat(MIB / 2 - 5);
    expect(await readChunks([`${line}@x.de\n`, `${line}@xx.example\n`])).toEqual([`1 ${line}@x.de`, '2 LINE_TOO_LONG']);
  });

  it('ends at a quote that would swallow the rest of the file, without reading it all', async () => {
    let given = 0;
    function* endless(): Generator<string> {
      yield 'email,x\na@x.example,\nb@x.example,"open\n';
      for (;;) {
        given += 1;
        yield `${tenth}\n`;
      }
    }
    await expect(readChunks(endless())).rejects.toMatchObject({
      code: 'BROKEN_QUOTE',
      message: expect.stringContaining('line 3'),
    });
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
    await expect(collect(openPeople({ files: [path] }))).rejects.toMatchObject(refusal);
  });

  it('reads several files one after the other', async () => {
    const path = join(folder, 'people.txt');
    expect(await collect(openPeople({ files: [path, path] }))).toEqual(['1 a@x.example', '1 a@x.example']);
  });
});
