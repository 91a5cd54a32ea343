import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from './http.ts';

/** Node's timers take a signed 32-bit number of milliseconds (24.8 days); one above it ends at once (docs: "setTimeout(callback, delay)"). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the clock is made of; Node's own when left out. */
export type TimeSources = {
  /** The machine's clock (epoch ms), which somebody may set. */
  readonly wall: () => number;
  /** Milliseconds since some moment, at the pace of the timers. Never set. */
  readonly steady: () => number;
};

const NODE_TIME: TimeSources = { wall: () => Date.now(), steady: () => performance.now() };

/**
 * The machine's clock for one process. It follows the machine forward, also out of a suspension, but never back: who waits until a time
 * would wait as much longer. Sleeping keeps the process alive, since something waits for the answer.
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
