/** Simulated time of an emulator, which passes when a test lets it: `sleep` is the emulator's option. */
import { setImmediate as turn } from 'node:timers/promises';

export function heldTime() {
  const asleep: { readonly ms: number; readonly wake: () => void }[] = [];
  return {
    sleep: (ms: number): Promise<void> =>
      ms <= 0 ? Promise.resolve() : new Promise((wake) => asleep.push({ ms, wake })),
    /** How long each of those who sleep now wants to, once there are so many. */
    async untilAsleep(count: number): Promise<readonly number[]> {
      while (asleep.length < count) await turn();
      return asleep.map(({ ms }) => ms);
    },
    wakeAll(): void {
      for (const { wake } of asleep.splice(0)) wake();
    },
  };
}
