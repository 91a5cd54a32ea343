/**
 * Puts a file that was written beside another in its place, whole or not at all: results, reports, the sign-in. Not by atomically: it takes
 * the text at the end only, removes what it cannot rename, and brings when-exit, which breaks the orderly end of a run on a signal (see
 * profile-store.ts).
 */
import { rename } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { codeOf } from '../errors.ts';

/** Of Windows, while a virus scanner or another command has one of the two files open. Also of a folder where nothing may be written. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['EBUSY', 'EPERM', 'EACCES']);
const PAUSES_MS = [10, 20, 50, 100, 200, 500, 1_000];

/** Throws the file system's error. */
export async function replaceFile(written: string, path: string): Promise<void> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await rename(written, path);
    } catch (error) {
      if (!REFUSALS.has(codeOf(error))) throw error;
      await setTimeout(pauseMs);
    }
  }
  await rename(written, path);
}
