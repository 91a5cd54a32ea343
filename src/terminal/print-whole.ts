/**
 * Prints what is all that a command has to say, and whole before it begins: help, the version, a completion script. Opening Node's stream
 * of stdout is a good part of what such a command costs (some ms, more for a pipe), so a pipe or a file is written to directly.
 */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { codeOf } from '../errors.ts';
import { outputFailure } from './explained-output.ts';
import { isReaderGone } from './terminal.ts';

/** A standard stream: its descriptor, and Node's stream of it, opened when it is asked for. */
export type Printed = { readonly fd: number; readonly stream: () => Writable };

export const STDOUT: Printed = { fd: 1, stream: () => process.stdout };
export const STDERR: Printed = { fd: 2, stream: () => process.stderr };

/** Surely no terminal, which only Node's stream can tell in all cases. */
export function isPipeOrFile(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isFile() || stats.isSocket();
  } catch {
    return false;
  }
}

/** Without a word when the reader goes away: they have seen enough. @throws TemporaryError STDOUT_FAILED. */
export async function printWhole({ fd, stream }: Printed, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  try {
    const written = isPipeOrFile(fd) ? writeNow(fd, bytes) : 0;
    if (written < bytes.length) await writeThrough(stream(), bytes.subarray(written));
  } catch (error) {
    if (!isReaderGone(error)) throw outputFailure(error);
  }
}

/** Gives how many were written: less than all when a pipe that does not wait (set up so by whoever made it) is full. */
function writeNow(fd: number, bytes: Buffer): number {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return written;
      throw error;
    }
  }
  return written;
}

function writeThrough(stream: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    // The callback has it too.
    stream.on('error', () => undefined);
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
