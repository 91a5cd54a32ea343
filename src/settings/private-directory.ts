/** Directories that only this user can read. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';

/**
 * Creates the directory and its missing parents, 0700 whatever the umask. An existing one keeps its mode: it is the
 * user's. Throws the file system's error.
 */
export function makePrivateDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makePrivateDirectory(parent);
  try {
    // One by one: Node 20's recursive mkdir never ends where no directory can be created, as in /proc.
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster; a file in this place is an error.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  chmodSync(path, 0o700);
}

/** Write permission for group or others. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Where this user keeps files under `path`: there, or, if others may write to it (`/tmp`, a shared volume), in a subfolder of its
 * own, created at once so that nobody else can create it first. `userId` is undefined on Windows.
 * Throws UsageError STATE_DIR_FOREIGN when the subfolder belongs to another user, or is a link.
 */
export function ownPlace(path: string, userId: number | undefined): string {
  const found = statOf(path);
  if (userId === undefined || found?.isDirectory() !== true || (found.mode & WRITABLE_BY_OTHERS) === 0) return path;
  const own = join(path, `dyncamp-${userId}`);
  try {
    mkdirSync(own, 0o700);
  } catch {
    // It exists, or it cannot be created: opening a file in it will report why.
  }
  const made = lstatSync(own, { throwIfNoEntry: false });
  if (made === undefined) return own;
  if (!made.isDirectory() || made.uid !== userId) throw foreign(path, own, made.isSymbolicLink());
  if ((made.mode & 0o077) !== 0) chmodSync(own, 0o700);
  return own;
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function foreign(path: string, own: string, isLink: boolean): UsageError {
  const what = isLink ? 'is a link' : 'is not a folder of this user';
  return new UsageError('STATE_DIR_FOREIGN', `Other users can write to ${path}, and ${own} ${what}.`, {
    hint: 'Set DYNCAMP_STATE_DIR to a folder that only this user can write to.',
  });
}

/** For the emulator's tables. `remedy` tells how to name another place. Throws UsageError EMULATOR_DATA_UNWRITABLE. */
export function makeEmulatorDirectory(path: string, remedy: string): void {
  try {
    makePrivateDirectory(path);
    // Only an attempt shows whether a file can be created there.
    const probe = mkdtempSync(join(path, '.probe-'));
    rmdirSync(probe);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError('EMULATOR_DATA_UNWRITABLE', `The emulator cannot keep its data in ${path}: ${why}.`, {
      cause,
      hint: `Choose a folder that this user can write to: ${remedy}.`,
    });
  }
}
