/** Directories that only this user may look into. A leaf. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';

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

/** Write permission for group or others. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Where this user keeps files under `path`: there, or, in a folder that others may write to (`/tmp`, a shared volume), in a subfolder of its
 * own, which is made at once so that nobody else can put theirs in its place. `userId` is undefined where the system has none (Windows).
 * Throws UsageError STATE_DIR_FOREIGN when what stands there is another user's, or a link.
 */
export function ownPlace(path: string, userId: number | undefined): string {
  const found = statOf(path);
  if (userId === undefined || found?.isDirectory() !== true || (found.mode & WRITABLE_BY_OTHERS) === 0) return path;
  const own = join(path, `dyncamp-${userId}`);
  try {
    mkdirSync(own, 0o700);
  } catch {
    // It is there already; or it cannot be made, and whoever opens a file in it says why.
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
      hint: `Choose a folder that this user can write to: ${remedy}.`,
    });
  }
}
