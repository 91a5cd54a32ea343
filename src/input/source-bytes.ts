/** Reads files and pipes as bytes, decompressed. The only place in input/ that touches the file system. */
import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, InputError, messageOf } from '../errors.ts';
import { headFirst } from './encodings.ts';
import { STDIN, sourceName } from './input-row.ts';

/**
 * Checks first that every file exists, is not a directory and may be read. Skips `-`.
 * Throws InputError FILE_MISSING, FILE_IS_DIRECTORY or FILE_UNREADABLE.
 */
export async function checkFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (path === STDIN) continue;
    try {
      const found = await stat(path);
      if (found.isDirectory()) throw isDirectory(path);
      await access(path, constants.R_OK);
    } catch (error) {
      throw unreadable(path, error);
    }
  }
}

/** The file is closed however the reading ends. */
export function openFile(path: string): Readable {
  return openPipe(path) ?? createReadStream(path);
}

/**
 * Reads a named pipe or a shell's `<(…)` by the event loop: a Node thread that waits in open or read cannot be cancelled, and the process
 * could not end before somebody writes. Linux only: elsewhere a pipe without a writer yet may look ended.
 * Undefined for anything else, and for what cannot be opened: reading it will report why.
 */
function openPipe(path: string): Readable | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    if (!statSync(path).isFIFO()) return undefined;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  } catch {
    return undefined;
  }
}

/**
 * The bytes of a stream, decompressed if the first two bytes are gzip's. `signal` ends them without an error; leaving the loop
 * destroys the stream. Throws InputError when the source cannot be opened, decompressed or read further.
 */
export async function* streamBytes(
  name: string,
  stream: Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = headFirst(rawBytes(name, stream, signal));
  try {
    const { value: head, done } = await chunks.next();
    if (done === true) return;
    const whole = joined(head, chunks);
    yield* GZIP.every((byte, index) => head[index] === byte) ? unpacked(name, whole, signal) : whole;
  } finally {
    await chunks.return(undefined);
  }
}

/** RFC 1952, 2.3.1: ID1 and ID2. */
const GZIP = [0x1f, 0x8b] as const;

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

async function* unpacked(
  name: string,
  packed: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  const gunzip = createGunzip();
  // The callback gets the first error of either stream; the loop below gets the same, or only that gunzip was destroyed.
  pipeline(Readable.from(packed), gunzip, (error) => {
    failure = error ?? undefined;
  });
  try {
    for await (const chunk of gunzip) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    if (signal?.aborted) return;
    const cause = failure ?? error;
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      'BAD_GZIP',
      `${sourceName(name)} cannot be unpacked: ${/BUF_ERROR$/u.test(codeOf(cause) ?? '') ? 'it ends too early' : 'it is damaged'}.`,
      { hint: 'Create or download it again. `gzip -t FILE` checks it.', cause },
    );
  }
}

async function* rawBytes(name: string, stream: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const stop = () => stream.destroy();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) {
      const bytes: unknown = chunk;
      if (bytes instanceof Uint8Array) yield bytes;
      else if (typeof bytes === 'string') yield Buffer.from(bytes);
    }
  } catch (error) {
    if (!signal?.aborted) throw unreadable(name, error);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function unreadable(path: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const hint = 'Check the path; a relative one starts at the current folder.';
    return new InputError('FILE_MISSING', `Could not read ${path}: there is no such file.`, { hint, cause: error });
  }
  if (code === 'EISDIR') return isDirectory(path);
  const why = code === 'EACCES' || code === 'EPERM' ? 'you may not read it' : messageOf(error);
  const hint = 'Check its permissions, and that no one removes it while it is read.';
  return new InputError('FILE_UNREADABLE', `Could not read ${sourceName(path)}: ${why}.`, { hint, cause: error });
}

export function isDirectory(path: string): InputError {
  const hint = 'Give the files in it: -f can be repeated.';
  return new InputError('FILE_IS_DIRECTORY', `Could not read ${sourceName(path)}: it is a directory.`, { hint });
}
