/** Waiting for the server, counted once however many requests wait, and reported for the progress line. */
import type { Clock } from './http.ts';

export type WaitReason = 'throttled' | 'busy' | 'unreachable';

/** The server is being waited for until `untilMs` (epoch). */
export type Wait = { readonly untilMs: number; readonly reason: WaitReason };

export type Waiting = {
  /** Sleeps; rejects with the signal's reason when aborted. */
  sleep(ms: number, reason: WaitReason, signal?: AbortSignal): Promise<void>;
  /** Time in which at least one request waited. An aborted wait counts in full: the run ends with it. */
  waitedMs(): number;
};

export function createWaiting(clock: Clock, onWait: (wait: Wait) => void = () => undefined): Waiting {
  let coveredUntil = 0;
  let waited = 0;
  return {
    async sleep(ms, reason, signal) {
      const now = clock.now();
      const untilMs = now + ms;
      // Waits begin in the order of time, so what is not covered yet is new.
      if (untilMs > coveredUntil) {
        waited += untilMs - Math.max(now, coveredUntil);
        coveredUntil = untilMs;
        onWait({ untilMs, reason });
      }
      await clock.sleep(ms, signal);
    },
    waitedMs: () => waited,
  };
}
