import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { isPipeOrFile, printWhole } from '../../../src/terminal/print-whole.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'print-whole-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const noStream = (): Writable => {
  throw new Error('the stream was opened');
};

function collecting(failure?: Error) {
  const taken: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk);
      done(failure);
    },
  });
  return { stream: () => stream, text: () => Buffer.concat(taken).toString(), bytes: () => Buffer.concat(taken) };
}

const failing = (code: string) => collecting(Object.assign(new Error(`write ${code}`), { code }));

it('writes to a file without opening the stream', async () => {
  const path = join(directory, 'out');
  const fd = openSync(path, 'w');
  await printWhole({ fd, stream: noStream }, 'Größe\n');
  closeSync(fd);
  expect(readFileSync(path, 'utf8')).toBe('Größe\n');
});

it('hands what a full pipe does not take to the stream, byte for byte', async () => {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const rest = collecting();
  const text = Array.from({ length: 40_000 }, (_, number) => `ä${number}`).join('');
  await printWhole({ fd, stream: rest.stream }, text);
  const held = Buffer.alloc(Buffer.byteLength(text));
  const taken = readSync(fd, held);
  closeSync(fd);
  expect(taken).toBeGreaterThan(0);
  expect(rest.bytes().length).toBeGreaterThan(0);
  expect(Buffer.concat([held.subarray(0, taken), rest.bytes()]).toString()).toBe(text);
});

it('asks the stream where the descriptor may be a terminal', async () => {
  const fd = openSync('/dev/null', 'w');
  const shown = collecting();
  await printWhole({ fd, stream: shown.stream }, 'text');
  expect(isPipeOrFile(fd)).toBe(false);
  closeSync(fd);
  expect(shown.text()).toBe('text');
});

it('has nothing to say of a reader who went away, and all of a disk that is full', async () => {
  const fd = openSync('/dev/null', 'w');
  await printWhole({ fd, stream: failing('EPIPE').stream }, 'text');
  await expect(printWhole({ fd, stream: failing('ENOSPC').stream }, 'text')).rejects.toMatchObject({
    code: 'STDOUT_FAILED',
  });
  closeSync(fd);
});
