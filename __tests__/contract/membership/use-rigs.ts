/** Rigs for a test file: opened as its tests ask, closed after each. */
import type { useEmulator } from '../../support/emulator.ts';
import { openRig, type Rig, type RigOptions } from './harness.ts';

type Api = ReturnType<typeof useEmulator>;

/** Gives what opens a rig before the file's emulator. */
export function useRigs(api: Api): (options?: RigOptions) => Rig {
  const rigs: Rig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  return (options) => {
    const rig = openRig(api.emulator().url, options);
    rigs.push(rig);
    return rig;
  };
}
