import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from './http.ts';

/** The machine's clock. Sleeping keeps the process alive, since something waits for the answer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleepFor(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError of its own.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
