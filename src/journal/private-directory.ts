/** Directories that only this user may look into. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the directory and those above it that are missing, 0700 whatever the umask. One that is there is left as it is: it is the
 * user's. Throws the file system's error.
 */
export function makePrivateDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makePrivateDirectory(parent);
  // Not an error when another process was faster; a file in this place is one.
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
}
