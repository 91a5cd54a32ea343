import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from './http.ts';

/** Node's timers take a signed 32-bit number of ms (24.8 days); a longer one fires at once (docs: "setTimeout(callback, delay)"). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type TimeSources = {
  /** The machine's clock (epoch ms), which may be set. */
  readonly wall: () => number;
  /** A monotonic clock in ms. */
  readonly steady: () => number;
};

const NODE_TIME: TimeSources = { wall: () => Date.now(), steady: () => performance.now() };

/**
 * Follows the machine's clock forward, also after a suspension, but never back: a wait until a certain time would get longer by as much.
 * A sleep keeps the process alive, because something waits for it.
 */
export function openSystemClock({ wall, steady }: TimeSources = NODE_TIME): Clock {
  let aheadMs = Number.NEGATIVE_INFINITY;
  return {
    now() {
      const passed = steady();
      aheadMs = Math.max(aheadMs, wall() - passed);
      return Math.round(passed + aheadMs);
    },
    async sleep(ms, signal) {
      let left = Math.max(0, ms);
      for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) await sleepOnce(LONGEST_TIMER_MS, signal);
      await sleepOnce(left, signal);
    },
  };
}

async function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // Node wraps the reason in an AbortError of its own.
    throw signal?.aborted ? signal.reason : error;
  }
}
