/** An organization for a test file and rigs before it: opened as its tests ask, closed after each. */

import type { Fault } from '../../../src/emulator/faults/fault.ts';
import type { EmulatorOptions } from '../../../src/emulator/start-emulator.ts';
import { type Api, makers, useEmulator } from '../../support/emulator.ts';
import { openRig, type Rig, type RigOptions } from './harness.ts';

/** The organization and its rigs live in one time, in which the sleeps of their clocks take none of ours. */
export function useRigs(
  options: EmulatorOptions = { seed: 'none' },
  unknownToDataverse: readonly string[] = [],
): {
  readonly api: Api;
  readonly make: ReturnType<typeof makers>;
  /** Orders faults. */
  readonly order: (...faults: readonly Fault[]) => void;
  readonly rigWith: (options?: RigOptions) => Rig;
} {
  const rigs: Rig[] = [];
  const now = () => Math.max(Date.now(), ...rigs.map(({ clock }) => clock.serverNow()));
  const api = useEmulator({ now: () => new Date(now()), ...options }, unknownToDataverse);
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  return {
    api,
    make: makers(api),
    order: (...faults) => api.emulator().admin.addFaults(faults),
    rigWith(rigOptions) {
      const rig = openRig(api.emulator().url, rigOptions);
      rig.clock.advance(now() - rig.clock.serverNow());
      rigs.push(rig);
      return rig;
    },
  };
}
