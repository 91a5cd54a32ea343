/** Directories that only this user may look into. A leaf. */
import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from './errors.ts';

/**
 * Makes the directory and those above it that are missing, 0700 whatever the umask. One that is there is left as it is: it is the
 * user's. Throws the file system's error.
 */
export function makePrivateDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makePrivateDirectory(parent);
  try {
    // One by one: Node 20's own recursion never ends where a directory can be in none, as in /proc.
    mkdirSync(path);
  } catch (error) {
    // Another process was faster; a file in this place is an error.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  chmodSync(path, 0o700);
}

/** For the emulator's tables. `remedy` is how another place is named. Throws UsageError EMULATOR_DATA_UNWRITABLE. */
export function makeEmulatorDirectory(path: string, remedy: string): void {
  try {
    makePrivateDirectory(path);
    // Whether a file can be made there only trying tells.
    const probe = mkdtempSync(join(path, '.probe-'));
    rmdirSync(probe);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError('EMULATOR_DATA_UNWRITABLE', `The emulator cannot keep its data in ${path}: ${why}.`, {
      cause,
      hint: `Name a folder that this user may write to: ${remedy}.`,
    });
  }
}
