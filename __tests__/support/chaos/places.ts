/** Where the built program is, and where things are written. Bundled or not, the caller says: a bundle does not know its sources. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

export type Places = {
  readonly binary: string;
  /** A folder of this worker's own. */
  readonly folder: string;
};

/** Copies the built program, so that whoever builds meanwhile does not pull it from under a run. Gives the binary. */
export function copyProgram(root: string, folder: string): string {
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
  // The native module is found from there.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin', 'dyncamp.js');
}
