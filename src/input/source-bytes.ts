/** Files and pipes as bytes: the only place of input/ that touches the file system. */
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { codeOf, InputError } from '../errors.ts';
import { STDIN, sourceName } from './source-name.ts';

/**
 * Sees that every file is there, is no directory and may be read, before anything is done. `-` is passed over.
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

/** Opens a file for reading. It is closed when the reading ends, however it ends. */
export function openFile(path: string): Readable {
  return createReadStream(path);
}

/**
 * The bytes of a stream, in its chunks. `signal` ends them quietly; leaving the loop destroys the stream.
 * Throws InputError when the source cannot be opened or read on.
 */
export async function* streamBytes(
  name: string,
  stream: Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
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
  const why = code === 'EACCES' || code === 'EPERM' ? 'you may not read it' : errorText(error);
  const hint = 'Check its permissions, and that it is not removed while it is read.';
  return new InputError('FILE_UNREADABLE', `Could not read ${sourceName(path)}: ${why}.`, { hint, cause: error });
}

function isDirectory(path: string): InputError {
  const hint = 'Name the files in it: -f can be given several times.';
  return new InputError('FILE_IS_DIRECTORY', `Could not read ${path}: it is a directory.`, { hint });
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
