/** Where the built program is, and where things are written. Bundled or not, the caller says: a bundle does not know its sources. */
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Places = {
  readonly binary: string;
  /** A module that sets a process's clock by CHAOS_CLOCK_MS; imported before the program. */
  readonly clock: string;
  /** A folder of this worker's own. */
  readonly folder: string;
};

/** Copies the built program, so that whoever builds meanwhile does not pull it from under a run. Gives where it is. */
export function copyProgram(root: string, folder: string): Pick<Places, 'binary' | 'clock'> {
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
  // The native module is found from there.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const clock = join(folder, 'clock.mjs');
  writeFileSync(clock, CLOCK);
  return { binary: join(folder, 'bin', 'dyncamp.js'), clock: pathToFileURL(clock).href };
}

const CLOCK = `const trueNow = Date.now;
Date.now = () => trueNow() + Number(process.env.CHAOS_CLOCK_MS ?? 0);
`;
